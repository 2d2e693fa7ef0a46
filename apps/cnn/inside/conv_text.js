// The words of the page's convolution, in English and Chinese, and how it writes numbers. Used by conv.js, which comes
// after it in the same script.
const convText = (() => {
  const { make, both, short } = pageWords;
  const WORDS = {
    image: ["image", "图像"],
    layer: ["layer", "层"],
    channel: ["output channel", "输出通道"],
    input: ["What goes in", "输入"],
    output: ["What comes out", "输出"],
    patch: ["patch", "图像块"],
    kernel: ["kernel", "卷积核"],
    products: ["products", "乘积"],
    bias: ["bias", "偏置"],
    sum: ["sum", "总和"],
    value: ["the network's value", "网络算出的值"],
  };

  const HELP = ["Point at a pixel of the output, or reach it with Tab and move with the arrow keys: its patch of the input " +
    "is framed, and below stands the arithmetic: every number of the patch times the number of the kernel at the same " +
    "place, all added up, and the bias. Places outside the image count as 0.",
    "把鼠标移到输出的一个像素上（或用 Tab 键选中输出、再用方向键移动）：对应的输入图像块会被框出，下面列出计算过程：图像块的每个数" +
    "乘以卷积核同一位置的数，全部加起来，再加上偏置。图像以外的位置按 0 计算。"];

  function shownChannels(shown, all) {
    return both(`Channels 0 to ${shown - 1} of ${all}.`, `${all} 个通道中的前 ${shown} 个。`);
  }

  function channelTitle(channel, sum) {
    return both(`input channel ${channel}: ${short(sum, 5)}`, `输入通道 ${channel}：${short(sum, 5)}`);
  }

  function restTitle(count, sum) {
    return both(`the other ${count} channels together: ${short(sum, 5)}`, `其余 ${count} 个通道合计：${short(sum, 5)}`);
  }

  // The page adds in float64, the network in float32: what is left of 24 bits after many additions.
  function agreement(difference, fraction) {
    const good = fraction <= 1e-6;
    const size = short(Math.abs(difference), 2), part = short(fraction, 2);
    return both(`${good ? "✓" : "✗"} They differ by ${size}, which is ${part} of the sizes of all terms together: ` +
      `${good ? "the rounding of float32, in which the network adds. This page adds in float64." : "more than rounding."}`,
      `${good ? "✓" : "✗"} 两者相差 ${size}，是所有项绝对值之和的 ${part}：` +
      `${good ? "这是网络用 float32 相加的舍入误差；本页用 float64 相加。" : "超出了舍入误差。"}`);
  }

  return { make, both, short, WORDS, HELP, shownChannels, channelTitle, restTitle, agreement };
})();
