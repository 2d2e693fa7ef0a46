/// kill -9 at random moments: the resumed run ends with the same bits as the one that was never killed.
///
/// Six kills by default; the figure of the README comes from thirty:
///   GLASSBOX_KILLS=30 build/bin/e2e_test --gtest_filter='Kill.AtRandomMoments'
#include "tests/e2e/kill.h"

namespace glassbox::e2e {
namespace {

TEST_F(Kill, AtRandomMoments) {
  const int kills = number_from("GLASSBOX_KILLS", 6);
  expect_survives(long_config(kills < 20 ? "{}" : R"({"train": {"epochs": 250}})"), kills);
}

TEST_F(Kill, SavingAfterEveryStep) {
  expect_survives(long_config(R"({"data": {"samples": 400}, "train": {"epochs": 8, "save_seconds": 0}})"), 2);
}

TEST_F(Kill, WithDropoutBatchNormAveragesAndAPlateau) {
  expect_survives(long_config(R"({
    "model": {"dropout": 0.2, "input_dropout": 0.05, "batch_norm": true}, "optimizer": {"name": "adamw", "weight_decay": 0.01},
    "schedule": {"name": "plateau", "patience": 2, "factor": 0.5},
    "train": {"epochs": 25, "ema_decay": 0.99, "clip_gradient_norm": 1, "accumulate": 3}})"),
                  3);
}

TEST_F(Kill, WithMomentumOneCycleAndEarlyStopping) {
  expect_survives(long_config(R"({
    "optimizer": {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": true}, "schedule": {"name": "one_cycle"},
    "data": {"noise": 0.4}, "train": {"epochs": 200, "early_stopping": 30}})"),
                  2);
}

}  // namespace
}  // namespace glassbox::e2e
