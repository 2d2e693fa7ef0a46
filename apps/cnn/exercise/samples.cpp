#include "apps/cnn/exercise/samples.h"

namespace glassbox::cnn::exercise {
namespace {

struct SightSizes {
  int64_t n, c, h, w;
  Window window;
};

// Kernels and images that are not square, strides that leave the last rows and columns out, strides above the kernel.
const std::vector<SightSizes> kPoolings = {
    {1, 1, 1, 1, {1, 1, 1, 0}}, {1, 1, 2, 2, {2, 2, 1, 0}}, {1, 1, 1, 2, {1, 2, 1, 0}}, {1, 1, 2, 1, {2, 1, 1, 0}},
    {1, 1, 2, 2, {2, 2, 2, 1}}, {1, 1, 3, 3, {2, 2, 1, 0}}, {1, 2, 2, 2, {2, 2, 2, 0}}, {2, 1, 2, 2, {2, 2, 2, 0}},
    {1, 1, 3, 3, {2, 2, 2, 0}}, {1, 1, 4, 4, {1, 1, 3, 0}}, {1, 1, 3, 4, {2, 3, 1, 1}}, {1, 1, 4, 5, {3, 2, 2, 1}},
    {2, 3, 7, 5, {3, 3, 2, 1}}, {1, 2, 8, 9, {4, 5, 3, 2}}};

// Padding of more than half the kernel.
const std::vector<SightSizes> kWidePadding = {
    {1, 1, 1, 1, {1, 1, 1, 1}}, {1, 1, 2, 2, {2, 1, 1, 1}}, {2, 2, 3, 4, {2, 3, 2, 2}}, {1, 2, 3, 2, {3, 1, 2, 3}}};

}  // namespace

const std::vector<LayerSizes>& layer_sizes() {
  static const std::vector<LayerSizes> all = {
      {1, 1, 1, 1, 1, 1, 1, 1, 0}, {1, 1, 1, 2, 1, 1, 2, 1, 0}, {1, 1, 2, 1, 1, 2, 1, 1, 0},
      {1, 1, 1, 1, 1, 3, 3, 1, 1}, {1, 1, 2, 2, 1, 1, 1, 2, 0}, {2, 1, 1, 1, 1, 1, 1, 1, 0},
      {1, 2, 1, 1, 1, 1, 1, 1, 0}, {1, 1, 1, 1, 2, 1, 1, 1, 0}, {1, 1, 2, 2, 1, 2, 2, 1, 1},
      {1, 1, 3, 3, 1, 2, 2, 1, 0}, {1, 1, 3, 4, 1, 2, 3, 1, 1}, {1, 1, 5, 4, 1, 3, 2, 2, 0},
      {1, 1, 4, 4, 1, 3, 3, 2, 0}, {1, 1, 4, 5, 1, 2, 3, 3, 1}, {1, 2, 3, 2, 2, 2, 2, 1, 0},
      {2, 1, 2, 3, 2, 1, 2, 1, 2}, {2, 2, 5, 5, 3, 2, 2, 3, 2}, {2, 3, 7, 5, 4, 3, 3, 2, 1},
      {3, 2, 9, 11, 5, 5, 3, 2, 2}};
  return all;
}

Layer some_layer(const LayerSizes& s) {
  Layer layer = {
      some({s.n, s.c, s.h, s.w}), some({s.o, s.c, s.kernel_h, s.kernel_w}), some({s.o}), {}, s.stride, s.padding};
  layer.g = some(conv2d(layer.x, layer.weight, layer.bias, s.stride, s.padding).sizes());
  return layer;
}

Inputs shown(const Layer& layer) {
  return {{"x", layer.x},
          {"weight", layer.weight},
          {"bias", layer.bias},
          {"stride", torch::tensor(layer.stride)},
          {"padding", torch::tensor(layer.padding)}};
}

std::vector<Sight> some_sights() {
  std::vector<SightSizes> all = kWidePadding;
  all.insert(all.begin() + 1, kPoolings.begin(), kPoolings.end());
  std::vector<Sight> sights;
  for (const auto& [n, c, h, w, window] : all) sights.push_back({some({n, c, h, w}), {}, window});
  return sights;
}

std::vector<Sight> some_poolings(bool distinct) {
  std::vector<Sight> sights;
  for (const auto& [n, c, h, w, window] : kPoolings) {
    const Tensor x =
        distinct ? (torch::randperm(n * c * h * w).to(torch::kFloat64) / 2 - 3).view({n, c, h, w}) : some({n, c, h, w});
    sights.push_back({x, some(avg_pool(x, window).sizes()), window});
  }
  return sights;
}

Inputs shown(Inputs inputs, const Window& window) {
  inputs.emplace_back("kernel_h", torch::tensor(window.kernel_h));
  inputs.emplace_back("kernel_w", torch::tensor(window.kernel_w));
  inputs.emplace_back("stride", torch::tensor(window.stride));
  inputs.emplace_back("padding", torch::tensor(window.padding));
  return inputs;
}

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t padding) {
  return torch::conv2d(x, weight, bias, stride, padding);
}

Tensor columns_of(const Tensor& x, const Window& it) {
  return torch::im2col(x, {it.kernel_h, it.kernel_w}, /*dilation=*/{1, 1}, {it.padding, it.padding},
                       {it.stride, it.stride});
}

Tensor max_pool(const Tensor& x, const Window& it) {
  return torch::max_pool2d(x, {it.kernel_h, it.kernel_w}, it.stride, it.padding);
}

Tensor avg_pool(const Tensor& x, const Window& it) {
  return torch::avg_pool2d(x, {it.kernel_h, it.kernel_w}, it.stride, it.padding);
}

Tensor image(std::vector<double> pixels, int64_t height, int64_t width) {
  return numbers(std::move(pixels), {1, 1, height, width});
}

}  // namespace glassbox::cnn::exercise
