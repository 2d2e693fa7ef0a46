#include "common/nets/move_to.h"

namespace glassbox {

void move_to(torch::nn::Module& model, torch::Device device, torch::Dtype type) {
  model.to(device);
  const torch::NoGradGuard no_graph;
  const auto convert = [&](torch::Tensor tensor) {
    if (tensor.is_floating_point()) tensor.set_data(tensor.to(type));
  };
  for (const torch::Tensor& parameter : model.parameters()) convert(parameter);
  for (const torch::Tensor& buffer : model.buffers()) convert(buffer);
}

}  // namespace glassbox
