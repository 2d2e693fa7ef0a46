#include <cmath>

#include "apps/mlp/history/history.h"
#include "common/base/error.h"
#include "common/report/format.h"

namespace glassbox::mlp {
namespace {

using Rows = std::vector<SweepRow>;

std::string percent(const Spread& spread) { return spread_text(spread, "%"); }

/// 20 of 20 seeds solve it; ten folds and their mean.
std::vector<Text> claims_of_repeats(const SweepConfig& sweep, const Rows& rows) {
  int64_t perfect = 0;
  double lowest = 1, highest = 0;
  for (const SweepRow& row : rows) {
    const double score = spread_of({row}, "", "test_accuracy").mean;
    perfect += score == 1 ? 1 : 0;
    lowest = std::min(lowest, score);
    highest = std::max(highest, score);
  }
  const bool folds = sweep.path == "data.fold";
  const std::string mean = percent(spread_of(rows, "", "test_accuracy"));
  return {{as_text(perfect, " of ", rows.size(), folds ? " folds" : " seeds",
                   " have every test sample right; mean test accuracy ", mean, ", lowest ", format_percent(lowest),
                   ", highest ", format_percent(highest), "."),
           as_text(rows.size(), folds ? " 折中有 " : " 个种子中有 ", perfect, " 个测试全对；平均测试准确率 ", mean,
                   "，最低 ", format_percent(lowest), "，最高 ", format_percent(highest), "。")}};
}

Text claim_of_label_noise(const Rows& rows, const std::string& value, const std::string& clean) {
  const Spread memorised = spread_of(rows, value, "memorised");
  const bool by_heart = memorised.mean > 0.9;  // agreeing with a wrong label by accident is rarer than one in two
  const std::string fraction = format_percent(std::stod(value), 0),
                    train = percent(spread_of(rows, value, "train_accuracy")), wrong = percent(memorised),
                    last = percent(spread_of(rows, value, "last_test_accuracy")),
                    kept = percent(spread_of(rows, value, "test_accuracy"));
  Text claim = {
      as_text("With ", fraction, " wrong labels the last weights agree with ", train,
              " of the training labels as given and repeat ", wrong, " of the wrong ones",
              by_heart ? ": learned by heart" : ": not learned by heart (yet)", ". On clean test labels they reach ",
              last, "; the weights of the best epoch, kept by looking at validation, ", kept),
      as_text("标签有 ", fraction, " 错误时，最后的权重与给定训练标签的一致率为 ", train, "，其中错误标签有 ", wrong,
              by_heart ? " 被照背了下来" : " 被重复（还没有背下来）", "。在干净的测试标签上它们达到 ", last,
              "；按验证集保留的最佳一轮为 ", kept)};
  if (!clean.empty()) claim = claim + Text("; without noise it is " + clean, "；无噪声时为 " + clean);
  return claim + Text(".", "。");
}

std::vector<Text> claims_of_label_noise(const Rows& rows, const std::vector<std::string>& values) {
  std::vector<Text> claims;
  std::string clean;
  for (const std::string& value : values) {
    if (std::stod(value) == 0) clean = percent(spread_of(rows, value, "test_accuracy"));
  }
  for (const std::string& value : values) {
    if (std::stod(value) > 0) claims.push_back(claim_of_label_noise(rows, value, clean));
  }
  return claims;
}

/// What is found inside the network at each value: twins, dead and saturated units beside the score.
std::vector<Text> claims_of_first_weights(const SweepConfig& sweep, const Rows& rows) {
  std::vector<Text> claims;
  for (const std::string& value : sweep.values) {
    const Spread twins = spread_of(rows, value, "twins"), saturated = spread_of(rows, value, "saturated");
    const std::string score = percent(spread_of(rows, value, "last_test_accuracy")),
                      loss = format_number(spread_of(rows, value, "train_loss").mean);
    Text claim = {as_text(sweep.path, " ", value, ": training loss ", loss, ", test accuracy ", score),
                  as_text(sweep.path, " ", value, "：训练损失 ", loss, "，测试准确率 ", score)};
    if (twins.mean > 0.99) {
      claim.en +=
          "; every hidden unit is still the twin of another: equal first weights get equal gradients, so the symmetry "
          "never breaks";
      claim.zh += "；每个隐藏单元直到最后都有一个“孪生”：初值相同，梯度就相同，对称性永远打不破";
    } else {
      claim.en += as_text("; ", format_percent(twins.mean, 0), " twins");
      claim.zh += as_text("；孪生单元 ", format_percent(twins.mean, 0));
    }
    if (spread_of(rows, value, "train_loss").mean > 0.98 * spread_of(rows, value, "guessing_loss").mean &&
        saturated.mean < 0.5) {
      claim.en += "; the loss has not left that of guessing: hardly any signal comes through the layers";
      claim.zh += "；损失没有离开瞎猜的水平：信号几乎传不过各层";
    }
    if (saturated.mean > 0) {
      claim.en += as_text("; ", format_percent(saturated.mean, 0), " of the activations saturated");
      claim.zh += as_text("；饱和的激活值占 ", format_percent(saturated.mean, 0));
    }
    claims.push_back({claim.en + ".", claim.zh + "。"});
  }
  return claims;
}

/// The values with the highest and the lowest score.
std::vector<Text> claims_of_extremes(const SweepConfig& sweep, const Rows& rows) {
  const auto score = [&](const std::string& value) { return spread_of(rows, value, "last_test_accuracy").mean; };
  std::string best = sweep.values.front(), worst = best;
  for (const std::string& value : sweep.values) {
    if (score(value) > score(best)) best = value;
    if (score(value) < score(worst)) worst = value;
  }
  const auto both = [&](const std::string& value) {
    return as_text(percent(spread_of(rows, value, "train_accuracy")), " / ",
                   percent(spread_of(rows, value, "last_test_accuracy")));
  };
  return {{as_text("Training / test accuracy of the last weights: highest at ", sweep.path, " ", best, " (", both(best),
                   "), lowest at ", worst, " (", both(worst), ")."),
           as_text("最后权重的训练/测试准确率：", sweep.path, " 取 ", best, " 时最高（", both(best), "），取 ", worst,
                   " 时最低（", both(worst), "）。")}};
}

}  // namespace

std::vector<Text> claims_of(const SweepConfig& sweep, const Rows& rows) {
  const std::string& path = sweep.path;
  if (sweep.repeats_one_thing()) return claims_of_repeats(sweep, rows);
  if (path == "data.label_noise") return claims_of_label_noise(rows, sweep.values);
  if (path == "model.init" || path == "model.init_scale") return claims_of_first_weights(sweep, rows);
  if (!path.empty()) return claims_of_extremes(sweep, rows);
  return {};
}

}  // namespace glassbox::mlp
