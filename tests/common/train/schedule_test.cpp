/// The learning rate of every step, against PyTorch's schedulers and by hand.
#include "common/train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/common/expect_error.h"

namespace glassbox {
namespace {

const int64_t kSteps = 100, kStepsPerEpoch = 10;

ScheduleConfig called(const std::string& name) {
  ScheduleConfig config;
  config.name = name;
  return config;
}

double fraction(const ScheduleConfig& config, int64_t step) {
  return learning_rate_fraction(config, step, kStepsPerEpoch, kSteps, /*plateau_factor=*/1);
}

void expect_fractions(const ScheduleConfig& config, const std::map<int64_t, double>& want) {
  for (const auto& [step, value] : want) EXPECT_NEAR(fraction(config, step), value, 1e-12) << "step " << step;
}

TEST(Schedule, ConstantIsOne) {
  for (int64_t step = 0; step < kSteps; ++step) EXPECT_EQ(fraction(called("constant"), step), 1);
}

TEST(Schedule, OneCycleIsPyTorchs) {
  // torch.optim.lr_scheduler.OneCycleLR(SGD(lr=1), max_lr=1, total_steps=100), PyTorch 1.13
  expect_fractions(called("one_cycle"), {{0, 0.040000000000000036},
                                         {1, 0.042813780565907456},
                                         {10, 0.29516394846410077},
                                         {29, 1.0},
                                         {30, 0.9994965352845243},
                                         {50, 0.793893450575732},
                                         {98, 0.0005074647154757879},
                                         {99, 4e-06}});
}

TEST(Schedule, OneCycleIsFiniteHoweverShortTheRun) {
  for (int64_t total = 1; total <= 12; ++total) {
    for (int64_t step = 0; step < total; ++step) {
      const double value = learning_rate_fraction(called("one_cycle"), step, 1, total, 1);
      EXPECT_TRUE(value >= 0 && value <= 1) << "step " << step << " of " << total << ": " << value;
    }
  }
}

TEST(Schedule, CosineIsPyTorchs) {
  // CosineAnnealingLR(SGD(lr=1), T_max=100)
  expect_fractions(called("cosine"), {{0, 1.0},
                                      {1, 0.9997532801828658},
                                      {10, 0.9755282581475768},
                                      {30, 0.7938926261462367},
                                      {50, 0.5},
                                      {99, 0.0002467198171342}});
  // CosineAnnealingLR(SGD(lr=1), T_max=100, eta_min=0.1)
  ScheduleConfig config = called("cosine");
  config.final_share = 0.1;
  expect_fractions(config, {{0, 1.0}, {10, 0.9779754323328191}, {50, 0.55}, {99, 0.10022204783542078}});
}

TEST(Schedule, StepIsPyTorchsStepLR) {
  ScheduleConfig config = called("step");
  config.step_epochs = 2;  // 20 steps: StepLR(SGD(lr=1), step_size=20, gamma=0.5), stepped after each step
  config.factor = 0.5;
  expect_fractions(config, {{0, 1}, {19, 1}, {20, 0.5}, {29, 0.5}, {30, 0.5}, {50, 0.25}, {98, 0.0625}, {99, 0.0625}});
}

TEST(Schedule, StepCountsEpochsFromTheBeginningOfTheRunWarmupIncluded) {
  ScheduleConfig config = called("step");
  config.step_epochs = 2;
  config.factor = 0.5;
  config.warmup_epochs = 1;
  expect_fractions(config, {{10, 1}, {19, 1}, {20, 0.5}});
}

TEST(Schedule, WarmupRisesLinearlyAndMeetsTheScheduleWithoutAJump) {
  for (const char* name : {"constant", "cosine", "plateau"}) {
    ScheduleConfig config = called(name);
    config.warmup_epochs = 0.4;  // 4 steps: 1/5, 2/5, 3/5, 4/5, then 1
    expect_fractions(config, {{0, 0.2}, {1, 0.4}, {2, 0.6}, {3, 0.8}, {4, 1}});
  }
}

TEST(Schedule, CosineAfterAWarmupTakesTheStepsThatRemain) {
  ScheduleConfig config = called("cosine");
  config.warmup_epochs = 2;  // steps 20 to 100: the middle, 60, has a half
  expect_fractions(config, {{20, 1}, {60, 0.5}, {80, 0.5 * (1 + std::cos(0.75 * std::acos(-1.0)))}});
}

TEST(Schedule, AWarmupAsLongAsTheRunStaysInRange) {
  ScheduleConfig config = called("cosine");
  config.warmup_epochs = 10;
  for (int64_t step = 0; step < kSteps; ++step) EXPECT_NEAR(fraction(config, step), double(step + 1) / 101, 1e-12);
}

TEST(Schedule, PlateauIsTheFactorTheLoopLowered) {
  EXPECT_EQ(learning_rate_fraction(called("plateau"), 50, 10, 100, 0.01), 0.01);
  EXPECT_EQ(learning_rate_fraction(called("constant"), 50, 10, 100, 0.01), 1);  // the others do not listen to it
}

TEST(ScheduleConfig, AnUnknownNameGetsTheNearestOne) {
  const auto read = [](const std::string& text) {
    Config config = Config::from_text(text, "test.json");
    ScheduleConfig schedule;
    schedule.read(config.root());
    config.finish();
  };
  EXPECT_ERROR_HAS(read(R"({"name": "cosin"})"), "name: want", "\"cosin\"", "cosine");
  EXPECT_ERROR_HAS(read(R"({"patience": 0})"), "patience: want a whole number >= 1, got 0");
}

}  // namespace
}  // namespace glassbox
