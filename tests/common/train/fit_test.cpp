/// What fit() promises of a run from beginning to end; resume_test.cpp has those that are cut short.
#include "common/train/fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"
#include "tests/common/train/tiny_run.h"

namespace glassbox {
namespace {

class Fit : public testing::Test {
 protected:
  RunFolder new_folder(const std::string& name = "run") { return RunFolder::create(temp_ / name); }

  TempFolder temp_;
};

/// validate() that gives these scores, one an epoch.
std::function<Scores()> scripted(const std::vector<double>& scores) {
  const auto next = std::make_shared<size_t>(0);
  return [scores, next] { return Scores{{"val_accuracy", scores.at((*next)++)}}; };
}

double distance(const NamedTensors& a, const NamedTensors& b) {
  double squares = 0;
  for (const auto& [name, tensor] : a) squares += (tensor - b.at(name)).square().sum().item<double>();
  return std::sqrt(squares);
}

TEST_F(Fit, LearnsOneBatchByHeart) {
  TinyRun tiny(/*hidden=*/32, /*dropout=*/0, /*batch_norm=*/false, /*samples=*/12);
  tiny.batch_size = 12;
  tiny.rule.name = "adam";
  tiny.config.epochs = 400;
  RunFolder folder = new_folder();
  tiny.fit(folder);
  const auto losses = metric(folder, "train_loss");
  EXPECT_LT(losses.back(), 1e-3);
  EXPECT_GT(losses.front(), 0.5);  // guessing among three classes: ln 3 = 1.10
}

TEST_F(Fit, FourBatchesAccumulatedAreOneBatchFourTimesAsLarge) {
  TinyRun small(8, 0, false, 32), large(8, 0, false, 32);
  small.config.accumulate = 4;
  large.batch_size = 32;
  RunFolder one = new_folder(), two = new_folder();
  small.fit(one);
  large.fit(two);
  for (const auto& [name, tensor] : small.weights())
    EXPECT_LT(largest_difference(tensor, large.weights().at(name)), 1e-6);
  EXPECT_EQ(metric(one, "step"), metric(two, "step"));
}

TEST_F(Fit, BatchesLeftOverByAccumulationAreAStepOfTheirOwn) {
  TinyRun tiny(8, 0, false, 40);  // 5 batches: a step after 4 of them, and one after the last
  tiny.config.accumulate = 4;
  RunFolder folder = new_folder();
  tiny.fit(folder);
  EXPECT_EQ(metric(folder, "step"), (std::vector<double>{2, 4, 6, 8}));
}

TEST_F(Fit, ClippingBoundsTheStep) {
  TinyRun tiny(8, 0, false, 8);
  tiny.rule = OptimizerConfig();
  tiny.rule.name = "sgd";
  tiny.rule.learning_rate = 1;
  tiny.config.epochs = 1;  // one batch, one step: weights move by learning rate times clipped gradient
  const NamedTensors before = tiny.weights();
  tiny.config.clip_gradient_norm = 0.01;
  RunFolder folder = new_folder();
  tiny.fit(folder);
  EXPECT_NEAR(distance(tiny.weights(), before), 0.01, 1e-5);
}

TEST_F(Fit, ClippingLeavesShortGradientsAlone) {
  TinyRun clipped, free;
  clipped.config.clip_gradient_norm = 1e6;
  RunFolder one = new_folder(), two = new_folder();
  clipped.fit(one);
  free.fit(two);
  EXPECT_LT(distance(clipped.weights(), free.weights()), 1e-6);
}

TEST_F(Fit, EarlyStoppingStopsAfterThatManyEpochsWithoutABetterScore) {
  TinyRun tiny;
  tiny.config.epochs = 10;
  tiny.config.early_stopping = 2;
  tiny.validate = scripted({0.5, 0.6, 0.6, 0.1, 0.9, 0.9});  // an equal score is no better one
  RunFolder folder = new_folder();
  const LoopResult result = tiny.fit(folder);
  EXPECT_TRUE(result.stopped_early);
  EXPECT_EQ(result.epochs, 4);
  EXPECT_EQ(result.best_epoch, 2);
  EXPECT_EQ(result.best, 0.6);
}

/// The weights after each epoch.
Watchers remember(const TinyRun& tiny, std::vector<NamedTensors>& weights) {
  return {{}, {[&](const EpochReport&) { weights.push_back(tiny.weights()); }}};
}

TEST_F(Fit, TheBestWeightsAreThoseOfTheBestEpochAndNotOverwrittenByAWorseOne) {
  TinyRun tiny;
  tiny.validate = scripted({0.1, 0.9, 0.3, 0.8});
  std::vector<NamedTensors> after;
  RunFolder folder = new_folder();
  const LoopResult result = tiny.fit(folder, remember(tiny, after));
  EXPECT_EQ(result.best_epoch, 2);
  EXPECT_FALSE(result.stopped_early);
  const Checkpoint best = load_safetensors(folder.best()), last = load_safetensors(folder.last());
  EXPECT_EQ(best.metadata.at("epoch"), "2");
  EXPECT_EQ(best.metadata.at("app"), "tiny");
  for (const auto& [name, tensor] : best.tensors) EXPECT_TRUE(same_bits(tensor, after.at(1).at(name))) << name;
  for (const auto& [name, tensor] : last.tensors) EXPECT_TRUE(same_bits(tensor, after.at(3).at(name))) << name;
}

TEST_F(Fit, ALossIsBestWhereItIsLowest) {
  TinyRun tiny;
  tiny.higher_is_better = false;
  tiny.validate = scripted({0.5, 0.2, 0.7, 0.3});
  RunFolder folder = new_folder();
  const LoopResult result = tiny.fit(folder);
  EXPECT_EQ(result.best_epoch, 2);
  EXPECT_EQ(result.best, 0.2);
}

TEST_F(Fit, PlateauLowersTheRateAfterPatienceEpochs) {
  TinyRun tiny;
  tiny.schedule.name = "plateau";
  tiny.schedule.patience = 2;
  tiny.schedule.factor = 0.5;
  tiny.rule.learning_rate = 0.08;
  tiny.config.epochs = 7;
  tiny.validate = scripted({0.5, 0.5, 0.4, 0.6, 0.6, 0.6, 0.6});
  RunFolder folder = new_folder();
  tiny.fit(folder);
  // Epochs 2 and 3 are no better than 1: halved from epoch 4. Its 0.6 is better; 5 and 6 are not: halved again.
  EXPECT_EQ(metric(folder, "learning_rate"), (std::vector<double>{0.08, 0.08, 0.08, 0.04, 0.04, 0.04, 0.02}));
}

TEST_F(Fit, TheAveragesAreScoredAndKeptAsBestWhileTheWeightsGoOn) {
  TinyRun tiny;
  tiny.config.ema_decay = 0.9;
  tiny.config.epochs = 1;
  NamedTensors scored;
  tiny.validate = [&] {
    scored = tiny.weights();
    return Scores{{"val_accuracy", 0.5}};
  };
  RunFolder folder = new_folder();
  tiny.fit(folder);
  for (const auto& [name, tensor] : load_safetensors(folder.best()).tensors)
    EXPECT_TRUE(same_bits(tensor, scored.at(name)));
  EXPECT_GT(distance(tiny.weights(), scored), 1e-3);
}

TEST_F(Fit, TrainLossIsAMeanOverSamplesNotOverBatches) {
  TinyRun tiny(8, 0, false, 12);  // batches of 8 and 4
  tiny.config.epochs = 1;
  tiny.loss_of = [&](const Batch& batch) {
    const torch::Tensor zero = tiny.net->forward(batch.input).sum() * 0;
    return LossTerms{{"left", zero + (batch.size() == 8 ? 1.0 : 4.0)}, {"right", zero + 10.0}};
  };
  RunFolder folder = new_folder();
  tiny.fit(folder);
  EXPECT_NEAR(metric(folder, "train_left").at(0), (8 * 1.0 + 4 * 4.0) / 12, 1e-6);
  EXPECT_NEAR(metric(folder, "train_right").at(0), 10, 1e-6);
  EXPECT_NEAR(metric(folder, "train_loss").at(0), 12, 1e-6);
}

TEST_F(Fit, LearnsInTrainModeAndScoresInEvalMode) {
  TinyRun tiny;
  const auto loss_of = tiny.loss_of;
  tiny.loss_of = [&](const Batch& batch) {
    EXPECT_TRUE(tiny.net->is_training());
    return loss_of(batch);
  };
  tiny.validate = [&] {
    EXPECT_FALSE(tiny.net->is_training());
    return Scores{{"val_accuracy", 0.5}};
  };
  RunFolder folder = new_folder();
  tiny.fit(folder);
}

TEST_F(Fit, WithoutTheMonitoredScoreIsOurBug) {
  TinyRun tiny;
  tiny.validate = [] { return Scores{{"other", 1}}; };
  RunFolder folder = new_folder();
  EXPECT_THROW(tiny.fit(folder), std::logic_error);
}

/// The loss becomes `bad` at batch number `at` (from 1).
void spoil(TinyRun& tiny, int64_t at, double bad) {
  const auto loss_of = tiny.loss_of;
  const auto count = std::make_shared<int64_t>(0);
  tiny.loss_of = [=](const Batch& batch) {
    LossTerms terms = loss_of(batch);
    if (++*count == at) terms.front().second = terms.front().second * bad;
    return terms;
  };
}

TEST_F(Fit, ALossThatIsNoNumberStopsTheRunWithStepCheckpointAndCauses) {
  for (double bad : {std::nan(""), double(INFINITY)}) {
    TinyRun tiny;
    tiny.config.save_seconds = 0;
    spoil(tiny, 9, bad);
    RunFolder folder = new_folder();
    EXPECT_ERROR_HAS(tiny.fit(folder), std::isnan(bad) ? "the loss became nan" : "the loss became inf",
                     "in epoch 2, step 9", "last good checkpoint is " + folder.last().string(),
                     "optimizer.learning_rate", "train.clip_gradient_norm");
    for (const auto& path : {folder.last(), folder.state(), folder.best()}) EXPECT_NO_THROW(load_safetensors(path));
  }
}

TEST_F(Fit, ABadLossBeforeAnyCheckpointSaysSo) {
  TinyRun tiny;
  spoil(tiny, 1, std::nan(""));
  RunFolder folder = new_folder();
  EXPECT_ERROR_HAS(tiny.fit(folder), "in epoch 1, step 1", "no checkpoint had been written");
}

TEST_F(Fit, AnOptimizerStateThatOverflowsIsNeverSaved) {
  TinyRun tiny;
  tiny.rule.name = "adam";
  tiny.config.save_seconds = 0;
  const auto usual = tiny.loss_of;
  tiny.loss_of = [&](const Batch& batch) {
    return LossTerms{{"huge", usual(batch).front().second * 1e30}};  // the gradient's square is beyond float32
  };
  RunFolder folder = new_folder();
  EXPECT_ERROR_HAS(tiny.fit(folder), ".second became NaN or infinite");
  EXPECT_FALSE(folder.has("checkpoints/state.safetensors"));
}

TEST_F(Fit, AWeightThatBecomesNanIsNeverSaved) {
  TinyRun tiny;
  tiny.config.save_seconds = 0;
  const auto loss_of = tiny.loss_of;
  int64_t count = 0;
  tiny.loss_of = [&](const Batch& batch) {
    LossTerms terms = loss_of(batch);
    // The root of 0 is 0, but its slope is infinite: the loss stays finite and the weights do not.
    if (++count == 4) terms.emplace_back("root", (tiny.net->first->weight * 0).sum().abs().sqrt());
    return terms;
  };
  RunFolder folder = new_folder();
  EXPECT_ERROR_HAS(tiny.fit(folder), "became NaN or infinite", folder.last().string(), "optimizer.learning_rate");
  EXPECT_NO_THROW(load_safetensors(folder.last()));
  const Checkpoint state = load_safetensors(folder.state());
  EXPECT_EQ(nlohmann::json::parse(state.metadata.at("progress")).at("step"), 3);
}

}  // namespace
}  // namespace glassbox
