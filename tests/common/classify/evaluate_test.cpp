/// Answers to a whole data set, whatever the batches.
#include "common/classify/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "tests/common/expect_error.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

/// Sample i is {i}, of class i mod 4; the network below answers class i mod 3.
std::shared_ptr<const LabelledDataset> numbers(int64_t count) {
  DatasetInfo info;
  info.name = "numbers";
  info.classes = {"a", "b", "c", "d"};
  info.sample_shape = {1};
  const torch::Tensor all = torch::arange(count);
  return std::make_shared<LabelledDataset>(all.to(torch::kFloat32).unsqueeze(1), all.remainder(4), info);
}

torch::Tensor answer(const Batch& batch) {
  const torch::Tensor number = batch.input.squeeze(1).to(torch::kInt64);
  torch::Tensor logits = torch::zeros({batch.size(), 4});
  return logits.scatter_(1, number.remainder(3).unsqueeze(1), 2 + batch.input / 10);
}

TEST(PredictAll, KeepsTheOrderOfTheDataSet) {
  const Predictions all = predict_all(answer, DataLoader(numbers(10), {4, /*shuffle=*/false}), torch::kCPU);
  EXPECT_EQ(ints(all.index), (std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(ints(all.targets), (std::vector<int64_t>{0, 1, 2, 3, 0, 1, 2, 3, 0, 1}));
  EXPECT_EQ(ints(all.logits.argmax(1)), (std::vector<int64_t>{0, 1, 2, 0, 1, 2, 0, 1, 2, 0}));
}

TEST(ScoringLoader, TakesFewerLargeSamplesAtOnceAndAllOfThem) {
  EXPECT_EQ(scoring_loader(numbers(300)).batches(), 3);  // 128 at once
  DatasetInfo info;
  info.name = "large";
  info.classes = {"a", "b"};
  info.sample_shape = {3, 256, 256};
  info.pixel_max = 255;
  const auto large = std::make_shared<LabelledDataset>(torch::zeros({25, 3, 256, 256}, torch::kUInt8),
                                                       torch::zeros({25}, torch::kInt64), info);
  const DataLoader loader = scoring_loader(large);
  EXPECT_EQ(loader.batches(), 3);  // 10 at once
  EXPECT_EQ(loader.samples(), 25);
}

TEST(PredictAll, AnswersThatAreNoNumbersAreRefused) {
  const auto broken = [](const Batch& batch) { return answer(batch) / 0.0; };  // 0 / 0 and 2 / 0
  const DataLoader loader(numbers(10), {4, /*shuffle=*/false});
  EXPECT_ERROR_HAS(predict_all(broken, loader, torch::kCPU), "scoring numbers", "NaN or infinity", "learning_rate");
}

TEST(PredictAll, ScoresAreNotAveragedOverUnequalBatches) {
  const Predictions whole = predict_all(answer, DataLoader(numbers(10), {10, false}), torch::kCPU);
  EXPECT_DOUBLE_EQ(accuracy(whole), 0.3);  // samples 0, 1, 2; a mean over batches of 4, 4 and 2 would be 0.25
  for (int64_t batch_size : {1, 3, 4, 7}) {
    const Predictions parts = predict_all(answer, DataLoader(numbers(10), {batch_size, false}), torch::kCPU);
    EXPECT_EQ(full_classifier_scores(parts), full_classifier_scores(whole)) << "batches of " << batch_size;
  }
}

TEST(PredictAll, BuildsNoGraph) {
  const torch::Tensor weight = torch::ones({1, 4}, torch::requires_grad());
  const auto forward = [&](const Batch& batch) { return batch.input.matmul(weight); };
  EXPECT_FALSE(predict_all(forward, DataLoader(numbers(5), {2, false}), torch::kCPU).logits.requires_grad());
}

TEST(ClassifierScores, CarryThePrefix) {
  const Predictions all = predict_all(answer, DataLoader(numbers(10), {4, false}), torch::kCPU);
  const Scores scores = classifier_scores(all, "val_");
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_EQ(scores[0].first, "val_loss");
  EXPECT_EQ(scores[1], (std::pair<std::string, double>("val_accuracy", 0.3)));
}

double score_of(const Scores& scores, const std::string& name) {
  for (const auto& [own, value] : scores) {
    if (own == name) return value;
  }
  return std::nan("");
}

TEST(FullClassifierScores, MacroF1IsTheMeanOverClasses) {
  const Scores scores = full_classifier_scores(predict_all(answer, DataLoader(numbers(10), {4, false}), torch::kCPU));
  // Called 0: samples 0 3 6 9, of which 0 is (true zeros: 0 4 8): 2*1/(4+3). Called 1: 1 4 7; true 1 5 9: 2*1/(3+3).
  // Called 2: 2 5 8; true 2 6: 2*1/(3+2). Class 3 is never called.
  EXPECT_NEAR(score_of(scores, "macro_f1"), (2.0 / 7 + 2.0 / 6 + 2.0 / 5 + 0) / 4, 1e-12);
}

TEST(FullClassifierScores, TopThreeIsSaidFromFourClassesOn) {
  const Predictions four = predict_all(answer, DataLoader(numbers(10), {4, false}), torch::kCPU);
  // Wrong answers leave three equal logits; the true class is among the first three unless it is 3.
  EXPECT_NEAR(score_of(full_classifier_scores(four), "top3_accuracy"), 0.8, 1e-12);
  const Predictions three{torch::eye(3), torch::arange(3), torch::arange(3)};
  EXPECT_TRUE(std::isnan(score_of(full_classifier_scores(three), "top3_accuracy")));
}

}  // namespace
}  // namespace glassbox
