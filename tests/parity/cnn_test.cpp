/// ResNet-20 and LeNet-5: the same weights give the same logits, loss and gradients here and in PyTorch.
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <cstdlib>

#include "apps/cnn/model.h"
#include "apps/cnn/verbs.h"
#include "common/nets/move_to.h"
#include "common/train/checkpoint.h"
#include "tests/common/real_data.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"

namespace glassbox::cnn {
namespace {

const std::string kPython = "/usr/bin/python3 ";

int run_peer(const std::string& words) { return std::system((kPython + "tests/parity/resnet20.py " + words).c_str()); }

bool has_peer() {
  static const bool found = std::system((kPython + "-c 'import numpy, torch' 2> /dev/null").c_str()) == 0;
  return found;
}

/// "pad", "conv": ResNet-20 with either shortcut; "lenet5".
class CnnParity : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (has_peer()) return;
    if (on_ci()) FAIL() << "CI needs python3-torch and python3-numpy: scripts/setup.sh --test";
    GTEST_SKIP() << "without python3-torch; install it with scripts/setup.sh --test";
  }
  std::string file(const std::string& name) const { return (folder_ / name).string(); }

  static std::vector<int64_t> sample() {
    return GetParam() == "lenet5" ? std::vector<int64_t>{1, 28, 28} : std::vector<int64_t>{3, 32, 32};
  }
  static torch::Tensor images(int64_t count) { return torch::randn({count, sample()[0], sample()[1], sample()[2]}); }

  static Network make() {
    DatasetInfo info;
    info.sample_shape = sample();
    info.classes.resize(10);
    info.pixel_max = 255;
    Experiment ask;
    ask.model.name = GetParam() == "lenet5" ? "lenet5" : "resnet20";
    if (GetParam() != "lenet5") ask.model.shortcut = GetParam();
    Network model = make_model(info, ask, torch::kCPU);
    model->eval();
    return model;
  }

  /// With running figures of its own.
  static Network make_trained() {
    Network model = make();
    const torch::NoGradGuard no_graph;
    model->train();
    for (int i = 0; i < 3; ++i) model->forward(images(8) * 1.5 + 0.3);
    model->eval();
    return model;
  }

  void save(Network& model, const NamedTensors& beside) const {
    Checkpoint checkpoint{state_dict(*model), {{"format", "pt"}}};
    checkpoint.tensors.insert(beside.begin(), beside.end());
    save_safetensors(file("ours"), checkpoint);
  }

  TempFolder folder_;
};

TEST_P(CnnParity, WeightsWrittenByPythonGivePyTorchsLogits) {
  for (const int64_t batch : {1, 5}) {
    ASSERT_EQ(run_peer("write " + file("theirs") + " " + GetParam() + " " + std::to_string(batch)), 0);
    NamedTensors tensors = load_safetensors(file("theirs")).tensors;
    const torch::Tensor x = tensors.at("x"), want = tensors.at("logits");
    tensors.erase("x");
    tensors.erase("logits");
    Network model = make();
    load_state_dict(*model, tensors, "theirs");
    const torch::NoGradGuard no_graph;
    EXPECT_LE(largest_difference(model->forward(x), want), 1e-5) << "batch of " << batch;
    RecordProperty("difference", std::to_string(largest_difference(model->forward(x), want)));
  }
}

TEST_P(CnnParity, WeightsWrittenHereGiveTheSameLogitsInPyTorch) {
  torch::manual_seed(5);
  Network model = make_trained();
  for (const int64_t batch : {1, 5}) {
    const torch::Tensor x = images(batch);
    save(model, {{"x", x}});
    ASSERT_EQ(run_peer("answer " + file("ours") + " " + file("answer") + " " + GetParam()), 0);
    const torch::NoGradGuard no_graph;
    const torch::Tensor want = load_safetensors(file("answer")).tensors.at("logits");
    EXPECT_LE(largest_difference(model->forward(x), want), 1e-5) << "batch of " << batch;
  }
}

/// In float32 a rounding can turn a relu on or off, and a gradient jumps; in float64 nothing is that close to 0.
TEST_P(CnnParity, AStepOfTrainingHasTheSameLossGradientsAndRunningFigures) {
  for (const auto& [type, near] : {std::pair(torch::kFloat32, 2e-3), std::pair(torch::kFloat64, 1e-9)}) {
    torch::manual_seed(6);
    Network model = make_trained();
    move_to(*model, torch::kCPU, type);
    const torch::Tensor x = images(16).to(type);
    const Batch batch{x, torch::arange(16).remainder(10), torch::arange(16)};
    save(model, {{"x", x}, {"target", batch.target}});
    ASSERT_EQ(run_peer("step " + file("ours") + " " + file("step") + " " + GetParam()), 0);
    const NamedTensors want = load_safetensors(file("step")).tensors;

    model->train();
    const torch::Tensor loss = loss_of(model->forward(x), batch, /*label_smoothing=*/0).front().second;
    loss.backward();
    EXPECT_NEAR(loss.item<double>(), want.at("loss").item<double>(), std::min(near, 1e-5)) << type;
    for (const auto& item : model->named_parameters()) {
      const torch::Tensor theirs = want.at("grad." + item.key());
      const double difference = (item.value().grad() - theirs).norm().item<double>();
      EXPECT_LE(difference, near * theirs.norm().item<double>()) << type << " " << item.key();
    }
    for (const auto& item : model->named_buffers()) {
      EXPECT_LE(largest_difference(item.value(), want.at("after." + item.key())), std::min(near, 1e-5)) << item.key();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Nets, CnnParity, testing::Values("pad", "conv", "lenet5"),
                         [](const auto& net) { return net.param; });

}  // namespace
}  // namespace glassbox::cnn
