/// Ten steps of each update rule against LibTorch's own, in float32 (the fused loops) and float64 (the tensor path).
#include "common/train/optimizer.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/linear.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

#include <memory>

#include "tests/common/tensors.h"

namespace glassbox {
namespace {

using torch::optim::OptimizerParamGroup;

/// A weight matrix of 300 x 70, more than one thread's fraction, and a bias.
torch::nn::Linear make_layer(torch::ScalarType type) {
  torch::manual_seed(11);
  torch::nn::Linear layer(70, 300);
  layer->to(type);
  return layer;
}

/// The same gradients for both sides, of very different sizes: 1e-3 to 1e+3 times normal.
void give_gradients(torch::nn::Linear& layer, int64_t step) {
  torch::manual_seed(100 + step);
  for (torch::Tensor& parameter : layer->parameters()) {
    const torch::Tensor size = torch::pow(10, torch::rand_like(parameter) * 6 - 3);
    parameter.mutable_grad() = (torch::randn_like(parameter) * size).contiguous();
  }
}

/// LibTorch's optimizer of the same name. Decay goes to the weight alone, since ours leaves biases in peace.
std::unique_ptr<torch::optim::Optimizer> theirs(const OptimizerConfig& c, torch::nn::Linear& layer) {
  if (c.name == "sgd") {
    torch::optim::SGDOptions weight(c.learning_rate);
    weight.momentum(c.momentum).nesterov(c.nesterov);
    torch::optim::SGDOptions bias = weight;
    bias.lr(c.learning_rate * c.bias_scale);
    weight.weight_decay(c.weight_decay);
    return std::make_unique<torch::optim::SGD>(
        std::vector<OptimizerParamGroup>{{{layer->weight}, std::make_unique<torch::optim::SGDOptions>(weight)},
                                         {{layer->bias}, std::make_unique<torch::optim::SGDOptions>(bias)}},
        bias);
  }
  const auto make = [&](auto options, auto* optimizer) -> std::unique_ptr<torch::optim::Optimizer> {
    using Options = decltype(options);
    using Kind = std::remove_pointer_t<decltype(optimizer)>;
    options.betas({c.beta1, c.beta2}).eps(c.epsilon);
    Options weight = options.weight_decay(c.weight_decay), bias = options.weight_decay(0);
    bias.lr(c.learning_rate * c.bias_scale);
    return std::make_unique<Kind>(std::vector<OptimizerParamGroup>{{{layer->weight}, std::make_unique<Options>(weight)},
                                                                   {{layer->bias}, std::make_unique<Options>(bias)}},
                                  bias);
  };
  if (c.name == "adam") return make(torch::optim::AdamOptions(c.learning_rate), (torch::optim::Adam*)nullptr);
  return make(torch::optim::AdamWOptions(c.learning_rate), (torch::optim::AdamW*)nullptr);
}

/// The largest difference of any weight or bias after ten steps.
double difference_after_ten_steps(const OptimizerConfig& config, torch::ScalarType type) {
  torch::nn::Linear own = make_layer(type), other = make_layer(type);
  Optimizer optimizer(*own, config);
  const auto reference = theirs(config, other);
  for (int64_t step = 0; step < 10; ++step) {
    give_gradients(own, step);
    give_gradients(other, step);
    optimizer.step(config.learning_rate);
    reference->step();
  }
  EXPECT_GT(largest_difference(own->weight, make_layer(type)->weight), 1e-3) << "nothing moved";
  return std::max(largest_difference(own->weight, other->weight), largest_difference(own->bias, other->bias));
}

OptimizerConfig rule(const std::string& name, double learning_rate, double decay) {
  OptimizerConfig config;
  config.name = name;
  config.learning_rate = learning_rate;
  config.weight_decay = decay;
  return config;
}

void expect_pytorchs(const OptimizerConfig& config) {
  EXPECT_LT(difference_after_ten_steps(config, torch::kFloat32), 1e-6) << config.name << ", fused";
  EXPECT_LT(difference_after_ten_steps(config, torch::kFloat64), 1e-12) << config.name << ", tensors";
}

TEST(Optimizer, SgdIsPyTorchs) {
  for (double decay : {0.0, 0.1}) expect_pytorchs(rule("sgd", 1e-4, decay));
}

TEST(Optimizer, MomentumIsPyTorchs) {
  for (double decay : {0.0, 0.1}) {
    OptimizerConfig config = rule("sgd", 1e-5, decay);
    config.momentum = 0.9;
    expect_pytorchs(config);
  }
}

TEST(Optimizer, NesterovIsPyTorchs) {
  for (double decay : {0.0, 0.1}) {
    OptimizerConfig config = rule("sgd", 1e-5, decay);
    config.momentum = 0.9;
    config.nesterov = true;
    expect_pytorchs(config);
  }
}

TEST(Optimizer, AdamIsPyTorchs) {
  for (double decay : {0.0, 0.1}) expect_pytorchs(rule("adam", 0.1, decay));
}

TEST(Optimizer, AdamWIsPyTorchs) {
  for (double decay : {0.0, 0.1}) expect_pytorchs(rule("adamw", 0.1, decay));
}

TEST(Optimizer, BiasesMayTakeLongerSteps) {
  for (const char* name : {"sgd", "adam", "adamw"}) {
    OptimizerConfig config = rule(name, std::string(name) == "sgd" ? 1e-6 : 1e-2, 0.1);
    config.bias_scale = 4;
    config.momentum = 0.85;
    expect_pytorchs(config);
  }
}

TEST(Optimizer, FirstStepOfAdamIsTheLearningRateWhateverTheGradient) {
  torch::nn::Linear layer = make_layer(torch::kFloat32);
  const torch::Tensor before = layer->weight.detach().clone();
  give_gradients(layer, 1);
  const torch::Tensor sign = layer->weight.grad().sign();
  Optimizer(*layer, rule("adam", 0.5, 0)).step(0.5);
  // m / sqrt(v) with both corrections is g / |g|; epsilon 1e-8 beside |g| > 1e-7 is seen in the sixth digit at most.
  EXPECT_LT(((before - layer->weight) - 0.5 * sign).abs().median().item<double>(), 1e-5);
}

TEST(Optimizer, DecayLeavesBiasesInPeace) {
  for (const char* name : {"sgd", "adam", "adamw"}) {
    torch::nn::Linear layer = make_layer(torch::kFloat32);
    const torch::Tensor bias = layer->bias.detach().clone(), weight = layer->weight.detach().clone();
    for (torch::Tensor& parameter : layer->parameters()) parameter.mutable_grad() = torch::zeros_like(parameter);
    Optimizer(*layer, rule(name, 0.1, 0.5)).step(0.1);
    EXPECT_TRUE(same_bits(layer->bias, bias)) << name;
    EXPECT_FALSE(torch::equal(layer->weight, weight)) << name;
  }
}

TEST(Optimizer, ParametersWithoutGradientStayAndZeroGradForgets) {
  torch::nn::Linear layer = make_layer(torch::kFloat32);
  const torch::Tensor before = layer->weight.detach().clone();
  Optimizer optimizer(*layer, rule("adam", 0.1, 0));
  give_gradients(layer, 1);
  optimizer.zero_grad();
  optimizer.step(0.1);
  EXPECT_TRUE(same_bits(layer->weight, before));
}

TEST(Optimizer, FrozenParametersAreNotItsOwn) {
  torch::nn::Linear layer = make_layer(torch::kFloat32);
  layer->bias.set_requires_grad(false);
  const Optimizer optimizer(*layer, rule("adam", 0.1, 0));
  EXPECT_EQ(optimizer.parameters().size(), 1u);
  EXPECT_EQ(optimizer.state().count("optimizer.bias.first"), 0u);
}

TEST(Optimizer, AStateThatIsCopiedOverGoesOnToTheSameBits) {
  for (const char* name : {"sgd", "adam", "adamw"}) {
    OptimizerConfig config = rule(name, 1e-3, 0.01);
    config.momentum = 0.9;
    torch::nn::Linear straight = make_layer(torch::kFloat32), stopped = make_layer(torch::kFloat32);
    Optimizer first(*straight, config), second(*stopped, config);
    for (int64_t step = 0; step < 3; ++step) {
      give_gradients(straight, step);
      first.step(1e-3);
    }
    {
      const torch::NoGradGuard no_grad;
      for (const auto& [key, tensor] : second.state()) torch::Tensor(tensor).copy_(first.state().at(key));
      stopped->weight.copy_(straight->weight);
      stopped->bias.copy_(straight->bias);
    }
    for (auto* side : {&straight, &stopped}) give_gradients(*side, 9);
    first.step(1e-3);
    second.step(1e-3);
    EXPECT_TRUE(same_bits(straight->weight, stopped->weight)) << name;
  }
}

}  // namespace
}  // namespace glassbox
