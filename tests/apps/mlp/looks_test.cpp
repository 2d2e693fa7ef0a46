/// Looks into a network: figures by hand on nets set by hand, and that looking changes nothing.
#include "apps/mlp/inside/looks.h"

#include <gtest/gtest.h>
#include <torch/nn/functional/loss.h>
#include <torch/utils.h>

#include <cmath>

#include "common/classify/toy.h"
#include "common/inside/look_file.h"
#include "common/train/checkpoint.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"

namespace glassbox::mlp {
namespace {

ModelConfig with_hidden(std::vector<int64_t> hidden, const std::string& activation) {
  ModelConfig config;
  config.hidden = std::move(hidden);
  config.activation = activation;
  return config;
}

void put(torch::Tensor parameter, const torch::Tensor& values) {
  const torch::NoGradGuard no_graph;
  parameter.copy_(values);
}

TEST(LookAt, CountsDeadUnitsAndTwinsByHand) {
  Mlp model(1, 2, with_hidden({4}, "relu"));
  put(model->layers()[0]->weight, torch::tensor({{1.f}, {-1.f}, {2.f}, {2.f}}));
  put(model->layers()[0]->bias, torch::tensor({0.f, 0.f, 1.f, 1.f + 1e-7f}));
  // Inputs 1 and 2: unit 1 says 1, 2; unit 2 is 0 for both; units 3 and 4 say 3, 5 and are twins.
  const Look look = look_at(*model, torch::tensor({{1.f}, {2.f}}));
  const LayerLook& layer = look.layers.at(0);
  EXPECT_DOUBLE_EQ(layer.dead, 1 / 4.0);
  EXPECT_DOUBLE_EQ(layer.twins, 2 / 4.0);
  EXPECT_DOUBLE_EQ(layer.saturated, 0);
  EXPECT_NEAR(layer.weight_size, std::sqrt((1 + 1 + 4 + 4) / 4.0), 1e-6);
  EXPECT_TRUE(std::isnan(layer.update_ratio));
  EXPECT_TRUE(look.layers.at(1).activations.counts.empty());
}

TEST(LookAt, ACloseUnitIsNoTwin) {
  Mlp model(1, 2, with_hidden({2}, "relu"));
  put(model->layers()[0]->weight, torch::tensor({{1.f}, {1.f + 1e-5f}}));
  put(model->layers()[0]->bias, torch::zeros({2}));
  EXPECT_EQ(look_at(*model, torch::ones({1, 1})).layers[0].twins, 0);
}

TEST(LookAt, CountsSaturatedActivationsByHand) {
  for (const auto& [activation, flat_from] : {std::pair("tanh", 2.7), std::pair("sigmoid", 3.9)}) {
    // 1 - tanh^2 < 0.02 beyond 2.65; s (1 - s) < 0.02 beyond 3.87.
    Mlp model(1, 2, with_hidden({1}, activation));
    put(model->layers()[0]->weight, torch::ones({1, 1}));
    put(model->layers()[0]->bias, torch::zeros({1}));
    const auto x = float(flat_from);
    const Look look = look_at(*model, torch::tensor({{0.f}, {x - 0.1f}, {x}, {-x}, {-9.f}}));
    EXPECT_DOUBLE_EQ(look.layers[0].saturated, 3 / 5.0) << activation;
    EXPECT_EQ(look.layers[0].dead, 0) << activation;
  }
}

TEST(LookAt, HistogramsHoldEveryFiniteValueInItsBin) {
  Mlp model(1, 2, with_hidden({1}, "leaky_relu"));
  put(model->layers()[0]->weight, torch::ones({1, 1}));
  put(model->layers()[0]->bias, torch::zeros({1}));
  // 0, 1, ..., 32 over 32 bins: one in each, and the highest value joins the last bin. NaN is left out.
  const torch::Tensor x = torch::cat({torch::arange(33), torch::full({1}, NAN)}).to(torch::kFloat32).unsqueeze(1);
  const Histogram histogram = look_at(*model, x).layers[0].activations;
  EXPECT_EQ(histogram.low, 0);
  EXPECT_EQ(histogram.high, 32);
  std::vector<int64_t> want(32, 1);
  want.back() = 2;
  EXPECT_EQ(histogram.counts, want);
}

TEST(LookAt, TheLinearModelHasNoHiddenLayer) {
  ModelConfig config;
  config.name = "linear";
  Mlp model(3, 2, config);
  const Look look = look_at(*model, torch::ones({4, 3}));
  ASSERT_EQ(look.layers.size(), 1u);
  EXPECT_TRUE(look.layers[0].activations.counts.empty());
}

TEST(LookSteps, AreCloseTogetherAtTheBeginning) {
  EXPECT_EQ(look_steps(5, 160), (std::vector<int64_t>{0, 10, 40, 90, 160}));  // 160 (i / 4)^2
  EXPECT_EQ(look_steps(9, 4), (std::vector<int64_t>{0, 1, 2, 3, 4}));         // each step once
  EXPECT_EQ(look_steps(1, 7), std::vector<int64_t>{7});
  EXPECT_TRUE(look_steps(0, 7).empty());
}

TEST(LookFile, ReadsWhatItWrote) {
  Look look;
  look.step = 12;
  look.epoch = 1.5;
  look.state = {0.1f, -1e-30f, 3};
  look.layers.resize(2);
  look.layers[0].dead = 0.25;
  look.layers[0].update_ratio = NAN;
  look.layers[0].gradients = {-3.5, 1, std::vector<int64_t>(size_t(kBins), 7)};
  const std::string line = look_to_line(look);
  EXPECT_EQ(step_of_line(line, "x"), 12);
  const Look read = look_from_line(line, "x");
  EXPECT_EQ(read.epoch, 1.5);
  EXPECT_EQ(read.state, look.state);
  EXPECT_EQ(read.layers[0].dead, 0.25);
  EXPECT_TRUE(std::isnan(read.layers[0].update_ratio));
  EXPECT_EQ(read.layers[0].gradients.counts, std::vector<int64_t>(size_t(kBins), 7));
  EXPECT_ERROR_HAS(look_from_line("{\"step\":", "run/inside.jsonl"), "reading run/inside.jsonl", "column 9");
  EXPECT_ERROR_HAS(step_of_line("words", "run/inside.jsonl"), "words");
}

/// A run on two moons.
class Watched : public testing::Test {
 protected:
  Watched() {
    ask_.looks = 6;
    ask_.model = with_hidden({5, 4}, "tanh");
    ask_.model.dropout = 0.2;
    ask_.model.batch_norm = true;
    ask_.optimizer.name = "sgd";
    ask_.optimizer.learning_rate = 0.1;
    ask_.train.epochs = 3;
    ask_.train.save_seconds = 3600;
    data_ = std::make_shared<LabelledDataset>(make_toy("moons", 60, 0.1, 2, Rng(3, "toy")));
  }

  Mlp model() const { return make_model(data_->info(), ask_, torch::kCPU); }

  /// 60 points in batches of 16: 4 steps an epoch. `more` watches too.
  void train(Mlp& net, RunFolder& run, const Watchers& more = {}) const {
    Optimizer optimizer(*net, ask_.optimizer);
    const DataLoader loader(data_, {16, /*shuffle=*/true, 1});
    const auto loss_of = [&](const Batch& batch) {
      return LossTerms{{"loss", torch::nn::functional::cross_entropy(net->forward(batch.input), batch.target)}};
    };
    Task task{*net, optimizer, loader, loss_of, [] { return Scores{{"val_loss", 0.5}}; }};
    Watchers watchers;
    watch_inside(watchers, ask_, *net, data_, run);
    for (const auto& look : more.on_step) watchers.on_step.push_back(look);
    for (const auto& look : more.on_epoch) watchers.on_epoch.push_back(look);
    fit(task, ask_.train, run, watchers);
  }

  TempFolder temp_;
  Experiment ask_;
  std::shared_ptr<const LabelledDataset> data_;
};

TEST_F(Watched, LooksAtTheFirstWeightsTheLastStepAndBetween) {
  Mlp net = model();
  const auto first = state_dict(*model());
  RunFolder run = RunFolder::create(temp_ / "run");
  train(net, run);
  const std::vector<Look> looks = read_looks(run, watched_of(*net));
  std::vector<int64_t> steps;
  for (const Look& look : looks) steps.push_back(look.step);
  EXPECT_EQ(steps, (std::vector<int64_t>{0, 2, 4, 8, 12}));  // 12 (i / 5)^2: 0, 0.5 -> 0, 1.9, 4.3, 7.7, 12
  EXPECT_DOUBLE_EQ(looks[1].epoch, 0.5);
  Mlp then = model();
  set_state(*then, looks.front().state);
  for (const auto& [name, tensor] : state_dict(*then)) EXPECT_TRUE(same_bits(tensor, first.at(name))) << name;
  set_state(*then, looks.back().state);
  for (const auto& [name, tensor] : state_dict(*then))
    EXPECT_TRUE(same_bits(tensor, state_dict(*net).at(name))) << name;
  EXPECT_TRUE(looks.front().layers[0].gradients.counts.empty());
  EXPECT_EQ(looks.back().layers.size(), 3u);
}

TEST_F(Watched, TheWeightsAreTheSameBitsWithAndWithoutLooks) {
  Mlp with = model();
  RunFolder first = RunFolder::create(temp_ / "with"), second = RunFolder::create(temp_ / "without");
  train(with, first);
  ask_.looks = 0;
  Mlp without = model();
  train(without, second);
  EXPECT_FALSE(second.has("inside.jsonl"));
  for (const auto& [name, tensor] : state_dict(*with))
    EXPECT_TRUE(same_bits(tensor, state_dict(*without).at(name))) << name;
}

TEST_F(Watched, MeasuresTheGradientAndTheStepThatWasTaken) {
  Mlp net = model();
  RunFolder run = RunFolder::create(temp_ / "run");
  std::vector<double> gradients, weights;  // after each step: of layer 1
  Watchers watch;
  watch.on_step.push_back([&](const StepReport&) {
    const auto& weight = net->layers()[0]->weight;
    gradients.push_back(weight.grad().norm().item<double>());
    // Plain descent: w_before = w + 0.1 g.
    weights.push_back((weight.detach() + 0.1 * weight.grad()).norm().item<double>());
  });
  train(net, run, watch);
  for (const Look& look : read_looks(run, watched_of(*net))) {
    if (look.step == 0) continue;
    const auto at = size_t(look.step - 1);
    EXPECT_NEAR(look.layers[0].update_ratio, 0.1 * gradients[at] / weights[at], 1e-5) << "step " << look.step;
    EXPECT_NEAR(look.layers[0].gradient_size, gradients[at] / std::sqrt(10.0), 1e-6) << "step " << look.step;
    int64_t counted = 0;
    for (int64_t count : look.layers[0].gradients.counts) counted += count;
    EXPECT_EQ(counted, 10);  // 5 x 2 weights
  }
}

TEST_F(Watched, AResumedRunHasTheLinesOfOneThatNeverStopped) {
  Mlp whole = model();
  RunFolder run = RunFolder::create(temp_ / "whole");
  train(whole, run);
  for (int64_t cut = 1; cut <= 11; ++cut) {
    struct Killed {};
    RunFolder broken = RunFolder::create(temp_ / "broken");
    Watchers killer;
    killer.on_step.push_back([&](const StepReport& report) {
      if (report.now.step > cut) throw Killed();  // after the state of step `cut` was saved, and after a look
    });
    ask_.train.save_seconds = 0;
    Mlp net = model();
    EXPECT_THROW(train(net, broken, killer), Killed);
    Mlp again = model();
    train(again, broken);
    EXPECT_EQ(broken.lines("inside.jsonl"), run.lines("inside.jsonl")) << "killed after step " << cut;
  }
}

TEST_F(Watched, WeightsThatBecameNaNBreakNothing) {
  Mlp net = model();
  put(net->layers()[1]->weight, torch::full({4, 5}, NAN));
  const Look look = look_at(*net, probe_samples(*data_));
  EXPECT_TRUE(look.layers[1].activations.counts.empty());
  EXPECT_EQ(look.layers[1].twins, 0);
  const Look read = look_from_line(look_to_line(look), "x");
  EXPECT_TRUE(std::isnan(read.layers[1].weight_size));
}

TEST_F(Watched, ManyInputsKeepNoWeights) {
  data_ = std::make_shared<LabelledDataset>(torch::randn({40, 3}), torch::arange(40).remainder(2), [] {
    DatasetInfo info;
    info.name = "three";
    info.classes = {"a", "b"};
    info.sample_shape = {3};
    info.mean = {0, 0, 0};
    info.std = {1, 1, 1};
    return info;
  }());
  Mlp net = model();
  RunFolder run = RunFolder::create(temp_ / "run");
  train(net, run);
  EXPECT_TRUE(read_looks(run, watched_of(*net)).back().state.empty());
}

}  // namespace
}  // namespace glassbox::mlp
