/// What is watched of a convolutional network while it learns.
#include "apps/cnn/inside/watched.h"

#include <gtest/gtest.h>
#include <torch/nn/functional/loss.h>

#include "common/train/checkpoint.h"
#include "tests/apps/cnn/inside_nets.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;

std::vector<std::string> names_of(const Watched& net) {
  std::vector<std::string> names;
  for (const WatchedLayer& layer : net.layers) names.push_back(layer.name + " " + layer.activation);
  return names;
}

TEST(WatchedOf, NamesEveryLayerThatLearnsWithItsActivation) {
  Network net = net_of({"whiten 2x2", "act relu", "conv 3 3x3", "pool max 2x2", "norm", "act tanh",
                        "residual 4 shortcut conv", "pool average all", "linear 5", "linear classes"},
                       {1, 9, 9}, 2);
  EXPECT_EQ(names_of(watched_of(*net)),
            (std::vector<std::string>{"layers.2 tanh", "layers.6.conv1 relu", "layers.6.conv2 relu",
                                      "layers.6.downsample.0 ", "layers.8 ", "layers.9 "}));
}

TEST(WatchedOf, TheNamesAreThoseOfTheCheckpoint) {
  NetworkConfig config;
  config.name = "resnet20";
  config.shortcut = "conv";
  Network net(std::vector<int64_t>{3, 8, 8}, 10, config);
  const Watched watched = watched_of(*net);
  const NamedTensors state = state_dict(*net);
  EXPECT_EQ(watched.layers.size(), 22U);  // 1 + 9 x 2 + 2 shortcuts + 1
  for (const WatchedLayer& layer : watched.layers) {
    ASSERT_EQ(state.count(layer.name + ".weight"), 1U) << layer.name;
    EXPECT_TRUE(state.at(layer.name + ".weight").is_same(layer.weight) ||
                state.at(layer.name + ".weight").equal(layer.weight));
  }
}

TEST(Look, ADeadChannelIsZeroForEveryImageAtEveryPlace) {
  Network net = net_of({"conv 4 1x1", "act relu", "linear classes"}, {1, 3, 3}, 2);
  // Pixels 0 ... 8: channel 0 is the pixel, 1 is dead, 2 is the pixel minus 7 (alive at one place), 3 a twin of 0.
  put(net->layers()[0].conv->weight, torch::tensor({1., -1., 1., 1.}).view({4, 1, 1, 1}));
  put(net->layers()[0].conv->bias, torch::tensor({0., 0., -7., 0.}));
  const Look look = look_at(watched_of(*net), torch::arange(9).view({1, 1, 3, 3}).to(torch::kFloat32));
  EXPECT_DOUBLE_EQ(look.layers[0].dead, 1 / 4.0);
  EXPECT_DOUBLE_EQ(look.layers[0].twins, 2 / 4.0);
  EXPECT_EQ(look.layers[0].activations.high, 8);
  EXPECT_TRUE(look.layers[1].activations.counts.empty());
}

TEST(Look, LeavesTheModelInItsMode) {
  Network net = net_of({"conv 2 3x3", "norm", "act relu", "residual 2", "linear classes"}, {1, 5, 5}, 2);
  const Watched watched = watched_of(*net);
  for (const bool training : {true, false}) {
    net->train(training);
    look_at(watched, torch::randn({2, 1, 5, 5}));
    EXPECT_EQ(net->is_training(), training);
  }
}

TEST(ProbeCount, IsSmallerForNetworksWithManyActivations) {
  NetworkConfig config;
  EXPECT_EQ(probe_count(*Network(std::vector<int64_t>{1, 28, 28}, 10, config)), 256);
  config.name = "resnet20";
  EXPECT_EQ(probe_count(*Network(std::vector<int64_t>{3, 32, 32}, 10, config)), 64);
  EXPECT_LT(probe_count(*Network(std::vector<int64_t>{3, 512, 512}, 10, config)), 10) << "400 MB is enough";
}

/// Trains for 8 steps on noise; returns the weights, and what was looked at.
NamedTensors train(int64_t looks, RunFolder& run, std::vector<Look>& seen) {
  DatasetInfo info;
  info.name = "noise";
  info.classes = {"a", "b"};
  info.sample_shape = {1, 8, 8};
  info.pixel_max = 255;
  info.mean = {0.5F};
  info.std = {0.3F};
  torch::manual_seed(9);
  const auto data = std::make_shared<LabelledDataset>(torch::randint(256, {64, 1, 8, 8}).to(torch::kUInt8),
                                                      torch::arange(64).remainder(2), info);
  Experiment ask;
  ask.looks = looks;
  ask.model.name = "layers";
  ask.model.layers = {"conv 4 3x3 padding 1", "norm", "act relu", "residual 4", "dropout 0.2", "linear classes"};
  ask.train.epochs = 2;
  Network net = make_model(info, ask, torch::kCPU);
  Optimizer optimizer(*net, ask.optimizer);
  const DataLoader loader(data, {16, /*shuffle=*/true, 1});
  const auto loss_of = [&](const Batch& batch) {
    return LossTerms{{"loss", torch::nn::functional::cross_entropy(net->forward(batch.input), batch.target)}};
  };
  Task task{*net, optimizer, loader, loss_of, [] { return Scores{{"val_loss", 0.5}}; }};
  Watchers watchers;
  watch_inside(watchers, ask, *net, data, run);
  fit(task, ask.train, run, watchers);
  seen = read_looks(run, watched_of(*net));
  NamedTensors weights;
  for (const auto& [name, tensor] : state_dict(*net)) weights[name] = tensor.clone();
  return weights;
}

TEST(WatchInside, WritesLooksAndChangesNoBitOfTheWeights) {
  TempFolder temp;
  RunFolder with = RunFolder::create(temp / "with"), without = RunFolder::create(temp / "without");
  std::vector<Look> looks, none;
  const NamedTensors seen = train(5, with, looks), unseen = train(0, without, none);
  for (const auto& [name, tensor] : seen) EXPECT_TRUE(same_bits(tensor, unseen.at(name))) << name;
  ASSERT_EQ(looks.size(), 5U);  // steps 0, 1, 2, 5, 8: 8 (i / 4)^2
  EXPECT_GT(looks.back().layers[0].update_ratio, 0);
  EXPECT_GT(looks.back().layers[0].gradient_size, 0);
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace glassbox::cnn
