/// The networks: parameters, shapes, layouts that agree, and what is said when layers do not fit together.
#include "apps/cnn/model.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/utils.h>

#include "apps/cnn/verbs.h"
#include "common/classify/classifier.h"
#include "common/train/optimizer.h"
#include "tests/common/expect_error.h"
#include "tests/common/tensors.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;

NetworkConfig named(const std::string& name) {
  NetworkConfig config;
  config.name = name;
  return config;
}

NetworkConfig listed(const std::vector<std::string>& layers) {
  NetworkConfig config = named("layers");
  config.layers = layers;
  return config;
}

TEST(Network, LeNet5Has61706Parameters) {
  EXPECT_EQ(count_parameters(*Network(std::vector<int64_t>{1, 28, 28}, 10, named("lenet5"))), 61706);
}

TEST(Network, ResNet20HasAQuarterOfAMillion) {
  // 3x3 kernels: 432 + 6 x 2,304 + (4,608 + 5 x 9,216) + (18,432 + 5 x 36,864); norms 2 x 688; linear 650.
  const int64_t kernels = 432 + 6 * 2304 + 4608 + 5 * 9216 + 18432 + 5 * 36864;
  EXPECT_EQ(count_parameters(*Network(std::vector<int64_t>{3, 32, 32}, 10, named("resnet20"))),
            kernels + 2 * 688 + 650);
  NetworkConfig option_b = named("resnet20");
  option_b.shortcut = "conv";
  EXPECT_EQ(count_parameters(*Network(std::vector<int64_t>{3, 32, 32}, 10, option_b)),
            kernels + 2 * 688 + 650 + 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64);
}

TEST(Network, EveryNamedNetTakesEverySizeItCanHalve) {
  torch::manual_seed(1);
  for (const char* name : {"lenet5", "small_vgg", "resnet20", "fast"}) {
    for (const auto& sample : std::vector<std::vector<int64_t>>{{1, 28, 28}, {3, 32, 32}, {3, 33, 47}}) {
      Network model(sample, 7, named(name));
      model->eval();
      const torch::NoGradGuard no_graph;
      EXPECT_EQ(model->forward(torch::randn({2, sample[0], sample[1], sample[2]})).sizes(),
                (std::vector<int64_t>{2, 7}))
          << name;
    }
  }
}

TEST(Network, FastTakesItsActivationFromTheExperiment) {
  NetworkConfig config = named("fast");
  config.activation = "silu";
  int64_t found = 0;
  for (const LayerLine& line : layers_of(config)) {
    if (line.kind != "act") continue;
    EXPECT_EQ(line.mode, "silu");
    ++found;
  }
  EXPECT_EQ(found, 1 + 2 * int64_t(config.widths.size()));
}

TEST(Network, SaysWhichLayerDoesNotFitAndBothShapes) {
  const std::vector<int64_t> sample = {1, 8, 8};
  EXPECT_ERROR_HAS(
      Network(sample, 10, listed({"conv 4 5x5", "conv 4 5x5", "linear classes"})),
      "model.layers[1] (conv 4 5x5): a kernel [5, 5] does not fit into the image: conv 4 5x5 gives [4, 4, 4]");
  EXPECT_ERROR_HAS(Network(sample, 10, listed({"linear 5", "conv 4 3x3", "linear classes"})),
                   "model.layers[1] (conv 4 3x3): want an image [C, H, W], but linear 5 gives [5]");
  EXPECT_ERROR_HAS(Network(sample, 10, listed({"conv 4 9x9", "linear classes"})),
                   "model.layers[0] (conv 4 9x9): a kernel [9, 9] does not fit into the image: the image is [1, 8, 8]");
  EXPECT_ERROR_HAS(Network(sample, 10, listed({"act relu", "whiten 2x2", "linear classes"})),
                   "model.layers[1] (whiten 2x2): want \"whiten\" as the first layer, got it behind another");
  EXPECT_ERROR_HAS(Network(sample, 10, listed({"conv 4 3x3"})),
                   "want logits [10] at the end, one a class, got [4, 6, 6]");
  EXPECT_ERROR_HAS(
      Network(std::vector<int64_t>{8, 8, 8}, 10, listed({"residual 4", "pool average all", "linear classes"})),
      "at least as many outputs as inputs");
}

TEST(Network, RefusesALayerThatNoMemoryWouldHold) {
  const std::vector<int64_t> sample = {3, 512, 512};
  EXPECT_ERROR_HAS(Network(sample, 10, listed({"linear 65536", "linear classes"})),
                   "model.layers[0] (linear 65536): want at most 200000000 weights in a layer, got 51539673088");
  EXPECT_ERROR_HAS(Network(sample, 10, listed({"conv 65536 3x3", "linear classes"})),
                   "model.layers[0] (conv 65536 3x3): want at most 100000000 numbers a sample, got [65536, 510, 510]");
  EXPECT_ERROR_HAS(Network(sample, 10, listed({"whiten 256x256", "linear classes"})), "whiten 256x256");
  EXPECT_ERROR_HAS(Network(sample, 10, listed({"residual 65536 shortcut conv", "linear classes"})), "residual 65536");
}

TEST(Network, ALayoutChangesTheOrderOfMemoryOnly) {
  for (const char* name : {"lenet5", "resnet20", "fast"}) {
    std::vector<Tensor> logits, gradients;
    for (const char* layout : {"auto", "channels_first", "channels_last"}) {
      Experiment ask;
      ask.model = named(name);
      ask.model.layout = layout;
      DatasetInfo info;
      info.sample_shape = {3, 32, 32};
      info.pixel_max = 255;
      info.classes = std::vector<std::string>(10, "c");
      Network model = make_model(info, ask, torch::kCPU);
      torch::manual_seed(2);
      const Tensor x = torch::randn({16, 3, 32, 32});
      const Tensor y = model->forward(x);
      y.square().mean().backward();
      logits.push_back(y.detach());
      for (const auto& parameter : model->parameters()) {
        if (parameter.requires_grad()) gradients.push_back(parameter.grad().norm());
      }
    }
    EXPECT_LT(largest_difference(logits[0], logits[1]), 2e-4) << name;
    EXPECT_LT(largest_difference(logits[0], logits[2]), 2e-4) << name;
    const size_t count = gradients.size() / 3;
    for (size_t i = 0; i < count; ++i) {
      const double size = gradients[i].item<double>();
      EXPECT_NEAR(gradients[count + i].item<double>(), size, 2e-3 * size + 1e-5) << name << " parameter " << i;
    }
  }
}

TEST(Network, FusedStepsGiveWhatTheLayersGiveOneByOne) {
  for (const auto& config : {named("lenet5"), named("small_vgg"), named("fast"),
                             listed({"conv 5 3x3", "act relu", "pool max 2x2", "act tanh", "linear 9", "norm",
                                     "act relu", "linear classes"})}) {
    torch::manual_seed(3);
    Network model(std::vector<int64_t>{1, 28, 28}, 10, config);
    model->eval();
    const torch::NoGradGuard no_graph;
    const Tensor x = torch::randn({16, 1, 28, 28});
    EXPECT_LT(largest_difference(model->forward(x), model->outputs(x).back()), 1e-4);
  }
}

TEST(Network, GeluIsLibTorchsWhateverTheOrderOfMemory) {
  for (const char* layout : {"channels_last", "channels_first"}) {
    NetworkConfig config = listed({"act gelu", "linear classes"});
    config.layout = layout;
    Network model(std::vector<int64_t>{4, 5, 7}, 3, config);
    const Tensor x = (3 * torch::randn({2, 4, 5, 7})).set_requires_grad(true);
    const Tensor y = model->outputs(x).front(), g = torch::randn({2, 4, 5, 7});
    const Tensor same = x.detach().clone().set_requires_grad(true), want = torch::gelu(same);
    EXPECT_LT(largest_difference(y, want), 1e-6) << layout;
    want.backward(g);
    for (const auto order : {at::MemoryFormat::Contiguous, at::MemoryFormat::ChannelsLast}) {
      const Tensor gradient = torch::autograd::grad({y}, {x}, {g.contiguous(order)}, /*retain_graph=*/true)[0];
      EXPECT_LT(largest_difference(gradient, same.grad()), 1e-6) << layout;
    }
  }
}

TEST(Network, LearnsOneBatchByHeart) {
  for (const char* name : {"lenet5", "small_vgg", "resnet20", "fast"}) {
    Experiment ask;
    ask.model = named(name);
    ask.model.widths = {16, 16};
    DatasetInfo info;
    info.sample_shape = {1, 16, 16};
    info.pixel_max = 255;
    info.classes = std::vector<std::string>(4, "c");
    Network model = make_model(info, ask, torch::kCPU);
    Optimizer optimizer(*model, {});
    Batch batch{torch::randn({16, 1, 16, 16}), torch::arange(16) % 4, torch::arange(16)};
    double loss = 0;
    for (int step = 0; step < 200; ++step) {
      optimizer.zero_grad();
      const Tensor value = loss_of(model->forward(batch.input), batch, 0).front().second;
      value.backward();
      optimizer.step(0.004);
      loss = value.item<double>();
    }
    EXPECT_LT(loss, 0.05) << name;  // guessing: ln 4 = 1.39
  }
}

TEST(Network, BfloatAnswersAlmostAsFloatDoes) {
  torch::manual_seed(4);
  NetworkConfig config = named("resnet20");
  Network model(std::vector<int64_t>{3, 32, 32}, 10, config);
  config.precision = "bf16";
  Network coarse(std::vector<int64_t>{3, 32, 32}, 10, config);
  const torch::NoGradGuard no_graph;
  auto parameters = coarse->parameters();
  for (size_t i = 0; i < parameters.size(); ++i) parameters[i].copy_(model->parameters()[i]);
  const Tensor x = torch::randn({8, 3, 32, 32});
  const Tensor want = model->forward(x), got = coarse->forward(x);
  EXPECT_EQ(got.scalar_type(), torch::kFloat32);
  EXPECT_LT((got - want).norm().item<double>() / want.norm().item<double>(), 0.05);
  EXPECT_FALSE(same_bits(got, want));
}

TEST(Loss, OfMixedImagesIsSharedByTheirTargets) {
  const Tensor logits = torch::tensor({{2.0, 0.0}, {0.0, 1.0}});
  const Batch batch{torch::zeros({2, 1}), torch::tensor({{0.75f, 0.25f}, {0.0f, 1.0f}}), torch::arange(2)};
  const double p = std::log(1 + std::exp(-2.0)), q = std::log(1 + std::exp(2.0)), r = std::log(1 + std::exp(-1.0));
  EXPECT_NEAR(loss_of(logits, batch, 0).front().second.item<double>(), (0.75 * p + 0.25 * q + r) / 2, 1e-6);
}

TEST(Answer, IsTheMeanOverTheViews) {
  torch::manual_seed(5);
  Network model(std::vector<int64_t>{1, 12, 12}, 3, listed({"conv 4 3x3", "act relu", "linear classes"}));
  model->eval();
  const torch::NoGradGuard no_graph;
  const Tensor x = torch::randn({2, 1, 12, 12});
  const Tensor want = (model->forward(x) + model->forward(x.flip(3))) / 2;
  EXPECT_LT(largest_difference(answer(*model, x, "flip"), want), 1e-6);
  EXPECT_LT(largest_difference(answer(*model, x, "flip"), answer(*model, x.flip(3), "flip")), 1e-6);
  // By index: one pixel from before the first is the second one's mirror image, and so at the end.
  const Tensor before = torch::tensor({1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
               after = torch::tensor({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 10});
  const auto moved = [&](const Tensor& rows) { return x.index_select(2, rows).index_select(3, rows); };
  const auto both = [&](const Tensor& view) { return (model->forward(view) + model->forward(view.flip(3))) / 2; };
  const Tensor shifted = want / 2 + (both(moved(before)) + both(moved(after))) / 4;
  EXPECT_LT(largest_difference(answer(*model, x, "flip_shift"), shifted), 1e-6);
}

}  // namespace
}  // namespace glassbox::cnn
