/// The layers and windows that the checks try, from the smallest on, so that the first failure is the smallest.
#pragma once

#include "apps/cnn/exercise/checks.h"

namespace glassbox::cnn::exercise {

/// N images of C channels, H x W; O kernels.
struct LayerSizes {
  int64_t n, c, h, w, o, kernel_h, kernel_w, stride, padding;
};
const std::vector<LayerSizes>& layer_sizes();

/// A convolution with random numbers, and g = dL/dy.
struct Layer {
  Tensor x, weight, bias, g;
  int64_t stride, padding;
};
Layer some_layer(const LayerSizes& sizes);

/// "x = ..., weight = ..., bias = ..., stride = 1, padding = 0" of a message.
Inputs shown(const Layer& layer);

/// Images, a window that walks over them, and, for pooling, g = dL/dy.
struct Sight {
  Tensor x, g;
  Window window;
};
/// What im2col must take: any padding. Without g.
std::vector<Sight> some_sights();
/// What pooling must take: padding of at most half the kernel; `distinct` pixels, 0.5 apart, or some that are equal.
std::vector<Sight> some_poolings(bool distinct);

/// "kernel_h = 2, kernel_w = 3, stride = 1, padding = 0" behind the others.
Inputs shown(Inputs inputs, const Window& window);

// LibTorch's own.
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t padding);
Tensor columns_of(const Tensor& x, const Window& window);
Tensor max_pool(const Tensor& x, const Window& window);
Tensor avg_pool(const Tensor& x, const Window& window);

/// One image of one channel, [1, 1, height, width].
Tensor image(std::vector<double> pixels, int64_t height, int64_t width);

}  // namespace glassbox::cnn::exercise
