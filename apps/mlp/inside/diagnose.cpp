#include "apps/mlp/inside/diagnose.h"

#include <algorithm>
#include <cmath>

#include "common/base/error.h"
#include "common/report/format.h"

namespace glassbox::mlp {
namespace {

// From where on a figure is worth a word.
constexpr double kDeadShare = 0.10;       // a few dead units in a wide layer are usual; a tenth is capacity lost
constexpr double kSaturatedShare = 0.50;  // most of the gradient is then cut fiftyfold at every such layer
constexpr double kLargestUpdate = 1e-1;   // a tenth of the weights in one step forgets what was learned before
constexpr double kSmallestUpdate = 1e-5;  // 100,000 steps to move a weight by its own size: the run is shorter
constexpr double kGradientFall = 1e-3;    // the first layer's gradient against the last one's: it vanishes on the way
constexpr double kGradientRise = 1e3;     // the same, exploding
// Judged in the middle of the run: warm-up and the end of a schedule make small steps on purpose.
constexpr double kMiddleBegins = 0.25, kMiddleEnds = 0.75;

std::string percent(double share) { return format_percent(share, 0); }

/// The median over the looks in the middle of the run, NaN where nothing was measured.
template <typename Value>
double typical(const std::vector<Look>& looks, Value value) {
  std::vector<double> middle, all;
  for (const Look& look : looks) {
    const double number = value(look), at = double(look.step) / double(std::max<int64_t>(looks.back().step, 1));
    if (!std::isfinite(number)) continue;
    all.push_back(number);
    if (at >= kMiddleBegins && at <= kMiddleEnds) middle.push_back(number);
  }
  std::vector<double>& chosen = middle.empty() ? all : middle;
  if (chosen.empty()) return NAN;
  std::nth_element(chosen.begin(), chosen.begin() + long(chosen.size() / 2), chosen.end());
  return chosen[chosen.size() / 2];
}

void judge_twins(const LayerLook& layer, const Text& name, int64_t units, std::vector<Finding>& findings) {
  if (!(layer.twins > 0)) return;
  const auto count = std::llround(layer.twins * double(units));
  const std::string zh_head = count == units ? concat("的全部 ", units, " 个单元") : concat("有 ", count, " 个单元");
  findings.push_back(
      {Subject::kUnits,
       true,
       {concat(count == units ? "All " : "", count, count == units ? "" : concat(" of ", units), " units of ", name.en,
               " are twins: with equal first weights they get equal gradients for ever, and count as "
               "one; draw the first weights at random (model.init \"he\" or \"xavier\")."),
        concat(name.zh, zh_head,
               "是“孪生”的：初始权重相同，梯度就永远相同，它们合起来只相当于一个单元；"
               "请随机初始化权重（model.init 取 \"he\" 或 \"xavier\"）。")}});
}

void judge_layer(const LayerLook& layer, const Text& name, int64_t units, std::vector<Finding>& findings) {
  if (layer.dead >= kDeadShare) {
    findings.push_back(
        {Subject::kUnits,
         true,
         {concat(percent(layer.dead), " of ", name.en, " never fires: lower the learning rate or use leaky_relu."),
          concat(name.zh, "有 ", percent(layer.dead), " 的单元从不激活：请降低学习率，或改用 leaky_relu。")}});
  }
  judge_twins(layer, name, units, findings);
}

/// Saturated from the first weights on: bad scales. Later: an answer that is sure of itself, or steps too long.
void judge_saturation(double first, double last, const Text& name, const ModelConfig& model,
                      std::vector<Finding>& findings) {
  if (first >= kSaturatedShare) {
    findings.push_back({Subject::kUnits,
                        true,
                        {concat(percent(first), " of the activations of ", name.en,
                                " were saturated from the start: ", model.activation,
                                " is flat there and lets almost no gradient through; use smaller "
                                "first weights (model.init_scale, \"xavier\"), batch norm, or relu."),
                         concat(name.zh, "从一开始就有 ", percent(first), " 的激活值处于饱和区：", model.activation,
                                " 在那里几乎是平的，梯度传不过去；请减小初始权重（model.init_scale、\"xavier\"），"
                                "使用批归一化，或改用 relu。")}});
  } else if (last >= kSaturatedShare) {
    findings.push_back(
        {Subject::kUnits,
         true,
         {concat(percent(last), " of the activations of ", name.en, " ended saturated: ", model.activation,
                 " is flat there and lets almost no gradient through. No harm if the "
                 "loss is low by then; if it is not, lower the learning rate."),
          concat(name.zh, "最终有 ", percent(last), " 的激活值处于饱和区：", model.activation,
                 " 在那里几乎是平的，梯度传不过去。如果那时损失已经很低，就没有坏处；否则请降低学习率。")}});
  }
}

/// Says only what was looked for.
Text units_work(const std::string& activation) {
  if (can_die(activation)) {
    return {"The hidden units work: hardly any is dead, and no two are twins.",
            "隐藏单元都在起作用：几乎没有死亡的单元，也没有孪生单元。"};
  }
  if (can_saturate(activation)) {
    return {"The hidden units work: in no layer are most activations saturated, and no two units are twins.",
            "隐藏单元都在起作用：没有哪一层的激活值大多饱和，也没有孪生单元。"};
  }
  return {"The hidden units work: no two are twins.", "隐藏单元都在起作用：没有孪生单元。"};
}

void judge_units(const Look& first, const Look& last, const ModelConfig& model, std::vector<Finding>& findings) {
  const size_t layers = last.layers.size();
  const size_t before = findings.size();
  for (size_t i = 0; i + 1 < layers; ++i) {
    const Text name = layer_name(i, layers);
    judge_layer(last.layers[i], name, model.hidden[i], findings);
    judge_saturation(first.layers[i].saturated, last.layers[i].saturated, name, model, findings);
  }
  if (findings.size() > before) return;
  if (layers < 2) {
    findings.push_back({Subject::kUnits,
                        false,
                        {"There is no hidden layer: every output is a weighted sum of the inputs.",
                         "没有隐藏层：每个输出都只是输入的加权和。"}});
    return;
  }
  findings.push_back({Subject::kUnits, false, units_work(model.activation)});
}

void judge_updates(const std::vector<Look>& looks, std::vector<Finding>& findings) {
  const size_t before = findings.size(), layers = looks.back().layers.size();
  bool measured = false;
  for (size_t i = 0; i < layers; ++i) {
    const double ratio = typical(looks, [i](const Look& look) { return look.layers[i].update_ratio; });
    const Text name = layer_name(i, layers);
    measured = measured || std::isfinite(ratio);
    if (ratio > kLargestUpdate) {
      findings.push_back({Subject::kUpdates,
                          true,
                          {concat("In the middle of the run a step moves ", name.en, " by ", format_number(ratio, 2),
                                  " of its size: so much that it forgets what it learned before; lower the learning "
                                  "rate."),
                           concat("训练中期，每一步都使", name.zh, "变化其自身大小的 ", format_number(ratio, 2),
                                  "：变化太大，学到的东西随即丢失；请降低学习率。")}});
    } else if (ratio < kSmallestUpdate) {
      findings.push_back({Subject::kUpdates,
                          true,
                          {concat("In the middle of the run a step moves ", name.en, " by only ",
                                  format_number(ratio, 2), " of its size: it hardly learns; raise the learning rate."),
                           concat("训练中期，每一步只使", name.zh, "变化其自身大小的 ", format_number(ratio, 2),
                                  "：几乎没有在学习；请提高学习率。")}});
    }
  }
  if (measured && findings.size() == before)
    findings.push_back({Subject::kUpdates,
                        false,
                        {"The steps have a healthy size: about a thousandth of the weights is usual, more than a tenth "
                         "or less than a hundred-thousandth would be trouble.",
                         "每一步的大小是健康的：通常约为权重的千分之一；超过十分之一或不到十万分之一才会有问题。"}});
}

void judge_gradients(const std::vector<Look>& looks, std::vector<Finding>& findings) {
  const size_t last = looks.back().layers.size() - 1;
  const double first_size = typical(looks, [](const Look& look) { return look.layers.front().gradient_size; });
  const double last_size = typical(looks, [last](const Look& look) { return look.layers[last].gradient_size; });
  if (!std::isfinite(first_size) || !std::isfinite(last_size)) return;
  const double ratio = first_size / last_size;
  if (last > 0 && last_size > 0 && ratio < kGradientFall) {
    findings.push_back({Subject::kGradients,
                        true,
                        {concat("The gradient vanishes on its way back: in layer 1 it has ", format_number(ratio, 2),
                                " of its size in the output layer; use relu, he or xavier weights, or batch norm."),
                         concat("梯度在反向传播途中消失：传到第 1 层时只剩输出层的 ", format_number(ratio, 2),
                                "；请使用 relu、he 或 xavier 初始化，或批归一化。")}});
  } else if (last > 0 && last_size > 0 && ratio > kGradientRise) {
    findings.push_back({Subject::kGradients,
                        true,
                        {concat("The gradient explodes on its way back: in layer 1 it has ", format_number(ratio, 2),
                                " times its size in the output layer; use smaller first weights, or set "
                                "train.clip_gradient_norm."),
                         concat("梯度在反向传播途中爆炸：传到第 1 层时已是输出层的 ", format_number(ratio, 2),
                                " 倍；请减小初始权重，或设置 train.clip_gradient_norm。")}});
  } else {
    findings.push_back(
        {Subject::kGradients,
         false,
         {"The gradients neither vanish nor explode between the layers.", "梯度在各层之间既没有消失，也没有爆炸。"}});
  }
}

}  // namespace

Text layer_name(size_t index, size_t layers) {
  if (index + 1 == layers) return {"the output layer", "输出层"};
  return {concat("layer ", index + 1), concat("第 ", index + 1, " 层")};
}

std::vector<Finding> diagnose(const std::vector<Look>& looks, const ModelConfig& model) {
  std::vector<Finding> findings;
  if (looks.empty() || looks.back().layers.empty()) return findings;
  judge_units(looks.front(), looks.back(), model, findings);
  judge_updates(looks, findings);
  judge_gradients(looks, findings);
  return findings;
}

}  // namespace glassbox::mlp
