/// Scores of classifiers, counted by hand.
#include "common/classify/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "common/base/random.h"
#include "tests/common/expect_error.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

Predictions predictions_of(const std::vector<std::vector<float>>& logits, const std::vector<int64_t>& targets) {
  std::vector<torch::Tensor> rows;
  for (const auto& row : logits) rows.push_back(torch::tensor(row));
  return {torch::stack(rows), torch::tensor(targets, torch::kInt64), torch::arange(int64_t(targets.size()))};
}

/// The logits of one sample whose class 0 (of 2) has the probability p.
std::vector<float> surely(double p) { return {float(std::log(p)), float(std::log(1 - p))}; }

TEST(Accuracy, IsTheFractionOfSamplesWhoseHighestLogitIsTheTrueClass) {
  const auto predictions = predictions_of({{1, 0, 0}, {0, 1, 0}, {0, 2, 1}, {0, 0, 3}}, {0, 1, 2, 2});
  EXPECT_DOUBLE_EQ(accuracy(predictions), 3.0 / 4);
}

TEST(Accuracy, OfEqualLogitsTheFirstCounts) {
  EXPECT_DOUBLE_EQ(accuracy(predictions_of({{5, 5}, {5, 5}}, {0, 1})), 0.5);
}

TEST(TopK, CountsTheTrueClassAmongTheKHighest) {
  // The true class ranks 1st, 2nd, 3rd, 4th.
  const auto predictions = predictions_of({{4, 3, 2, 1}, {4, 3, 2, 1}, {4, 3, 2, 1}, {4, 3, 2, 1}}, {0, 1, 2, 3});
  for (int64_t k = 1; k <= 4; ++k) EXPECT_DOUBLE_EQ(top_k_accuracy(predictions, k), double(k) / 4);
  EXPECT_DOUBLE_EQ(top_k_accuracy(predictions, 99), 1);
}

TEST(TopK, EqualLogitsRankInTheOrderOfTheClasses) {
  const auto predictions = predictions_of({{7, 7, 7}, {7, 7, 7}, {7, 7, 7}}, {0, 1, 2});
  EXPECT_DOUBLE_EQ(top_k_accuracy(predictions, 1), 1.0 / 3);
  EXPECT_DOUBLE_EQ(top_k_accuracy(predictions, 2), 2.0 / 3);
  EXPECT_DOUBLE_EQ(top_k_accuracy(predictions, 1), accuracy(predictions));
}

TEST(CrossEntropy, OfEqualLogitsIsTheLogarithmOfTheNumberOfClasses) {
  EXPECT_NEAR(cross_entropy(predictions_of({{2, 2, 2, 2}}, {3})), std::log(4), 1e-12);
}

TEST(CrossEntropy, IsTheMeanOfMinusTheLogarithmOfTheTrueClass) {
  const auto predictions = predictions_of({surely(0.5), surely(0.8)}, {0, 1});
  EXPECT_NEAR(cross_entropy(predictions), (std::log(2) - std::log(0.2)) / 2, 1e-6);
}

/// Class 0: 2 of 3 found, one called 1. Class 1: 1 of 1 found. Class 2: never called, 0 of 2. Class 3: absent.
Predictions four_classes() {
  const std::vector<float> is0 = {1, 0, 0, 0}, is1 = {0, 1, 0, 0};
  return predictions_of({is0, is0, is1, is1, is0, is1}, {0, 0, 0, 1, 2, 2});
}

TEST(Confusion, RowsAreTrueClassesAndColumnsPredictedOnes) {
  EXPECT_EQ(ints(confusion_matrix(four_classes())), (std::vector<int64_t>{2, 1, 0, 0,  //
                                                                          0, 1, 0, 0,  //
                                                                          1, 1, 0, 0,  //
                                                                          0, 0, 0, 0}));
}

TEST(Confusion, SumsToTheNumberOfSamplesAndItsTraceToTheHits) {
  const auto predictions = four_classes();
  const torch::Tensor confusion = confusion_matrix(predictions);
  EXPECT_EQ(confusion.sum().item<int64_t>(), 6);
  EXPECT_DOUBLE_EQ(confusion.trace().item<double>() / 6, accuracy(predictions));
}

TEST(ClassScores, ByHandWithAnEmptyClass) {
  const auto scores = class_scores(confusion_matrix(four_classes()));
  ASSERT_EQ(scores.size(), 4u);
  EXPECT_DOUBLE_EQ(scores[0].precision, 2.0 / 3);  // called 0 three times, twice rightly
  EXPECT_DOUBLE_EQ(scores[0].recall, 2.0 / 3);     // three are 0, two were found
  EXPECT_DOUBLE_EQ(scores[0].f1, 2.0 / 3);
  EXPECT_EQ(scores[0].support, 3);
  EXPECT_DOUBLE_EQ(scores[1].precision, 1.0 / 3);
  EXPECT_DOUBLE_EQ(scores[1].recall, 1);
  EXPECT_DOUBLE_EQ(scores[1].f1, 2 * (1.0 / 3) / (1.0 / 3 + 1));  // harmonic mean: 1/2
  for (int64_t empty : {2, 3}) {                                  // never called; and never there
    EXPECT_EQ(scores[size_t(empty)].precision, 0);
    EXPECT_EQ(scores[size_t(empty)].recall, 0);
    EXPECT_EQ(scores[size_t(empty)].f1, 0);
  }
  EXPECT_EQ(scores[2].support, 2);
  EXPECT_EQ(scores[3].support, 0);
}

TEST(Calibration, BinsAreOpenBelowAndClosedAbove) {
  // 10 bins: 0.5 (exact: two equal logits) lies in (0.4, 0.5], and 0.55 in (0.5, 0.6].
  const auto bins = calibration_bins(predictions_of({{3, 3}, surely(0.55), surely(0.55)}, {0, 0, 1}), 10);
  ASSERT_EQ(bins.size(), 10u);
  EXPECT_EQ(bins[4].count, 1);
  EXPECT_EQ(bins[4].confidence, 0.5);
  EXPECT_EQ(bins[4].accuracy, 1);
  EXPECT_EQ(bins[5].count, 2);
  EXPECT_NEAR(bins[5].confidence, 0.55, 1e-6);
  EXPECT_DOUBLE_EQ(bins[5].accuracy, 0.5);
  int64_t count = 0;
  for (const auto& bin : bins) count += bin.count;
  EXPECT_EQ(count, 3);
}

TEST(Calibration, AProbabilityOfOneIsInTheLastBin) {
  const auto bins = calibration_bins(predictions_of({{1000, 0}}, {0}), 15);
  EXPECT_EQ(bins.back().count, 1);
  EXPECT_DOUBLE_EQ(bins.back().confidence, 1);
  EXPECT_DOUBLE_EQ(calibration_error(bins), 0);
}

TEST(Calibration, ErrorByHand) {
  // Four samples at 0.95, of which three are right: |0.75 - 0.95| = 0.2. One at 0.65, wrong: |0 - 0.65|.
  const auto predictions =
      predictions_of({surely(0.95), surely(0.95), surely(0.95), surely(0.95), surely(0.65)}, {0, 0, 0, 1, 1});
  EXPECT_NEAR(calibration_error(calibration_bins(predictions, 10)), (4 * 0.2 + 1 * 0.65) / 5, 1e-6);
}

TEST(Calibration, ErrorOfNothingIsZero) { EXPECT_EQ(calibration_error({}), 0); }

TEST(Scores, AreFunctionsOfAllSamplesSoBatchesDoNotMatter) {
  torch::Tensor logits = torch::empty({10, 3});
  Rng rng(5);
  for (int64_t i = 0; i < 30; ++i) logits.view({-1})[i] = rng.normal();
  const Predictions all{logits, torch::arange(10).remainder(3), torch::arange(10)};
  // The same samples, put together from a batch of 7 and one of 3.
  const auto glued = [](const torch::Tensor& t) { return torch::cat({t.slice(0, 0, 7), t.slice(0, 7)}); };
  const Predictions parts{glued(all.logits), glued(all.targets), glued(all.index)};
  EXPECT_EQ(accuracy(parts), accuracy(all));
  EXPECT_EQ(cross_entropy(parts), cross_entropy(all));
  // The mean of the two batches' accuracies is another number: 7 and 3 samples do not weigh the same.
  const auto slice = [&](int64_t begin, int64_t end) {
    return Predictions{logits.slice(0, begin, end), all.targets.slice(0, begin, end), all.index.slice(0, begin, end)};
  };
  EXPECT_NEAR(0.7 * cross_entropy(slice(0, 7)) + 0.3 * cross_entropy(slice(7, 10)), cross_entropy(all), 1e-12);
  EXPECT_NE(0.5 * cross_entropy(slice(0, 7)) + 0.5 * cross_entropy(slice(7, 10)), cross_entropy(all));
}

TEST(Scores, OfNothingAreAnError) {
  const Predictions none{torch::zeros({0, 3}), torch::zeros({0}, torch::kInt64), torch::zeros({0}, torch::kInt64)};
  EXPECT_ERROR_HAS(accuracy(none), "want at least one sample, got none");
  EXPECT_ERROR_HAS(top_k_accuracy(none, 2), "want at least one sample, got none");
  EXPECT_ERROR_HAS(cross_entropy(none), "want at least one sample, got none");
  EXPECT_ERROR_HAS(calibration_bins(none), "want at least one sample, got none");
}

TEST(McNemar, CountsOnlyTheSamplesThatOneHasRight) {
  // 10 samples only a has right, 2 only b, 5 both, 3 neither: 2 (1 + 12 + 66) / 2^12.
  std::vector<int64_t> a(20, 0), b(20, 0);
  for (size_t i = 0; i < 10; ++i) a[i] = 1;
  for (size_t i = 10; i < 12; ++i) b[i] = 1;
  for (size_t i = 12; i < 17; ++i) a[i] = b[i] = 1;
  const torch::Tensor a_right = torch::tensor(a).to(torch::kBool), b_right = torch::tensor(b).to(torch::kBool);
  EXPECT_NEAR(mcnemar_p(a_right, b_right), 158.0 / 4096, 1e-12);
  EXPECT_NEAR(mcnemar_p(b_right, a_right), 158.0 / 4096, 1e-12);
  EXPECT_EQ(mcnemar_p(a_right, a_right), 1);
}

}  // namespace
}  // namespace glassbox
