/// The moving average of the weights, by hand.
#include "common/train/ema.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/linear.h>

#include "tests/common/tensors.h"

namespace glassbox {
namespace {

void set_weight(torch::nn::Linear& layer, double value) {
  const torch::NoGradGuard no_grad;
  layer->weight.fill_(value);
}

torch::nn::Linear one_weight(double value) {
  torch::nn::Linear layer(torch::nn::LinearOptions(1, 1).bias(false));
  set_weight(layer, value);
  return layer;
}

double average_of(const Ema& ema) { return ema.state().at("ema.weight").item<double>(); }

TEST(Ema, FollowsItsFormulaWithTheMemoryThatGrows) {
  torch::nn::Linear layer = one_weight(1);
  Ema ema(*layer, 0.5);
  set_weight(layer, 2);
  ema.update(0);  // memory min(0.5, 1/10) = 0.1: 0.1 * 1 + 0.9 * 2
  EXPECT_NEAR(average_of(ema), 1.9, 1e-6);
  set_weight(layer, 3);
  ema.update(1);  // 2/11: 2/11 * 1.9 + 9/11 * 3
  EXPECT_NEAR(average_of(ema), 2.0 / 11 * 1.9 + 9.0 / 11 * 3, 1e-6);
  const double before = average_of(ema);
  set_weight(layer, 0);
  ema.update(1000);  // 1001/1010 > 0.5, so 0.5
  EXPECT_NEAR(average_of(ema), 0.5 * before, 1e-6);
}

TEST(Ema, SwappingTwiceRestoresTheExactBits) {
  torch::manual_seed(1);
  torch::nn::Linear layer(50, 60);
  Ema ema(*layer, 0.999);
  {
    const torch::NoGradGuard no_grad;
    layer->weight.normal_();
  }
  ema.update(5);
  const torch::Tensor weight = layer->weight.detach().clone(), average = ema.state().at("ema.weight").clone();
  ema.swap();
  EXPECT_TRUE(same_bits(layer->weight, average));
  EXPECT_TRUE(same_bits(ema.state().at("ema.weight"), weight));
  ema.swap();
  EXPECT_TRUE(same_bits(layer->weight, weight));
  EXPECT_TRUE(same_bits(ema.state().at("ema.weight"), average));
}

TEST(Ema, AScopeShowsTheAveragesOnlyWhileItLives) {
  torch::nn::Linear layer = one_weight(1);
  Ema ema(*layer, 0.5);
  set_weight(layer, 4);
  {
    const EmaScope averaged(ema);
    EXPECT_EQ(layer->weight.item<double>(), 1);
  }
  EXPECT_EQ(layer->weight.item<double>(), 4);
}

TEST(Ema, OfZeroIsOff) {
  torch::nn::Linear layer = one_weight(1);
  Ema ema(*layer, 0);
  set_weight(layer, 4);
  ema.update(0);
  ema.swap();
  EXPECT_EQ(layer->weight.item<double>(), 4);
  EXPECT_TRUE(ema.state().empty());
}

TEST(Ema, BuffersAreNotAveraged) {
  const torch::nn::BatchNorm1d norm(3);
  const Ema ema(*norm, 0.9);
  EXPECT_EQ(ema.state().size(), 2u);  // weight and bias, but neither running_mean nor running_var
}

}  // namespace
}  // namespace glassbox
