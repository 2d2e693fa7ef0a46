/// Receptive fields against gradients, the randomisation check, shifted images, and the arithmetic of a pixel.
#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/cnn/inside/arithmetic.h"
#include "apps/cnn/inside/maps.h"
#include "apps/cnn/inside/receptive.h"
#include "apps/cnn/inside/sanity.h"
#include "apps/cnn/inside/shifts.h"
#include "common/classify/classifier.h"
#include "common/train/checkpoint.h"
#include "tests/apps/cnn/inside_nets.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;

/// The first and the last index along `dim` of `touched` [H, W] where something is not 0.
std::pair<int64_t, int64_t> span(const Tensor& touched, int64_t dim) {
  const Tensor any = touched.amax(1 - dim).nonzero();
  return {any.min().item<int64_t>(), any.max().item<int64_t>()};
}

/// With weights above 0 and smooth activations nothing is lost: what has a gradient is what is seen.
void expect_fields(const std::vector<std::string>& layers, const std::vector<int64_t>& sample) {
  Network net = net_of(layers, sample, 2);
  for (const Tensor& parameter : net->parameters()) put(parameter, parameter.abs() + 0.01);
  const std::vector<ReceptiveField> fields = receptive_fields(*net);
  const Tensor x = torch::rand({1, sample[0], sample[1], sample[2]}, torch::kFloat64).requires_grad_();
  const std::vector<Tensor> outputs = net->outputs(x);
  for (size_t i = 0; i < outputs.size() && outputs[i].dim() == 4; ++i) {
    const int64_t h = outputs[i].size(2), w = outputs[i].size(3), y = h / 2, c = w / 2;
    const Tensor g = torch::autograd::grad({outputs[i][0].sum(0)[y][c]}, {x}, {}, /*retain_graph=*/true)[0];
    const Tensor touched = g[0].abs().sum(0).gt(0).to(torch::kFloat64);  // [H, W]
    const auto expect = [&](const Field& field, int64_t place, int64_t side, std::pair<int64_t, int64_t> seen) {
      const int64_t begin = field.first + place * field.jump, end = begin + field.size - 1;
      EXPECT_EQ(seen.first, std::max<int64_t>(begin, 0)) << layers[i] << ", layer " << i;
      EXPECT_EQ(seen.second, std::min(end, side - 1)) << layers[i] << ", layer " << i;
    };
    expect(fields[i].y, y, sample[1], span(touched, 0));
    expect(fields[i].x, c, sample[2], span(touched, 1));
  }
}

TEST(ReceptiveField, IsWhereTheGradientOfAnOutputIsNotZero) {
  expect_fields({"conv 2 5x3 padding 1", "act sigmoid", "pool average 2x2", "conv 3 3x3", "norm",
                 "pool average 3x3 stride 2 padding 1", "conv 1 3x3 stride 2 padding 1", "linear classes"},
                {2, 40, 44});
  expect_fields(
      {"residual 2", "residual 4 stride 2", "residual 4 stride 2 shortcut conv", "pool average all", "linear classes"},
      {1, 40, 40});
}

TEST(ReceptiveField, OfLeNetByHand) {
  NetworkConfig config;
  const std::vector<ReceptiveField> fields = receptive_fields(*Network(std::vector<int64_t>{1, 28, 28}, 10, config));
  EXPECT_EQ(fields[0].y.size, 5);
  EXPECT_EQ(fields[0].y.first, -2);  // padding 2
  EXPECT_EQ(fields[2].y.size, 6);    // 5 + (2 - 1) 1
  EXPECT_EQ(fields[3].y.size, 14);   // 6 + (5 - 1) 2
  EXPECT_EQ(fields[5].y.size, 16);   // 14 + (2 - 1) 2
  EXPECT_EQ(fields[5].y.jump, 4);
  EXPECT_TRUE(fields[6].everything);
}

TEST(Cascade, RandomisesACopyFromTheLastLayerToTheFirst) {
  Network net = net_of(
      {"conv 4 3x3", "norm", "act relu", "conv 6 3x3", "act relu", "pool average all", "linear classes"}, {1, 9, 9}, 3);
  const auto before = state_dict(*copy_of(*net));
  const auto stages = randomisation_cascade(*net, image({3, 1, 9, 9}), torch::tensor({0, 1, 2}), 7);
  std::vector<std::string> names;
  for (const CascadeStage& stage : stages) names.push_back(stage.layer);
  EXPECT_EQ(names, (std::vector<std::string>{"", "layers.6", "layers.3", "layers.0"}));
  EXPECT_EQ(stages[0].cam, 1);
  EXPECT_LT(std::abs(stages[3].gradient), 0.9);
  for (const auto& [name, tensor] : state_dict(*net)) EXPECT_TRUE(tensor.equal(before.at(name))) << name;
  const auto again = randomisation_cascade(*net, image({3, 1, 9, 9}), torch::tensor({0, 1, 2}), 7);
  EXPECT_EQ(again[3].gradient, stages[3].gradient);
}

TEST(Randomise, ChangesEveryWeightOfAResidualBlockAndResetsItsNorms) {
  Network net = net_of({"residual 4 stride 2 shortcut conv", "linear classes"}, {2, 6, 6}, 2);
  const auto before = state_dict(*copy_of(*net));
  put(net->layers()[0].residual->bn1->running_mean, torch::ones({4}));
  torch::Generator generator = at::detail::createCPUGenerator(1);
  randomise(net->layers()[0], generator);
  for (const auto& [name, tensor] : state_dict(*net)) {
    if (name.find("layers.0") == std::string::npos || tensor.dim() != 4) continue;
    EXPECT_FALSE(tensor.equal(before.at(name))) << name;
  }
  EXPECT_EQ(net->layers()[0].residual->bn1->running_mean.abs().max().item<double>(), 0);
  EXPECT_EQ(net->layers()[0].residual->bn1->weight.min().item<double>(), 1);
}

TEST(Shifted, MovesTheImageAndFillsTheEdge) {
  const Tensor x = torch::arange(1, 7).view({1, 1, 2, 3}).to(torch::kFloat32);  // 1 2 3 / 4 5 6
  const Tensor fill = torch::full({1}, 9.F);
  EXPECT_TRUE(shifted(x, 1, 0, fill).equal(torch::tensor({9, 9, 9, 1, 2, 3}).view({1, 1, 2, 3}).to(torch::kFloat32)));
  EXPECT_TRUE(shifted(x, 0, -1, fill).equal(torch::tensor({2, 3, 9, 5, 6, 9}).view({1, 1, 2, 3}).to(torch::kFloat32)));
  EXPECT_TRUE(shifted(x, 0, 0, fill).equal(x));
}

TEST(EqualWidth, GivesAboutAsManyParameters) {
  const int64_t h = equal_width(61706, 784, 10);  // LeNet-5
  EXPECT_NEAR(double(h * 785 + (h + 1) * 10), 61706, 795.0 / 2);
  EXPECT_EQ(equal_width(5, 784, 10), 1);
}

/// 60 images 6x6, class = which half is bright.
DataSplits halves() {
  Tensor images = torch::zeros({60, 1, 6, 6}, torch::kUInt8), labels = torch::arange(60).remainder(2);
  for (int64_t i = 0; i < 60; ++i) images[i][0].slice(1, 3 * (i % 2), 3 * (i % 2) + 3).fill_(200);
  DatasetInfo info;
  info.name = "halves";
  info.classes = {"left", "right"};
  info.sample_shape = {1, 6, 6};
  info.pixel_max = 255;
  info.mean = {0.4F};
  info.std = {0.4F};
  const auto all = std::make_shared<LabelledDataset>(images, labels, info);
  return {all, all, all};
}

TEST(Shifts, MeasuresBothNetworksAtEveryShift) {
  Network net = net_of({"conv 4 3x3", "act relu", "linear classes"}, {1, 6, 6}, 2);
  const ShiftAccuracy found = measure_shifts(*net, halves(), torch::kCPU);
  ASSERT_EQ(found.network.size(), size_t(kMostShift + 1));
  ASSERT_EQ(found.mlp.size(), size_t(kMostShift + 1));
  EXPECT_EQ(found.images, 60);
  EXPECT_NEAR(double(found.mlp_parameters), double(count_parameters(*net)), 39.0 / 2 + 1);  // a hidden unit has 39
  const DataSplits data = halves();
  const Batch all = data.test->batch(torch::arange(60));
  const auto fraction = [&](int64_t down, int64_t right) {
    const Tensor moved = shifted(all.input, down, right, background(data.info()));
    return net->forward(moved).argmax(1).eq(all.target).to(torch::kFloat64).mean().item<double>();
  };
  EXPECT_NEAR(found.network[0], fraction(0, 0), 1e-12);
  EXPECT_NEAR(found.network[2], (fraction(2, 0) + fraction(-2, 0) + fraction(0, 2) + fraction(0, -2)) / 4, 1e-12);
}

TEST(Arithmetic, PatchTimesKernelPlusBiasIsTheOutput) {
  Network net = net_of({"conv 3 3x3 stride 2 padding 1", "act relu", "residual 3", "linear classes"}, {2, 7, 7}, 2);
  const auto steps = conv_steps(*net, image({1, 2, 7, 7}));
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[1].name, "layers.2.conv1");
  const ConvStep& step = steps[0];
  // Output (1, 2) sees rows 2 * 1 - 1 ... 3 and columns 2 * 2 - 1 ... 5.
  const Tensor patch = step.input[0].slice(1, 1, 4).slice(2, 3, 6);
  const Tensor sum = (patch * step.weight[1]).sum() + step.bias[1];
  EXPECT_NEAR(sum.item<double>(), step.output[0][1][1][2].item<double>(), 1e-12);
  const int64_t all = numbers_in(steps[0]);
  const auto json = nlohmann::json::parse(arithmetic_json(choose_steps(steps, all), {"a \"b\""}));
  EXPECT_EQ(json.at("images")[0], "a \"b\"");
  ASSERT_EQ(json.at("layers").size(), 1U);
  EXPECT_EQ(json.at("layers")[0].at("weight").at("shape"), nlohmann::json({3, 2, 3, 3}));
  EXPECT_EQ(json.at("layers")[0].at("weight").at("values")[7].get<float>(), step.weight.flatten()[7].item<float>());
  EXPECT_EQ(choose_steps(steps, 1000000).size(), 2U);
  const auto fewer = choose_steps(steps, all - 1);  // the first in any case, if not with all its outputs
  ASSERT_EQ(fewer.size(), 1U);
  EXPECT_EQ(fewer[0].weight.size(0), 2);
  EXPECT_EQ(fewer[0].bias.size(0), 2);
  EXPECT_EQ(fewer[0].output.size(1), 2);
  EXPECT_NE(fewer[0].text.find(", 2 of 3 outputs"), std::string::npos) << fewer[0].text;
  EXPECT_LE(numbers_in(fewer[0]), all - 1);
  EXPECT_EQ(choose_steps(steps, 1).at(0).weight.size(0), 1);
}

}  // namespace
}  // namespace glassbox::cnn
