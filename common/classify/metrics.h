/// How good a classifier is. Every function takes all predictions of a data set at once, so that no figure is a mean
/// over batches of unequal size. N samples, K classes.
#pragma once

#include <torch/types.h>

#include <vector>

namespace glassbox {

/// What a network answered for a data set.
struct Predictions {
  torch::Tensor logits;   ///< float32 [N, K], before the softmax
  torch::Tensor targets;  ///< int64 [N], the true classes
  torch::Tensor index;    ///< int64 [N], the samples' indices in the data set
};

/// Fraction of samples whose highest logit is the true class, in [0, 1]. Of equal logits the first counts.
double accuracy(const Predictions& predictions);

/// Fraction of samples whose true class is among the k highest logits. Equal logits rank in the order of the classes,
/// so that k = 1 is accuracy(). 1 <= k.
double top_k_accuracy(const Predictions& predictions, int64_t k);

/// Mean of -log softmax(logits)[target], in nats.
double cross_entropy(const Predictions& predictions);

/// int64 [K, K]; row = true class, column = predicted class.
torch::Tensor confusion_matrix(const Predictions& predictions);

/// One class against the rest. A fraction of nothing (no sample predicted, none present) is 0.
struct ClassScore {
  double precision;  ///< of those called so, how many are
  double recall;     ///< of those that are, how many are called so
  double f1;         ///< harmonic mean of the two
  int64_t support;   ///< samples of the class
};
std::vector<ClassScore> class_scores(const torch::Tensor& confusion);

/// One bin of the reliability diagram: samples whose highest probability lies in (lower, upper].
struct CalibrationBin {
  double confidence;  ///< their mean highest probability
  double accuracy;    ///< the fraction of them that is right
  int64_t count;
};
/// `bins` of equal width over (0, 1].
std::vector<CalibrationBin> calibration_bins(const Predictions& predictions, int64_t bins = 15);

/// Expected calibration error (Guo et al. 2017, eq. 3): the mean of |accuracy - confidence| over the bins, weighted by
/// count.
double calibration_error(const std::vector<CalibrationBin>& bins);

/// McNemar's test (1947), exact and two-sided: with what probability would two classifiers of equal quality differ this
/// much or more? Only the samples that one has right and the other wrong count. a_right, b_right: bool [N], the same
/// samples in the same order. Returns p in (0, 1]; 1 if they never differ.
double mcnemar_p(const torch::Tensor& a_right, const torch::Tensor& b_right);

}  // namespace glassbox
