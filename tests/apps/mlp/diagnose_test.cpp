/// The sentences a run gets: what is wrong is named with its layer, its share and its remedy, in both languages.
#include "apps/mlp/inside/diagnose.h"

#include <gtest/gtest.h>

namespace glassbox::mlp {
namespace {

/// A run of three looks of a healthy network with 2 hidden layers of 16 units.
std::vector<Look> healthy() {
  std::vector<Look> looks(3);
  for (size_t i = 0; i < looks.size(); ++i) {
    looks[i].step = int64_t(50 * i);
    looks[i].layers.resize(3);
    for (LayerLook& layer : looks[i].layers) {
      layer.gradient_size = 1e-2;
      layer.update_ratio = 1e-3;
    }
  }
  return looks;
}

ModelConfig model(const std::string& activation = "tanh") {
  ModelConfig config;
  config.hidden = {16, 16};
  config.activation = activation;
  return config;
}

std::vector<Finding> troubles(const std::vector<Look>& looks) {
  std::vector<Finding> found;
  for (const Finding& finding : diagnose(looks, model())) {
    if (finding.trouble) found.push_back(finding);
  }
  return found;
}

void expect_one(const std::vector<Look>& looks, const std::string& english, const std::string& chinese) {
  const auto found = troubles(looks);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].text.en.find(english), std::string::npos) << found[0].text.en;
  EXPECT_NE(found[0].text.zh.find(chinese), std::string::npos) << found[0].text.zh;
}

TEST(Diagnose, AHealthyRunGetsOneGoodWordASubject) {
  EXPECT_TRUE(troubles(healthy()).empty());
  const auto findings = diagnose(healthy(), model());
  ASSERT_EQ(findings.size(), 3u);
  for (const Finding& finding : findings) EXPECT_FALSE(finding.text.en.empty() || finding.text.zh.empty());
}

/// The sentences on the units of a healthy run, both languages in a row.
std::string good_word(const std::string& activation) {
  std::string all;
  for (const Finding& finding : diagnose(healthy(), model(activation))) {
    if (finding.subject == Subject::kUnits) all += finding.text.en + finding.text.zh;
  }
  return all;
}

TEST(Diagnose, OnlyReluUnitsAreSaidToBeAliveAndOnlyBoundedOnesUnsaturated) {
  for (const std::string activation : {"relu", "leaky_relu", "gelu", "tanh", "sigmoid"}) {
    const std::string said = good_word(activation);
    const auto says = [&](const char* word) { return said.find(word) != std::string::npos; };
    const bool bounded = activation == "tanh" || activation == "sigmoid";
    EXPECT_EQ(says("dead"), activation == "relu") << said;
    EXPECT_EQ(says("死亡"), activation == "relu") << said;
    EXPECT_EQ(says("saturated"), bounded) << said;
    EXPECT_EQ(says("饱和"), bounded) << said;
    EXPECT_TRUE(says("twins") && says("孪生")) << said;
  }
}

TEST(Diagnose, DeadUnits) {
  auto looks = healthy();
  looks[2].layers[1].dead = 0.41;
  expect_one(looks, "41 % of layer 2 never fires: lower the learning rate or use leaky_relu.", "第 2 层有 41 %");
}

TEST(Diagnose, SaturationFromTheStartAndLater) {
  auto looks = healthy();
  looks[2].layers[0].saturated = 0.8;
  expect_one(looks, "80 % of the activations of layer 1 ended saturated: tanh is flat", "第 1 层最终有 80 %");
  looks[0].layers[0].saturated = 0.9;
  expect_one(looks, "90 % of the activations of layer 1 were saturated from the start", "第 1 层从一开始就有 90 %");
}

TEST(Diagnose, Twins) {
  auto looks = healthy();
  looks[2].layers[0].twins = 1;
  expect_one(looks, "All 16 units of layer 1 are twins", "第 1 层的全部 16 个单元");
  looks[2].layers[0].twins = 2 / 16.0;
  expect_one(looks, "2 of 16 units of layer 1 are twins", "第 1 层有 2 个单元");
}

TEST(Diagnose, StepsTooLongAndTooShortInTheMiddleOfTheRun) {
  auto looks = healthy();
  looks[1].layers[2].update_ratio = 0.3;
  expect_one(looks, "a step moves the output layer by 0.3 of its size", "输出层变化");
  looks[1].layers[2].update_ratio = 2e-6;
  expect_one(looks, "a step moves the output layer by only 2e-6", "几乎没有在学习");
  looks = healthy();
  looks[2].layers[2].update_ratio = 1e-9;  // the end of a schedule is meant to be slow
  EXPECT_TRUE(troubles(looks).empty());
}

TEST(Diagnose, GradientsThatVanishOrExplode) {
  auto looks = healthy();
  looks[1].layers[0].gradient_size = 1e-6;
  expect_one(looks, "The gradient vanishes on its way back", "梯度在反向传播途中消失");
  looks[1].layers[0].gradient_size = 1e2;
  expect_one(looks, "The gradient explodes on its way back", "梯度在反向传播途中爆炸");
}

TEST(Diagnose, FiguresThatAreNotNumbersAreNoTrouble) {
  auto looks = healthy();
  for (Look& look : looks) {
    for (LayerLook& layer : look.layers) layer.gradient_size = layer.update_ratio = layer.dead = NAN;
  }
  EXPECT_TRUE(troubles(looks).empty());
  EXPECT_TRUE(diagnose({}, model()).empty());
}

}  // namespace
}  // namespace glassbox::mlp
