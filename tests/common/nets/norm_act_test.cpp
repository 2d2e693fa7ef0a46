/// norm_act() against LibTorch's batch norm, addition and relu, one after the other.
#include "common/nets/norm_act.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include "tests/common/expect_error.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

using torch::Tensor;

struct Outcome {
  Tensor y, gx, g_added, g_scale, g_shift, running_mean, running_var;
};

torch::nn::BatchNorm2d make_norm(int64_t channels) {
  torch::nn::BatchNorm2d norm(channels);
  const torch::NoGradGuard no_graph;
  norm->weight.copy_(torch::rand({channels}) + 0.5);
  norm->bias.copy_(torch::randn({channels}));
  norm->running_mean.copy_(torch::randn({channels}));
  norm->running_var.copy_(torch::rand({channels}) + 0.5);
  return norm;
}

Outcome run(bool ours, const Tensor& x0, const Tensor& added0, bool relu, bool training = true) {
  torch::manual_seed(4);
  torch::nn::BatchNorm2d norm = make_norm(x0.size(1));
  norm->train(training);
  const Tensor x =
      (ours && x0.dim() == 4 ? x0.clone(at::MemoryFormat::ChannelsLast) : x0.clone()).set_requires_grad(true);
  const Tensor added = added0.defined() ? added0.clone().set_requires_grad(true) : Tensor();
  Tensor y;
  if (ours) {
    y = norm_act(x, *norm, added, relu);
  } else {
    y = x.dim() == 4 ? norm(x) : norm(x.unsqueeze(2).unsqueeze(3)).squeeze(3).squeeze(2);
    if (added.defined()) y = y + added;
    if (relu) y = torch::relu(y);
  }
  y.backward(torch::randn(y.sizes()));
  return {y,
          x.grad(),
          added.defined() ? added.grad() : Tensor(),
          norm->weight.grad(),
          norm->bias.grad(),
          norm->running_mean,
          norm->running_var};
}

void expect_same(const Tensor& x, const Tensor& added, bool relu) {
  const Outcome got = run(true, x, added, relu), want = run(false, x, added, relu);
  EXPECT_LT(largest_difference(got.y, want.y), 2e-5);
  EXPECT_LT(largest_difference(got.gx, want.gx), 2e-5);
  EXPECT_LT(largest_difference(got.g_scale, want.g_scale), 1e-3);
  EXPECT_LT(largest_difference(got.g_shift, want.g_shift), 1e-3);
  EXPECT_LT(largest_difference(got.running_mean, want.running_mean), 1e-6);
  EXPECT_LT(largest_difference(got.running_var, want.running_var), 1e-5);
  if (added.defined()) {
    EXPECT_LT(largest_difference(got.g_added, want.g_added), 1e-6);
  }
}

TEST(NormAct, IsBatchNormThenAdditionThenRelu) {
  torch::manual_seed(1);
  for (const auto& shape : std::vector<std::vector<int64_t>>{{8, 16, 9, 7}, {3, 5, 4, 4}, {2, 1, 3, 3}, {40, 33}}) {
    const Tensor x = torch::randn(shape) * 3 + 2;
    for (const bool relu : {true, false}) {
      expect_same(x, {}, relu);
      expect_same(x, torch::randn(shape), relu);
    }
  }
}

TEST(NormAct, KeepsTheOrderOfMemory) {
  torch::manual_seed(2);
  torch::nn::BatchNorm2d norm(16);
  const Tensor first = torch::randn({6, 16, 8, 8}), last = first.contiguous(at::MemoryFormat::ChannelsLast);
  const Tensor y_first = norm_act(first, *norm, {}, true), y_last = norm_act(last, *norm, {}, true);
  EXPECT_TRUE(y_first.is_contiguous());
  EXPECT_TRUE(y_last.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_LT(largest_difference(y_first, y_last), 1e-5);
}

TEST(NormAct, KeepsItsDigitsFarFromZero) {
  torch::manual_seed(3);
  const Tensor x =
      torch::randn({16, 4, 8, 8}) + 1000;  // the mean of the squares minus the square of the mean loses all
  const Tensor y = run(true, x, {}, false).y;
  const Tensor exact = torch::batch_norm(x.to(torch::kFloat64), {}, {}, {}, {}, true, 0.1, 1e-5, false);
  torch::manual_seed(4);
  torch::nn::BatchNorm2d norm = make_norm(4);
  const Tensor want = exact * norm->weight.view({1, 4, 1, 1}) + norm->bias.view({1, 4, 1, 1});
  EXPECT_LT(largest_difference(y, want), 2e-3);  // x itself has steps of 6e-5
}

TEST(NormAct, IsTheSameWhateverTheThreads) {
  torch::manual_seed(5);
  const Tensor x = torch::randn({64, 16, 16, 16});
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const Outcome one = run(true, x, {}, true);
  at::set_num_threads(2);
  const Outcome two = run(true, x, {}, true);
  at::set_num_threads(before);
  EXPECT_TRUE(same_bits(one.y, two.y) && same_bits(one.gx, two.gx) && same_bits(one.g_scale, two.g_scale));
}

TEST(NormAct, InEvaluationUsesTheRunningFigures) {
  torch::manual_seed(6);
  const Tensor x = torch::randn({5, 7, 6, 6}), added = torch::randn({5, 7, 6, 6});
  torch::nn::BatchNorm2d norm = make_norm(7);
  norm->eval();
  const Tensor mean = norm->running_mean.clone();
  const torch::NoGradGuard no_graph;
  const Tensor got = norm_act(x.contiguous(at::MemoryFormat::ChannelsLast), *norm, added, true);
  const Tensor want = torch::relu(norm(x) + added);
  EXPECT_LT(largest_difference(got, want), 1e-5);
  EXPECT_TRUE(same_bits(norm->running_mean, mean));
}

TEST(NormAct, InEvaluationHasAGradientForTheViewsInside) {
  torch::manual_seed(7);
  const Tensor x = torch::randn({5, 7, 6, 6});
  EXPECT_LT(largest_difference(run(true, x, {}, true, false).gx, run(false, x, {}, true, false).gx), 1e-6);
}

TEST(NormAct, InBfloat16StaysWithinItsPrecision) {
  torch::manual_seed(8);
  const Tensor x = torch::randn({8, 16, 9, 7}), added = torch::randn({8, 16, 9, 7});
  const Outcome got = run(true, x.to(torch::kBFloat16), added.to(torch::kBFloat16), true);
  const Outcome want =
      run(false, x.to(torch::kBFloat16).to(torch::kFloat32), added.to(torch::kBFloat16).to(torch::kFloat32), true);
  EXPECT_EQ(got.y.scalar_type(), torch::kBFloat16);
  EXPECT_LT(largest_difference(got.y, want.y), 0.04);  // 8 bits: 1/256 of numbers up to 8
  EXPECT_LT((got.gx.to(torch::kFloat32) - want.gx).abs().mean().item<double>(), 0.01);
}

TEST(NormAct, InFloat64HasTheGradientOfCentredDifferences) {
  torch::manual_seed(9);
  const Tensor x = torch::randn({3, 2, 3, 3}, torch::kFloat64).set_requires_grad(true);
  torch::nn::BatchNorm2d norm = make_norm(2);
  norm->to(torch::kFloat64);
  const Tensor g = torch::randn({3, 2, 3, 3}, torch::kFloat64);
  const auto value = [&](const Tensor& at) { return (norm_act(at, *norm, {}, true) * g).sum(); };
  value(x).backward();
  const torch::NoGradGuard no_graph;
  const double h = 1e-6;
  for (int64_t i = 0; i < 10; ++i) {
    Tensor up = x.detach().clone(), down = x.detach().clone();
    up.view(-1)[i] += h;
    down.view(-1)[i] -= h;
    const double slope = (value(up) - value(down)).item<double>() / (2 * h);
    EXPECT_NEAR(x.grad().view(-1)[i].item<double>(), slope, 1e-6);
  }
}

TEST(NormAct, RefusesShapesThatDoNotFit) {
  torch::nn::BatchNorm2d norm = make_norm(3);
  for (const bool training : {true, false}) {
    norm->train(training);
    EXPECT_THROW(norm_act(torch::rand({2, 4, 5, 5}), *norm, {}, true), c10::Error);
    EXPECT_THROW(norm_act(torch::rand({2, 3, 5, 5}), *norm, torch::rand({2, 3, 5, 4}), true), c10::Error);
  }
  torch::nn::BatchNorm2d cumulative(torch::nn::BatchNorm2dOptions(3).momentum(c10::nullopt));
  EXPECT_THROW(norm_act(torch::rand({2, 3, 5, 5}), *cumulative, {}, true), c10::Error);
}

TEST(NormAct, RefusesABatchOfOneNumberAChannel) {
  torch::nn::BatchNorm2d norm(3);
  EXPECT_ERROR_HAS(norm_act(torch::randn({1, 3, 1, 1}), *norm, {}, true), "want more than one number a channel");
}

}  // namespace
}  // namespace glassbox
