// The words of the trace's page, in English and Chinese, and how it writes numbers and names. Used by trace.js, which
// comes after it in the same script, as common/inside/words.js comes before.
const traceText = (() => {
  const { make, both, short } = pageWords;
  const KINDS = {
    input: ["input", "输入", "What the network is given: one number of the sample.", "样本里的一个数，网络看到的就是它。"],
    weight: ["weights", "权重", "A parameter. Training found it; nothing in this pass makes it.",
      "参数，是训练得来的，不由这一遍里的其他数算出。"],
    bias: ["bias", "偏置", "A parameter. It is added whatever the inputs are.", "参数。无论输入是什么，都要加上它。"],
    scale: ["scale", "缩放", "Batch norm at rest multiplies by this: gamma / sqrt(variance + eps).",
      "推理时批归一化所乘的系数：gamma / sqrt(方差 + eps)。"],
    shift: ["shift", "平移", "Batch norm at rest adds this: beta - mean x scale.",
      "推理时批归一化所加的常数：beta - 均值 × 缩放。"],
    sum: ["sum", "加权和", "Each input times its weight, all added up, and the bias.",
      "每个输入乘上自己的权重，全部加起来，再加偏置。"],
    normalised: ["normalised", "归一化", "The weighted sum, scaled and shifted by batch norm.", "加权和经过批归一化的缩放与平移。"],
    activation: ["activation", "激活值", "The sum, bent: without the bend all layers together would be one straight map.",
      "把加权和“弯”一下：没有这一步，再多的层合起来也只是一个线性映射。"],
    probability: ["probability", "概率", "What the network believes of each class; together they make 1.",
      "网络对每个类别的把握，加起来等于 1。"],
    loss: ["loss", "损失", "How surprised the network is by the right answer: -ln of its probability. Computed from " +
      "the sums z, so it stays finite where the probability rounds to 0.",
      "正确答案让网络有多“意外”：它的概率取对数，再变号。计算时直接用加权和 z，概率小到舍入为 0 时损失仍是有限的数。"],
  };
  const MODES = {
    values: ["Values", "数值", "v"],
    gradients: ["Gradients", "梯度", "g"],
    errors: ["Errors", "误差", "e"],
  };
  const VERDICTS = {
    good: ["✓ the two agree", "✓ 两者一致"],
    doubtful: ["≈ in doubt: right only at a kink, or where the gradient is almost 0",
      "≈ 存疑：只有在折点处，或梯度几乎为 0 时才算正常"],
    wrong: ["✗ the two disagree: a kink, or a mistake", "✗ 两者不符：不是折点，就是算错了"],
  };

  function kindOf(group) {
    const part = group.name.split(".").pop();
    return group.kind === "weight" && KINDS[part] ? part : group.kind;
  }

  function stageHeading(group, groups) {
    if (group.kind === "input") return both("Input", "输入");
    if (group.layer === undefined) return both("Answer and loss", "答案与损失");
    const isOutput = !groups.some((other) => other.layer > group.layer);
    const name = `layers.${group.layer}`, number = group.layer + 1;
    return both(isOutput ? `Output layer (${name})` : `Layer ${number} (${name})`,
      isOutput ? `输出层（${name}）` : `第 ${number} 层（${name}）`);
  }

  // All digits a double needs to be read back as the same double.
  function full(number) {
    return typeof number === "number" ? make("data", { value: number }, String(number).replace(/-/g, "\u2212")) : "–";
  }

  function labelOf(group, index) {
    return group.labels ? group.labels[index] : "";
  }

  // "z0[1]", "layers.0.weight[1,0]", "loss".
  function nameOf(group, index) {
    if (group.shape.length === 0) return group.name;
    const [, columns] = group.shape;
    return `${group.name}[${columns ? `${Math.floor(index / columns)},${index % columns}` : index}]`;
  }

  function gradientName(group, index) {
    return `dL/d${nameOf(group, index)}`;
  }

  // Of a relative error; the limits are those of the exercise.
  function verdict(error) {
    if (typeof error !== "number" || error > 1e-4) return "wrong";
    return error <= 1e-7 ? "good" : "doubtful";
  }

  // What the network was asked and said.
  function summary(trace) {
    const sets = { train: "训练集", val: "验证集", test: "测试集" };
    const said = trace.classes[trace.prediction], wanted = trace.classes[trace.target], loss = short(trace.loss, 4);
    const right = said === wanted;
    return [`Sample ${trace.sample} (${trace.split}): the network says ${said}, ` +
      `${right ? "which is right" : `right is ${wanted}`}. Loss ${loss}.`,
      `${sets[trace.split] || trace.split}样本 ${trace.sample}：网络的答案是 ${said}，` +
      `${right ? "答对了" : `正确答案是 ${wanted}`}。损失 ${loss}。`];
  }

  // How to read the drawing; step: the h of the centred differences, written out.
  function help(step) {
    return [
      ["Read downwards: a row of a layer is one unit, from its weights to its output. Point at a number to see where " +
        "it comes from; what it was made from is outlined. A click holds it, another lets go.",
        "从上往下读：一层里的一行就是一个神经元，从权重一直到输出。指向一个数，旁边就会写出它的来历，参与计算的数会加上框。" +
        "单击可以固定，再次单击松开。"],
      ["dL/dz says how the loss L answers to z: 0.2 means that raising z by a small d raises L by 0.2 d. The chain " +
        "rule finds it from the loss backwards: each term is the gradient of something further on, times how " +
        "strongly this number moves it.",
        "dL/dz 表示损失 L 对 z 有多敏感：等于 0.2，就是 z 增加很小的 d 时，L 大约增加 0.2 d。链式法则从损失往回推：" +
        "每一项都是“后面某个量的梯度”乘以“这个数对那个量的影响”。"],
      ["Beside it stands the centred difference: the whole network run twice, with this number " +
        `${step} larger and ${step} smaller. It knows nothing of the chain rule, so when both agree, the chain rule ` +
        "was done right.",
        `旁边是中心差分：把这个数加 ${step}、减 ${step}，让整个网络各算一遍。它完全不用链式法则，所以两者一致，` +
        "就说明链式法则用对了。"],
      ["Relative error: up to 1e−7 is as good as it gets. Up to 1e−4 is right only at a kink (relu at 0), or where " +
        "the gradient is so small that the rounding of the difference shows. More is a mistake, or the kink itself.",
        "相对误差：不超过 1e−7 就是吻合；到 1e−4 为止，只有在折点（如 relu 的 0 点）附近，或者梯度太小、" +
        "差分的舍入误差显出来时才正常；再大，要么正踩在折点上，要么就是算错了。"],
      ["Keys: Tab into the drawing, arrows to move, Home and End, Enter to hold, v g e for values, gradients, " +
        "errors, Escape to leave.",
        "键盘：Tab 进入图中，方向键移动，Home、End 到本组首尾，Enter 固定，v、g、e 切换数值、梯度、误差，Esc 离开。"],
    ];
  }

  return { KINDS, MODES, VERDICTS, kindOf, stageHeading, make, both, short, full, labelOf, nameOf, gradientName,
    verdict, summary, help };
})();
