/// What is exported gives the same logits in OpenCV's dnn.
#include "apps/cnn/onnx.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include "tests/common/expect_error.h"

namespace glassbox::cnn {
namespace {

double difference(const NetworkConfig& config, const std::vector<int64_t>& sample, int64_t batch) {
  torch::manual_seed(7);
  Network model(sample, 10, config);
  {
    const torch::NoGradGuard no_graph;  // so that batch norm has figures of its own
    model->train();
    model->forward(torch::randn({8, sample[0], sample[1], sample[2]}) + 0.3);
    model->eval();
  }
  DatasetInfo info;
  info.classes = {"a", "b"};
  info.mean = {0.5f};
  info.std = {0.25f};
  return difference_to_opencv(*model, to_onnx(*model, info), torch::randn({batch, sample[0], sample[1], sample[2]}));
}

TEST(Onnx, EveryNamedNetGivesTheSameLogitsInOpenCv) {
  for (const char* name : {"lenet5", "small_vgg", "resnet20", "fast"}) {
    for (const char* shortcut : {"pad", "conv"}) {
      NetworkConfig config;
      config.name = name;
      config.shortcut = shortcut;
      config.dropout = 0.25;
      for (const int64_t batch : {1, 5}) EXPECT_LT(difference(config, {3, 32, 32}, batch), 1e-4) << name << batch;
    }
  }
}

TEST(Onnx, EveryKindOfLayerGivesTheSameLogitsInOpenCv) {
  for (const char* layer :
       {"act relu", "act leaky_relu", "act tanh", "act sigmoid", "act gelu", "act silu", "norm", "dropout 0.5",
        "scale 0.3", "pool max 3x3 stride 2 padding 1", "pool average 3x2 stride 2 padding 1", "pool average all",
        "pool max all", "conv 4 3x2 stride 2 padding 1 no_bias", "residual 9 stride 2", "residual 5 shortcut conv"}) {
    NetworkConfig config;
    config.name = "layers";
    config.layers = {"conv 6 3x3 padding 1", layer, "linear 7", "act tanh", "linear classes"};
    for (const int64_t batch : {1, 5}) EXPECT_LT(difference(config, {1, 11, 9}, batch), 1e-4) << layer;
  }
}

TEST(Onnx, OpenCvsComplaintIsOneLine) {
  Network model(std::vector<int64_t>{1, 8, 8}, 2, [] {
    NetworkConfig config;
    config.name = "layers";
    config.layers = {"linear classes"};
    return config;
  }());
  EXPECT_ERROR_HAS(difference_to_opencv(*model, "no model", torch::randn({1, 1, 8, 8})), "OpenCV's dnn");
}

}  // namespace
}  // namespace glassbox::cnn
