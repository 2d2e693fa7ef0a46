#include "common/classify/evaluate.h"

#include <algorithm>

#include "common/base/error.h"
#include "common/base/stop.h"

namespace glassbox {

int64_t scoring_batch(const DatasetInfo& info, int64_t most) {
  return std::clamp<int64_t>((int64_t{1} << 21) / info.features(), 1, most);
}

DataLoader scoring_loader(std::shared_ptr<const LabelledDataset> data, int64_t workers) {
  const int64_t batch_size = scoring_batch(data->info());
  return DataLoader(std::move(data), {batch_size, /*shuffle=*/false, /*seed=*/0, workers});
}

Predictions predict_all(const Forward& forward, const DataLoader& data, torch::Device device) {
  const c10::InferenceMode no_graph;
  std::vector<torch::Tensor> logits, targets, index;
  for (const Batch& batch : data.epoch(1)) {
    if (stop_requested()) throw Interrupted("stopped while scoring");
    logits.push_back(forward(batch.to(device)).cpu());
    targets.push_back(batch.target);
    index.push_back(batch.index);
  }
  Predictions predictions{torch::cat(logits), torch::cat(targets), torch::cat(index)};
  require(torch::isfinite(predictions.logits).all().item<bool>(), "scoring ", data.dataset().source().name,
          ": the network answers with NaN or infinity. Lower optimizer.learning_rate, or set train.clip_gradient_norm");
  return predictions;
}

Scores classifier_scores(const Predictions& predictions, const std::string& prefix) {
  return {{prefix + "loss", cross_entropy(predictions)}, {prefix + "accuracy", accuracy(predictions)}};
}

Scores full_classifier_scores(const Predictions& predictions) {
  Scores scores = classifier_scores(predictions, "");
  if (predictions.logits.size(1) > 3) scores.emplace_back("top3_accuracy", top_k_accuracy(predictions, 3));
  double f1 = 0;
  const auto classes = class_scores(confusion_matrix(predictions));
  for (const ClassScore& score : classes) f1 += score.f1 / double(classes.size());
  scores.emplace_back("macro_f1", f1);
  scores.emplace_back("calibration_error", calibration_error(calibration_bins(predictions)));
  return scores;
}

}  // namespace glassbox
