/// The same weights in PyTorch and here give the same logits, whichever of the two wrote the file.
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <cstdlib>

#include "apps/mlp/model.h"
#include "common/base/error.h"
#include "common/train/checkpoint.h"
#include "tests/common/real_data.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"

namespace glassbox::mlp {
namespace {

const std::string kPython = "/usr/bin/python3 ";

int run_peer(const std::string& words) { return std::system((kPython + "tests/parity/peer.py " + words).c_str()); }

bool has_peer() {
  static const bool found = std::system((kPython + "-c 'import numpy, torch' 2> /dev/null").c_str()) == 0;
  return found;
}

class Parity : public testing::Test {
 protected:
  void SetUp() override {
    if (has_peer()) return;
    if (on_ci()) FAIL() << "CI needs python3-torch and python3-numpy: scripts/setup.sh --test";
    GTEST_SKIP() << "without python3-torch; install it with scripts/setup.sh --test";
  }
  std::string file(const std::string& name) const { return (folder_ / name).string(); }

  TempFolder folder_;
};

Mlp make(const std::string& activation, bool norm) {
  ModelConfig config;
  config.hidden = {9, 5};
  config.activation = activation;
  config.batch_norm = norm;
  Mlp model(6, 4, config);
  model->eval();
  return model;
}

const std::vector<std::pair<std::string, bool>> kNetworks = {{"relu", false}, {"relu", true}, {"leaky_relu", false},
                                                             {"tanh", false}, {"gelu", true}, {"sigmoid", false}};

TEST_F(Parity, WeightsWrittenByPythonGivePyTorchsLogits) {
  for (const auto& [activation, norm] : kNetworks) {
    ASSERT_EQ(run_peer("write " + file("theirs") + " " + activation + (norm ? " norm" : " plain")), 0);
    NamedTensors tensors = load_safetensors(file("theirs")).tensors;
    const torch::Tensor x = tensors.at("x"), want = tensors.at("logits");
    tensors.erase("x");
    tensors.erase("logits");
    Mlp model = make(activation, norm);
    load_state_dict(*model, tensors, "theirs");
    EXPECT_LT(largest_difference(model->forward(x), want), 1e-6) << activation << (norm ? " with batch norm" : "");
  }
}

TEST_F(Parity, WeightsWrittenHereGiveTheSameLogitsInPyTorch) {
  for (const auto& [activation, norm] : kNetworks) {
    torch::manual_seed(5);
    Mlp model = make(activation, norm);
    if (norm) {
      const torch::NoGradGuard no_grad;
      model->train();
      model->forward(torch::randn({50, 6}) * 2 + 1);  // so that the running means are no longer 0 and 1
      model->eval();
    }
    const torch::Tensor x = torch::randn({11, 6});
    Checkpoint checkpoint{state_dict(*model), {{"format", "pt"}}};
    checkpoint.tensors["x"] = x;
    save_safetensors(file("ours"), checkpoint);
    ASSERT_EQ(run_peer("answer " + file("ours") + " " + file("answer") + " " + activation), 0);
    const torch::Tensor want = load_safetensors(file("answer")).tensors.at("logits");
    EXPECT_LT(largest_difference(model->forward(x), want), 1e-6) << activation << (norm ? " with batch norm" : "");
  }
}

TEST_F(Parity, EveryNumberTypeSurvivesTheWayThroughPython) {
  Checkpoint ours;
  const torch::Tensor values = torch::tensor({0.0, 1.0, 1.0 / 3, 77.0, 127.0, 5.5}, torch::kFloat64).view({2, 3});
  for (auto type : {torch::kFloat64, torch::kFloat32, torch::kFloat16, torch::kInt64, torch::kInt32, torch::kInt16,
                    torch::kInt8, torch::kUInt8, torch::kBool}) {  // numpy has no bfloat16
    ours.tensors[c10::toString(type)] = values.to(type);
  }
  ours.tensors["scalar"] = torch::tensor(-2.5f);
  save_safetensors(file("ours"), ours);
  ASSERT_EQ(run_peer("copy " + file("ours") + " " + file("copy")), 0);
  const NamedTensors back = load_safetensors(file("copy")).tensors;
  ASSERT_EQ(back.size(), ours.tensors.size());
  for (const auto& [name, tensor] : ours.tensors) EXPECT_TRUE(same_bits(back.at(name), tensor)) << name;
}

}  // namespace
}  // namespace glassbox::mlp
