#include "common/classify/metrics.h"

#include <algorithm>
#include <cmath>

#include "common/base/error.h"

namespace glassbox {
namespace {

double fraction(int64_t part, int64_t whole) { return whole > 0 ? double(part) / double(whole) : 0.0; }

void require_samples(const Predictions& predictions) {
  require(predictions.logits.size(0) > 0, "scoring predictions: want at least one sample, got none");
}

}  // namespace

double accuracy(const Predictions& predictions) {
  require_samples(predictions);
  return predictions.logits.argmax(1).eq(predictions.targets).to(torch::kFloat64).mean().item<double>();
}

double top_k_accuracy(const Predictions& predictions, int64_t k) {
  require_samples(predictions);
  const torch::Tensor own = predictions.logits.gather(1, predictions.targets.unsqueeze(1));  // [N, 1]
  const torch::Tensor classes = torch::arange(predictions.logits.size(1)).unsqueeze(0);      // [1, K]
  const torch::Tensor ahead = predictions.logits.gt(own).logical_or(
      predictions.logits.eq(own).logical_and(classes.lt(predictions.targets.unsqueeze(1))));
  return ahead.sum(1).lt(k).to(torch::kFloat64).mean().item<double>();
}

double cross_entropy(const Predictions& predictions) {
  require_samples(predictions);
  const torch::Tensor log_p = torch::log_softmax(predictions.logits.to(torch::kFloat64), 1);
  return -log_p.gather(1, predictions.targets.unsqueeze(1)).mean().item<double>();
}

torch::Tensor confusion_matrix(const Predictions& predictions) {
  const int64_t classes = predictions.logits.size(1);
  const torch::Tensor cell = predictions.targets * classes + predictions.logits.argmax(1);
  return torch::bincount(cell, {}, classes * classes).view({classes, classes});
}

std::vector<ClassScore> class_scores(const torch::Tensor& confusion) {
  std::vector<ClassScore> scores;
  for (int64_t k = 0; k < confusion.size(0); ++k) {
    const auto hits = confusion[k][k].item<int64_t>();
    const auto support = confusion[k].sum().item<int64_t>(), called = confusion.select(1, k).sum().item<int64_t>();
    scores.push_back({fraction(hits, called), fraction(hits, support), fraction(2 * hits, called + support), support});
  }
  return scores;
}

std::vector<CalibrationBin> calibration_bins(const Predictions& predictions, int64_t bins) {
  require_samples(predictions);
  const auto [confidence, answer] = torch::softmax(predictions.logits.to(torch::kFloat64), 1).max(1);
  const torch::Tensor right = answer.eq(predictions.targets).contiguous();
  const double* p = confidence.data_ptr<double>();
  const bool* is_right = right.data_ptr<bool>();
  std::vector<CalibrationBin> result(size_t(bins), {0, 0, 0});
  for (int64_t i = 0; i < confidence.size(0); ++i) {
    auto& bin = result[size_t(std::clamp<int64_t>(int64_t(std::ceil(p[i] * double(bins))) - 1, 0, bins - 1))];
    bin.confidence += p[i];
    bin.accuracy += is_right[i] ? 1 : 0;
    ++bin.count;
  }
  for (auto& bin : result) {
    if (bin.count == 0) continue;
    bin.confidence /= double(bin.count);
    bin.accuracy /= double(bin.count);
  }
  return result;
}

double calibration_error(const std::vector<CalibrationBin>& bins) {
  double error = 0, samples = 0;
  for (const auto& bin : bins) {
    error += double(bin.count) * std::abs(bin.accuracy - bin.confidence);
    samples += double(bin.count);
  }
  return samples > 0 ? error / samples : 0;
}

double mcnemar_p(const torch::Tensor& a_right, const torch::Tensor& b_right) {
  const auto only_a = a_right.logical_and(b_right.logical_not()).sum().item<int64_t>();
  const auto only_b = b_right.logical_and(a_right.logical_not()).sum().item<int64_t>();
  const int64_t n = only_a + only_b, fewer = std::min(only_a, only_b);
  double tail = 0;  // P(at most `fewer` heads in n throws of a fair coin)
  for (int64_t k = 0; k <= fewer; ++k) {
    tail += std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(double(n - k) + 1.0) -
                     double(n) * std::log(2.0));
  }
  return std::min(1.0, 2 * tail);
}

}  // namespace glassbox
