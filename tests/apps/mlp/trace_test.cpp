/// Every number of a pass: the sums add up, the gradients are autograd's.
#include "apps/mlp/inside/trace.h"

#include <gtest/gtest.h>
#include <torch/nn/functional/loss.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "tests/common/expect_error.h"

namespace glassbox::mlp {
namespace {

using Json = nlohmann::ordered_json;

struct Case {
  std::string name;
  ModelConfig model;
  int64_t features, classes;
};

ModelConfig config(const std::string& activation, std::vector<int64_t> hidden, const std::string& output = "softmax",
                   bool batch_norm = false) {
  ModelConfig model;
  model.hidden = std::move(hidden);
  model.activation = activation;
  model.output = output;
  model.batch_norm = batch_norm;
  return model;
}

class Trace : public testing::TestWithParam<Case> {
 protected:
  Trace() : model_(GetParam().features, GetParam().classes, GetParam().model) {
    torch::manual_seed(3);
    const torch::NoGradGuard no_grad;
    for (auto& parameter : model_->parameters()) parameter.normal_(0.1, 0.7);
    for (const auto& norm : model_->norms()) {
      norm->running_mean.normal_();
      norm->running_var.uniform_(0.5, 2);
    }
    input_ = torch::randn({GetParam().features});
    model_->to(torch::kFloat64);
    model_->eval();
    info_.classes.resize(size_t(GetParam().classes), "class");
    for (int64_t i = 0; i < GetParam().features; ++i) info_.columns.push_back("x" + std::to_string(i));
    info_.sample_shape = {GetParam().features};
  }

  Json trace() { return trace_sample(*model_, info_, input_, /*target=*/1); }

  Mlp model_;
  torch::Tensor input_;
  DatasetInfo info_;
};

const Json& group_of(const Json& trace, const std::string& name) {
  for (const Json& group : trace.at("groups")) {
    if (group.at("name") == name) return group;
  }
  throw std::logic_error("no group " + name);
}

double value_at(const Json& trace, const Json& place) {
  return group_of(trace, place.at(0)).at("values").at(place.at(1).get<size_t>());
}

TEST_P(Trace, EveryValueIsTheSumOfItsTerms) {
  const Json json = trace();
  int sums = 0;
  for (const Json& group : json.at("groups")) {
    if (!group.contains("made_by")) continue;
    for (size_t i = 0; i < group.at("values").size(); ++i, ++sums) {
      double sum = 0;
      for (const Json& term : group.at("made_by").at(i)) {
        double product = 1;
        for (const Json& place : term.at("of")) product *= value_at(json, place);
        EXPECT_NEAR(product, term.at("product").get<double>(), 1e-15);
        sum += product;
      }
      EXPECT_NEAR(sum, group.at("values").at(i).get<double>(), 1e-12) << group.at("name");
    }
  }
  EXPECT_GT(sums, 0);
}

TEST_P(Trace, EveryGradientIsTheSumOfItsChainRuleAndNearTheCentredDifference) {
  for (const Json& group : trace().at("groups")) {
    if (!group.contains("chain")) continue;
    for (size_t i = 0; i < group.at("values").size(); ++i) {
      double sum = 0;
      for (const Json& term : group.at("chain").at(i)) {
        double product = 1;
        for (const Json& factor : term.at("factors")) product *= factor.at("value").get<double>();
        sum += product;
      }
      EXPECT_NEAR(sum, group.at("gradients").at(i).get<double>(), 1e-12) << group.at("name") << i;
      EXPECT_LT(group.at("relative_error").at(i).get<double>(), 1e-5) << group.at("name") << i;
    }
  }
}

TEST_P(Trace, LossAndGradientsAreThoseOfAutograd) {
  const Json json = trace();
  const torch::Tensor x = input_.to(torch::kFloat64).unsqueeze(0).set_requires_grad(true);
  const torch::Tensor loss = torch::nn::functional::cross_entropy(model_->forward(x), torch::tensor({1}));
  loss.backward();
  EXPECT_NEAR(json.at("loss").get<double>(), loss.item<double>(), 1e-12);
  const auto expect_same = [&](const std::string& name, const torch::Tensor& gradient) {
    const auto own = group_of(json, name).at("gradients").get<std::vector<double>>();
    ASSERT_EQ(int64_t(own.size()), gradient.numel()) << name;
    EXPECT_LT((torch::tensor(own, torch::kFloat64) - gradient.flatten()).abs().max().item<double>(), 1e-12) << name;
  };
  expect_same("x", x.grad());
  for (size_t l = 0; l < model_->layers().size(); ++l) {
    expect_same("layers." + std::to_string(l) + ".weight", model_->layers()[l]->weight.grad());
    expect_same("layers." + std::to_string(l) + ".bias", model_->layers()[l]->bias.grad());
  }
}

INSTANTIATE_TEST_SUITE_P(Nets, Trace,
                         testing::Values(Case{"sigmoid_output", config("gelu", {2}, "sigmoid"), 2, 2},
                                         Case{"tanh_norm", config("tanh", {5}, "softmax", true), 4, 3},
                                         Case{"deep_leaky", config("leaky_relu", {3, 4}), 3, 4},
                                         Case{"relu", config("relu", {6}), 2, 2},
                                         Case{"sigmoid_hidden", config("sigmoid", {3}), 2, 3}),
                         [](const auto& test) { return test.param.name; });

/// Logits 800 and 0, or one of -800 at a sigmoid: the probability of class 1 is e^-800, which no double can hold.
Json sure_of_class_0(const std::string& output, int64_t target) {
  const Mlp model(2, 2, config("relu", {}, output));
  const torch::NoGradGuard no_grad;
  for (auto& parameter : model->parameters()) parameter.zero_();
  model->layers().front()->weight[0][0] = output == "sigmoid" ? -800 : 800;
  DatasetInfo info;
  info.classes = {"0", "1"};
  info.columns = {"x0", "x1"};
  info.sample_shape = {2};
  return trace_sample(*model, info, torch::ones({2}), target);
}

TEST(TraceLimits, AnImpossibleAnswerHasAFiniteLossAndGradients) {
  for (const std::string output : {"softmax", "sigmoid"}) {
    const Json json = sure_of_class_0(output, /*target=*/1);
    EXPECT_EQ(json.at("loss").get<double>(), 800) << output;
    for (const Json& group : json.at("groups")) {
      if (!group.contains("numeric")) continue;
      for (size_t i = 0; i < group.at("values").size(); ++i) {
        const double gradient = group.at("gradients").at(i), numeric = group.at("numeric").at(i);
        EXPECT_TRUE(std::isfinite(gradient)) << output << " " << group.at("name") << i;
        EXPECT_NEAR(gradient, numeric, 1e-6 * std::max(1.0, std::abs(gradient))) << output << group.at("name") << i;
      }
    }
    EXPECT_NEAR(group_of(json, "x").at("gradients").at(0).get<double>(), 800, 1e-9) << output;
  }
}

TEST(TraceLimits, ACertainAnswerHasALossOfPlainZero) {
  for (const std::string output : {"softmax", "sigmoid"}) {
    const double loss = sure_of_class_0(output, /*target=*/0).at("loss");
    EXPECT_EQ(loss, 0) << output;
    EXPECT_FALSE(std::signbit(loss)) << output;
  }
}

TEST(TraceLimits, ALargeNetworkIsRefusedWithAWayOut) {
  const Mlp large(784, 10, config("relu", {32}));
  DatasetInfo info;
  info.classes.resize(10);
  EXPECT_ERROR_HAS(trace_sample(*large, info, torch::zeros({784}), 0), "at most 2,000 parameters");
}

}  // namespace
}  // namespace glassbox::mlp
