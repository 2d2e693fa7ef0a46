#include "common/inside/diagnose.h"

#include <algorithm>
#include <cmath>

#include "common/base/error.h"
#include "common/report/format.h"

namespace glassbox {
namespace {

// From where on a figure is worth a word.
constexpr double kDeadFraction = 0.10;       // a few dead units in a wide layer are usual; a tenth is capacity lost
constexpr double kSaturatedFraction = 0.50;  // most of the gradient is then cut fiftyfold at every such layer
constexpr double kLargestUpdate = 1e-1;      // a tenth of the weights in one step forgets what was learned before
constexpr double kSmallestUpdate = 1e-5;     // 100,000 steps to move a weight by its own size: the run is shorter
constexpr double kGradientFall = 1e-3;  // the first layer's gradient against the last one's: it vanishes on the way
constexpr double kGradientRise = 1e3;   // the same, exploding
// Judged in the middle of the run: warm-up and the end of a schedule make small steps on purpose.
constexpr double kMiddleBegins = 0.25, kMiddleEnds = 0.75;

std::string percent(double fraction) { return format_percent(fraction, 0); }

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

void judge_twins(const LayerLook& look, const NamedLayer& layer, const Remedies& remedies,
                 std::vector<Finding>& findings) {
  if (!(look.twins > 0)) return;
  const auto count = std::llround(look.twins * double(layer.units));
  const bool all = count == layer.units;
  const std::string zh_head = all ? as_text("的全部 ", count, " 个单元") : as_text("有 ", count, " 个单元");
  findings.push_back(
      {Subject::kUnits, true,
       Text(as_text(all ? "All " : "", count, all ? "" : as_text(" of ", layer.units), " units of ", layer.name.en,
                    " are twins: with equal first weights they get equal gradients for ever, and count "
                    "as one; "),
            as_text(layer.name.zh, zh_head, "是“孪生”的：初始权重相同，梯度就永远相同，它们合起来只相当于一个单元；")) +
           remedies.twins});
}

void judge_layer(const LayerLook& look, const NamedLayer& layer, const Remedies& remedies,
                 std::vector<Finding>& findings) {
  if (look.dead >= kDeadFraction) {
    findings.push_back(
        {Subject::kUnits,
         true,
         {as_text(percent(look.dead), " of ", layer.name.en,
                  " never fires: lower the learning rate or use leaky_relu."),
          as_text(layer.name.zh, "有 ", percent(look.dead), " 的单元从不激活：请降低学习率，或改用 leaky_relu。")}});
  }
  judge_twins(look, layer, remedies, findings);
}

/// Saturated from the first weights on: bad scales. Later: an answer that is sure of itself, or steps too long.
void judge_saturation(double first, double last, const NamedLayer& layer, const Remedies& remedies,
                      std::vector<Finding>& findings) {
  const Text& name = layer.name;
  if (first >= kSaturatedFraction) {
    findings.push_back({Subject::kUnits, true,
                        Text(as_text(percent(first), " of the activations of ", name.en,
                                     " were saturated from the start: ", layer.activation,
                                     " is flat there and lets almost no gradient through; "),
                             as_text(name.zh, "从一开始就有 ", percent(first), " 的激活值处于饱和区：",
                                     layer.activation, " 在那里几乎是平的，梯度传不过去；")) +
                            remedies.flat});
  } else if (last >= kSaturatedFraction) {
    findings.push_back(
        {Subject::kUnits,
         true,
         {as_text(percent(last), " of the activations of ", name.en, " ended saturated: ", layer.activation,
                  " is flat there and lets almost no gradient through. No harm if the "
                  "loss is low by then; if it is not, lower the learning rate."),
          as_text(name.zh, "最终有 ", percent(last), " 的激活值处于饱和区：", layer.activation,
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

void judge_units(const Look& first, const Look& last, const std::vector<NamedLayer>& layers, const Remedies& remedies,
                 std::vector<Finding>& findings) {
  const size_t before = findings.size();
  std::string activation;
  for (size_t i = 0; i < last.layers.size(); ++i) {
    if (layers[i].activation.empty()) continue;
    activation = layers[i].activation;
    judge_layer(last.layers[i], layers[i], remedies, findings);
    judge_saturation(first.layers[i].saturated, last.layers[i].saturated, layers[i], remedies, findings);
  }
  if (findings.size() > before) return;
  if (activation.empty()) {
    findings.push_back({Subject::kUnits,
                        false,
                        {"There is no hidden layer: every output is a weighted sum of the inputs.",
                         "没有隐藏层：每个输出都只是输入的加权和。"}});
    return;
  }
  findings.push_back({Subject::kUnits, false, units_work(activation)});
}

void judge_updates(const std::vector<Look>& looks, const std::vector<NamedLayer>& layers,
                   std::vector<Finding>& findings) {
  const size_t before = findings.size();
  bool measured = false;
  for (size_t i = 0; i < layers.size(); ++i) {
    const double ratio = typical(looks, [i](const Look& look) { return look.layers[i].update_ratio; });
    const Text& name = layers[i].name;
    measured = measured || std::isfinite(ratio);
    if (ratio > kLargestUpdate) {
      findings.push_back({Subject::kUpdates,
                          true,
                          {as_text("In the middle of the run a step moves ", name.en, " by ", format_number(ratio, 2),
                                   " of its size: so much that it forgets what it learned before; lower the learning "
                                   "rate."),
                           as_text("训练中期，每一步都使", name.zh, "变化其自身大小的 ", format_number(ratio, 2),
                                   "：变化太大，学到的东西随即丢失；请降低学习率。")}});
    } else if (ratio < kSmallestUpdate) {
      findings.push_back({Subject::kUpdates,
                          true,
                          {as_text("In the middle of the run a step moves ", name.en, " by only ",
                                   format_number(ratio, 2), " of its size: it hardly learns; raise the learning rate."),
                           as_text("训练中期，每一步只使", name.zh, "变化其自身大小的 ", format_number(ratio, 2),
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

void judge_gradients(const std::vector<Look>& looks, const std::vector<NamedLayer>& layers, const Remedies& remedies,
                     std::vector<Finding>& findings) {
  const size_t last = layers.size() - 1;
  const double first_size = typical(looks, [](const Look& look) { return look.layers.front().gradient_size; });
  const double last_size = typical(looks, [last](const Look& look) { return look.layers[last].gradient_size; });
  if (!std::isfinite(first_size) || !std::isfinite(last_size)) return;
  const double ratio = first_size / last_size;
  const Text &from = layers.front().name, &to = layers.back().name;
  if (last > 0 && last_size > 0 && ratio < kGradientFall) {
    findings.push_back(
        {Subject::kGradients, true,
         Text(as_text("The gradient vanishes on its way back: in ", from.en, " it has ", format_number(ratio, 2),
                      " of its size in ", to.en, "; "),
              as_text("梯度在反向传播途中消失：传到", from.zh, "时只剩", to.zh, "的 ", format_number(ratio, 2), "；")) +
             remedies.vanishing});
  } else if (last > 0 && last_size > 0 && ratio > kGradientRise) {
    findings.push_back({Subject::kGradients, true,
                        Text(as_text("The gradient explodes on its way back: in ", from.en, " it has ",
                                     format_number(ratio, 2), " times its size in ", to.en, "; "),
                             as_text("梯度在反向传播途中爆炸：传到", from.zh, "时已是", to.zh, "的 ",
                                     format_number(ratio, 2), " 倍；")) +
                            remedies.exploding});
  } else {
    findings.push_back(
        {Subject::kGradients,
         false,
         {"The gradients neither vanish nor explode between the layers.", "梯度在各层之间既没有消失，也没有爆炸。"}});
  }
}

}  // namespace

std::vector<Finding> diagnose(const std::vector<Look>& looks, const std::vector<NamedLayer>& layers,
                              const Remedies& remedies) {
  std::vector<Finding> findings;
  if (looks.empty() || looks.back().layers.empty()) return findings;
  judge_units(looks.front(), looks.back(), layers, remedies, findings);
  judge_updates(looks, layers, findings);
  judge_gradients(looks, layers, remedies, findings);
  return findings;
}

Text findings_text(const std::vector<Finding>& findings, Subject subject) {
  Text all("");
  for (const Finding& finding : findings) {
    if (finding.subject == subject) all = all + Text(all.en.empty() ? "" : " ", "") + finding.text;
  }
  return all;
}

Text meaning_of_fractions(const std::vector<NamedLayer>& layers) {
  const auto any = [&](bool (*can)(const std::string&)) {
    return std::any_of(layers.begin(), layers.end(), [&](const NamedLayer& layer) { return can(layer.activation); });
  };
  Text all("");
  if (any(can_die)) all = all + Text(" Dead: 0 for all of them.", "死亡：对所有样本都输出 0。");
  if (any(can_saturate)) {
    all = all + Text(" Saturated: where the slope of the activation is below 0.02.", "饱和：激活函数的斜率小于 0.02。");
  }
  return all + Text(" Twins: units with the same incoming weights as another.", "孪生：与另一个单元的输入权重相同。");
}

}  // namespace glassbox
