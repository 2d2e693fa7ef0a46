#include "apps/cnn/inside/sanity.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

#include "apps/cnn/inside/maps.h"
#include "common/inside/ranks.h"
#include "common/nets/move_to.h"
#include "common/train/checkpoint.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;

void randomise_weight(Tensor weight, torch::Generator& generator) {
  const double deviation = std::sqrt(2.0 * double(weight.size(0)) / double(weight.numel()));
  weight.copy_(deviation * torch::randn(weight.sizes(), generator, torch::TensorOptions(torch::kFloat64)));
}

void randomise_norm(torch::nn::BatchNorm2dImpl& norm) {
  norm.reset_parameters();
  norm.reset_running_stats();
}

struct Maps {
  std::vector<Tensor> cam, gradient;  // one an image
};

Maps maps_of(NetworkImpl& model, const Tensor& images, const Tensor& targets, size_t layer) {
  Maps maps;
  for (int64_t i = 0; i < images.size(0); ++i) {
    const Tensor x = images.slice(0, i, i + 1);
    const auto target = targets[i].item<int64_t>();
    maps.cam.push_back(grad_cam(model, x, target, layer).cpu());
    maps.gradient.push_back(gradient_map(model, x, target).cpu());
  }
  return maps;
}

/// The mean over the images whose maps can be ranked.
double mean_correlation(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  double sum = 0;
  int64_t count = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double own = spearman(a[i], b[i]);
    if (std::isnan(own)) continue;
    sum += own;
    ++count;
  }
  return count > 0 ? sum / double(count) : NAN;
}

}  // namespace

void randomise(const Layer& layer, torch::Generator& generator) {
  const torch::NoGradGuard no_graph;
  for (const auto& item : layer.module()->named_parameters()) {
    if (item.value().dim() > 1) randomise_weight(item.value(), generator);
    if (item.value().dim() == 1) item.value().zero_();
  }
  if (layer.norm) randomise_norm(*layer.norm);
  if (const auto block = layer.residual) {
    for (auto norm : {block->bn1, block->bn2, block->downsample_norm}) {
      if (norm) randomise_norm(*norm);
    }
  }
}

Network copy_of(const NetworkImpl& model) {
  Network copy(model.sample(), model.layers().back().out[0], model.config());
  const Tensor any = model.parameters().front();
  move_to(*copy, any.device(), any.scalar_type());
  load_state_dict(*copy, state_dict(model), "the network's copy");
  copy->eval();
  return copy;
}

std::vector<CascadeStage> randomisation_cascade(NetworkImpl& model, const Tensor& images, const Tensor& targets,
                                                uint64_t seed) {
  const size_t layer = cam_layer(model).value();
  const Maps trained = maps_of(model, images, targets, layer);
  std::vector<CascadeStage> stages = {{"", 1, 1, trained.cam.front()}};
  Network copy = copy_of(model);
  torch::Generator generator = at::detail::createCPUGenerator(seed);
  for (size_t i = copy->layers().size(); i-- > 0;) {
    const Layer& own = copy->layers()[i];
    if (!own.module()) continue;
    randomise(own, generator);
    if (own.norm) continue;  // it belongs to the layer before it
    const Maps now = maps_of(*copy, images, targets, layer);
    stages.push_back({own.line.name, mean_correlation(trained.cam, now.cam),
                      mean_correlation(trained.gradient, now.gradient), now.cam.front()});
  }
  return stages;
}

}  // namespace glassbox::cnn
