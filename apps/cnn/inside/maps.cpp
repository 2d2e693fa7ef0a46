#include "apps/cnn/inside/maps.h"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>

namespace glassbox::cnn {
namespace {

using torch::Tensor;

/// df/d(what), where f is a sum over samples: each sample's own gradient.
Tensor gradient(const Tensor& f, const Tensor& what) { return torch::autograd::grad({f}, {what})[0]; }

/// Corners of squares along a side: 0, stride, ..., and one that touches the far edge.
std::vector<int64_t> corners(int64_t side, int64_t patch, int64_t stride) {
  std::vector<int64_t> at;
  for (int64_t i = 0; i + patch < side; i += stride) at.push_back(i);
  at.push_back(std::max<int64_t>(side - patch, 0));
  return at;
}

}  // namespace

std::optional<size_t> cam_layer(const NetworkImpl& model) {
  const std::vector<Layer>& layers = model.layers();
  std::optional<size_t> last;
  for (size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].is("conv") || layers[i].residual) last = i;
  }
  while (last && *last + 1 < layers.size() && (layers[*last + 1].norm || layers[*last + 1].is("act"))) ++*last;
  return last;
}

Tensor grad_cam(NetworkImpl& model, const Tensor& x, int64_t target, size_t layer) {
  const Tensor input = x.detach().clone().requires_grad_();
  const std::vector<Tensor> outputs = model.outputs(input);
  const Tensor maps = outputs.at(layer);                                                            // [1, K, h, w]
  const Tensor weights = gradient(outputs.back()[0][target], maps).mean({2, 3}, /*keepdim=*/true);  // [1, K, 1, 1]
  return torch::relu((weights * maps.detach()).sum(1))[0];
}

Tensor gradient_map(NetworkImpl& model, const Tensor& x, int64_t target) {
  const Tensor input = x.detach().clone().requires_grad_();
  return gradient(model.outputs(input).back()[0][target], input).abs().amax(1)[0];
}

double IntegratedGradients::error() const { return std::abs(sum - change); }
double IntegratedGradients::relative_error() const { return error() / std::max(std::abs(change), 1e-300); }

IntegratedGradients integrated_gradients(NetworkImpl& model, const Tensor& x, const Tensor& baseline, int64_t target,
                                         int64_t steps) {
  // All layers of so many images are in memory at once, for the gradient.
  const int64_t at_once = std::clamp<int64_t>((int64_t{1} << 18) / x.numel(), 1, 64);
  Tensor sum = torch::zeros(x.sizes().slice(1), torch::kFloat64);
  for (int64_t begin = 0; begin < steps; begin += at_once) {
    const int64_t end = std::min(begin + at_once, steps);
    const Tensor fraction = ((torch::arange(begin, end) + 0.5) / double(steps)).to(x.scalar_type()).view({-1, 1, 1, 1});
    const Tensor points =
        (baseline + fraction.to(x.device()) * (x - baseline)).detach().requires_grad_();  // [S, C, H, W]
    const Tensor f = model.outputs(points).back().select(1, target).sum();
    sum = sum + gradient(f, points).to(torch::kCPU, torch::kFloat64).sum(0);
  }
  const torch::NoGradGuard no_graph;
  const auto logit = [&](const Tensor& at) { return model.outputs(at).back()[0][target].item<double>(); };
  IntegratedGradients result;
  result.map = (x - baseline)[0].to(torch::kCPU, torch::kFloat64) * sum / double(steps);
  result.sum = result.map.sum().item<double>();
  result.change = logit(x) - logit(baseline);
  return result;
}

Tensor occlusion_map(NetworkImpl& model, const Tensor& x, int64_t target, const Tensor& fill, int64_t patch,
                     int64_t stride) {
  const c10::InferenceMode no_graph;
  const int64_t height = x.size(2), width = x.size(3);
  const Tensor paint = fill.to(x.device(), x.scalar_type()).view({-1, 1, 1});
  const auto probability = [&](const Tensor& images) {
    return torch::softmax(model.forward(images).to(torch::kCPU, torch::kFloat64), 1).select(1, target);
  };
  const double whole = probability(x)[0].item<double>();
  Tensor sum = torch::zeros({height, width}, torch::kFloat64), covered = torch::zeros_like(sum);
  for (const int64_t top : corners(height, patch, stride)) {
    std::vector<Tensor> images;  // one a square of this row
    const std::vector<int64_t> lefts = corners(width, patch, stride);
    for (const int64_t left : lefts) {
      images.push_back(x[0].clone());
      images.back().slice(1, top, top + patch).slice(2, left, left + patch).copy_(paint.expand({-1, patch, patch}));
    }
    const Tensor answers = probability(torch::stack(images));
    for (size_t i = 0; i < lefts.size(); ++i) {
      const auto square = [&](const Tensor& map) {
        return map.slice(0, top, top + patch).slice(1, lefts[i], lefts[i] + patch);
      };
      square(sum).add_(whole - answers[int64_t(i)].item<double>());
      square(covered).add_(1);
    }
  }
  return sum / covered;
}

Tensor background(const DatasetInfo& info) {
  if (info.channels() != 1) return torch::zeros({info.channels()});
  return torch::full({1}, -info.mean.at(0) / info.std.at(0));
}

}  // namespace glassbox::cnn
