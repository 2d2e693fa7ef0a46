/// The multi-layer perceptron: sizes, activations by hand, gradients by differences, one batch by heart.
#include "apps/mlp/model.h"

#include <gtest/gtest.h>
#include <torch/nn/functional/loss.h>
#include <torch/utils.h>

#include <cmath>

#include "common/train/optimizer.h"
#include "tests/common/tensors.h"

namespace glassbox::mlp {
namespace {

ModelConfig with_hidden(std::vector<int64_t> hidden) {
  ModelConfig config;
  config.hidden = std::move(hidden);
  return config;
}

Mlp make(int64_t features, int64_t classes, const ModelConfig& config) {
  torch::manual_seed(4);
  return Mlp(features, classes, config);
}

torch::Tensor loss_of(Mlp& model, const torch::Tensor& x, const torch::Tensor& y) {
  return torch::nn::functional::cross_entropy(model->forward(x), y);
}

TEST(Mlp, HasTheParametersOfItsLayers) {
  // 784*256 + 256 + 256*128 + 128 + 128*10 + 10
  EXPECT_EQ(count_parameters(*make(784, 10, with_hidden({256, 128}))), 235146);
  ModelConfig linear;
  linear.name = "linear";  // its hidden sizes do not count
  EXPECT_EQ(count_parameters(*make(784, 10, linear)), 7850);
  ModelConfig normed = with_hidden({20});
  normed.batch_norm = true;  // a scale and a shift for each hidden unit
  EXPECT_EQ(count_parameters(*make(5, 3, normed)), (5 * 20 + 20) + 2 * 20 + (20 * 3 + 3));
}

TEST(Mlp, TurnsSamplesOfAnyShapeIntoLogits) {
  Mlp model = make(784, 10, with_hidden({32}));
  EXPECT_EQ(model->forward(torch::zeros({5, 1, 28, 28})).sizes(), (std::vector<int64_t>{5, 10}));
  EXPECT_EQ(model->forward(torch::zeros({1, 784})).sizes(), (std::vector<int64_t>{1, 10}));
}

TEST(Mlp, NamesItsWeightsAsPyTorchWould) {
  ModelConfig config = with_hidden({4});
  config.batch_norm = true;
  const Mlp model = make(3, 2, config);
  std::vector<std::string> names;
  for (const auto& item : model->named_parameters()) names.push_back(item.key());
  EXPECT_EQ(names, (std::vector<std::string>{"layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias",
                                             "norms.0.weight", "norms.0.bias"}));
  EXPECT_EQ(model->layers()[0]->weight.sizes(), (std::vector<int64_t>{4, 3}));  // [out, in]
}

TEST(Mlp, WithSmallWeightsTheFirstLossIsThatOfGuessing) {
  ModelConfig config = with_hidden({256, 128});
  config.init = "normal";
  Mlp model = make(784, 10, config);
  const double loss = loss_of(model, torch::randn({128, 784}), torch::arange(128).remainder(10)).item<double>();
  EXPECT_NEAR(loss, std::log(10), 0.05 * std::log(10));
}

double std_of(const torch::Tensor& weight) { return weight.detach().std().item<double>(); }

TEST(Mlp, FirstWeightsHaveTheVarianceOfTheirName) {
  ModelConfig config = with_hidden({400});
  const std::vector<std::pair<std::string, double>> stds = {
      {"zeros", 0}, {"normal", 0.01}, {"xavier", std::sqrt(2.0 / (600 + 400))}, {"he", std::sqrt(2.0 / 600)}};
  for (const auto& [init, std] : stds) {
    config.init = init;
    const Mlp model = make(600, 10, config);
    EXPECT_NEAR(std_of(model->layers()[0]->weight), std, 0.02 * std) << init;  // 240,000 draws: 0.15 %
    EXPECT_EQ(model->layers()[0]->bias.abs().max().item<double>(), 0) << init;
  }
}

TEST(Mlp, ZerosKeepAllUnitsOfALayerTwinsForEver) {
  ModelConfig config = with_hidden({6});
  config.init = "zeros";
  config.activation = "sigmoid";
  Mlp model = make(4, 3, config);
  OptimizerConfig rule;
  rule.name = "sgd";
  Optimizer optimizer(*model, rule);
  const torch::Tensor x = torch::randn({16, 4}), y = torch::arange(16).remainder(3);
  for (int step = 0; step < 20; ++step) {
    optimizer.zero_grad();
    loss_of(model, x, y).backward();
    const torch::Tensor gradient = model->layers()[0]->weight.grad();  // [6, 4]: one row a unit
    EXPECT_LT(largest_difference(gradient, gradient[0].expand_as(gradient)), 1e-7);
    optimizer.step(0.5);
  }
  EXPECT_GT(model->layers()[0]->weight.abs().max().item<double>(), 1e-3);  // they move, but all alike
}

class Activation : public testing::Test {
 protected:
  /// What a net of one hidden unit with weights 1 and biases 0 makes of x.
  static double of(const std::string& name, double x) {
    ModelConfig config = with_hidden({1});
    config.activation = name;
    Mlp model = make(1, 1, config);
    const torch::NoGradGuard no_grad;
    for (torch::Tensor& parameter : model->parameters()) parameter.fill_(parameter.dim() > 1 ? 1 : 0);
    return model->forward(torch::full({1, 1}, x)).item<double>();
  }
};

TEST_F(Activation, ByHand) {
  EXPECT_EQ(of("relu", -2), 0);
  EXPECT_EQ(of("relu", 3), 3);
  EXPECT_NEAR(of("leaky_relu", -2), -0.02, 1e-7);
  EXPECT_EQ(of("leaky_relu", 3), 3);
  EXPECT_NEAR(of("tanh", 0.5), (std::exp(1.0) - 1) / (std::exp(1.0) + 1), 1e-6);
  EXPECT_NEAR(of("sigmoid", -1), 1 / (1 + std::exp(1.0)), 1e-6);
  EXPECT_NEAR(of("gelu", -1), -0.5 * std::erfc(1 / std::sqrt(2.0)), 1e-6);  // x times the normal distribution at x
  EXPECT_NEAR(of("gelu", 2), 2 * (1 - 0.5 * std::erfc(2 / std::sqrt(2.0))), 1e-6);
}

/// The largest relative difference between backward() and (f(w + h) - f(w - h)) / 2h over all weights, in double.
double gradient_error(Mlp& model, const torch::Tensor& x, const torch::Tensor& y) {
  model->zero_grad();
  loss_of(model, x, y).backward();
  const torch::NoGradGuard no_grad;
  const double h = 1e-5;
  double worst = 0;
  for (torch::Tensor& parameter : model->parameters()) {
    torch::Tensor flat = parameter.view({-1});
    const torch::Tensor gradient = parameter.grad().reshape({-1});
    for (int64_t i = 0; i < flat.numel(); ++i) {
      const double kept = flat[i].item<double>();
      flat[i] = kept + h;
      const double above = loss_of(model, x, y).item<double>();
      flat[i] = kept - h;
      const double below = loss_of(model, x, y).item<double>();
      flat[i] = kept;
      const double numeric = (above - below) / (2 * h), exact = gradient[i].item<double>();
      worst = std::max(worst, std::abs(numeric - exact) / std::max(1.0, std::abs(exact)));
    }
  }
  return worst;
}

TEST(Mlp, GradientsAreThoseOfCentredDifferences) {
  torch::manual_seed(8);
  const torch::Tensor x = torch::randn({7, 4}, torch::kFloat64), y = torch::arange(7).remainder(3);
  for (const char* activation : {"relu", "leaky_relu", "tanh", "sigmoid", "gelu"}) {
    for (bool batch_norm : {false, true}) {
      ModelConfig config = with_hidden({5, 6});
      config.activation = activation;
      config.batch_norm = batch_norm;
      Mlp model = make(4, 3, config);
      model->to(torch::kFloat64);
      EXPECT_LE(gradient_error(model, x, y), 1e-6) << activation << (batch_norm ? " with batch norm" : "");
    }
  }
}

TEST(Mlp, LearnsOneBatchByHeart) {
  for (const char* activation : {"relu", "leaky_relu", "tanh", "gelu"}) {
    ModelConfig config = with_hidden({64});
    config.activation = activation;
    Mlp model = make(20, 4, config);
    OptimizerConfig rule;
    rule.learning_rate = 0.02;
    Optimizer optimizer(*model, rule);
    const torch::Tensor x = torch::randn({32, 20}), y = torch::randint(4, {32}, torch::kInt64);  // labels by chance
    double loss = 0;
    for (int step = 0; step < 200; ++step) {
      optimizer.zero_grad();
      const torch::Tensor now = loss_of(model, x, y);
      now.backward();
      optimizer.step(0.02);
      loss = now.item<double>();
    }
    EXPECT_LT(loss, 1e-3) << activation;  // guessing: ln 4 = 1.39
  }
}

TEST(Mlp, DropoutSilencesItsFractionInTrainingOnlyAndKeepsTheMean) {
  ModelConfig config = with_hidden({10000});
  config.dropout = 0.25;
  Mlp model = make(1, 1, config);
  {
    const torch::NoGradGuard no_grad;
    for (torch::Tensor& parameter : model->parameters()) parameter.fill_(parameter.dim() > 1 ? 1 : 0);
  }
  // Each of 10,000 units says 1; the output is their sum. In training a unit lives with 3/4 and says 4/3.
  EXPECT_NEAR(model->forward(torch::ones({1, 1})).item<double>(), 10000, 300);  // standard deviation 58
  EXPECT_NE(model->forward(torch::ones({1, 1})).item<double>(), 10000);
  model->eval();
  EXPECT_EQ(model->forward(torch::ones({1, 1})).item<double>(), 10000);
}

TEST(Mlp, InputDropoutSilencesInputs) {
  ModelConfig config;
  config.name = "linear";
  config.input_dropout = 0.5;
  Mlp model = make(1000, 1, config);
  {
    const torch::NoGradGuard no_grad;
    model->layers()[0]->weight.fill_(1);
  }
  EXPECT_NEAR(model->forward(torch::ones({1, 1000})).item<double>(), 1000, 200);  // standard deviation 32
  model->eval();
  EXPECT_EQ(model->forward(torch::ones({1, 1000})).item<double>(), 1000);
}

TEST(DescribeLayers, AddsUpToTheParametersAndTheFlopsByHand) {
  for (bool batch_norm : {false, true}) {
    ModelConfig config = with_hidden({256, 128});
    config.batch_norm = batch_norm;
    const Mlp model = make(784, 10, config);
    int64_t parameters = 0, flops = 0;
    DatasetInfo info;
    info.sample_shape = {784};
    info.classes.resize(10);
    EXPECT_EQ(size_of(info, config).parameters, count_parameters(*model));
    for (const LayerRow& row : describe_layers(info, config)) {
      parameters += row.parameters;
      flops += row.flops;
    }
    EXPECT_EQ(parameters, count_parameters(*model));
    const int64_t products = 2 * (784 * 256 + 256 * 128 + 128 * 10), activations = 256 + 128;
    EXPECT_EQ(flops, products + activations + (batch_norm ? 2 * (256 + 128) : 0));
  }
}

}  // namespace
}  // namespace glassbox::mlp
