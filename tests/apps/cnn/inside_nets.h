/// Small networks in float64 for the tests of the views inside.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "apps/cnn/model.h"
#include "common/nets/move_to.h"

namespace glassbox::cnn {

inline Network net_of(const std::vector<std::string>& layers, const std::vector<int64_t>& sample, int64_t classes) {
  NetworkConfig config;
  config.name = "layers";
  config.layers = layers;
  config.precision = "float64";
  torch::manual_seed(3);
  Network net(sample, classes, config);
  move_to(*net, torch::kCPU, torch::kFloat64);
  net->eval();
  return net;
}

inline torch::Tensor image(const std::vector<int64_t>& shape, uint64_t seed = 5) {
  torch::manual_seed(seed);
  return torch::randn(shape, torch::kFloat64);
}

/// Sets a parameter by hand.
inline void put(torch::Tensor parameter, const torch::Tensor& values) {
  const torch::NoGradGuard no_graph;
  parameter.copy_(values);
}

}  // namespace glassbox::cnn
