/// A classifier's answers to a whole data set, and its scores.
#pragma once

#include <functional>
#include <string>

#include "common/classify/labelled.h"
#include "common/classify/metrics.h"
#include "common/data/loader.h"
#include "common/train/progress.h"

namespace glassbox {

/// Samples that are answered together when nothing is learned: `most`, fewer of large images (10 of 256x256 in
/// colour).
int64_t scoring_batch(const DatasetInfo& info, int64_t most = 128);

/// All samples in order, scoring_batch() at once.
DataLoader scoring_loader(std::shared_ptr<const LabelledDataset> data, int64_t workers = 0);

/// Logits [N, K] for a batch of N.
using Forward = std::function<torch::Tensor(const Batch&)>;

/// Runs `forward` over `data` in inference mode; the caller has put the model into eval(). The answers are on the CPU.
/// Throws Interrupted when a stop was requested, UserError if a logit is NaN or infinite.
Predictions predict_all(const Forward& forward, const DataLoader& data, torch::Device device);

/// What chooses a classifier's best epoch.
inline const Monitor kValAccuracy{"val_accuracy", /*higher_is_better=*/true};

/// {prefix}loss (cross-entropy, nats) and {prefix}accuracy.
Scores classifier_scores(const Predictions& predictions, const std::string& prefix);

/// What is said of the test set: loss, accuracy, top-3 accuracy (from 4 classes on), macro F1, expected calibration
/// error.
Scores full_classifier_scores(const Predictions& predictions);

}  // namespace glassbox
