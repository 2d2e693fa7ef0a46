/// Convolution and max pooling for networks with few channels, such as LeNet: vectors of 16 samples instead of 16
/// channels. A tensor [N, C, H, W] is "batch last" when memory holds it as [C][H][W][N]; its shape says nothing of it,
/// only its strides do, and elementwise functions keep them.
#pragma once

#include <torch/types.h>

namespace glassbox {

/// True if x, [N, C, H, W], is float32 on the CPU with a batch that is a multiple of 16: what batch_last() takes.
bool fits_batch_last(const torch::Tensor& x);

/// The same numbers in that order of memory (x itself if it has it already).
torch::Tensor batch_last(const torch::Tensor& x);

/// True if x fits and lies in memory so.
bool is_batch_last(const torch::Tensor& x);

/// Cross-correlation with stride 1. x [N, C, H, W], weight [O, C, K, L], bias [O] or undefined; `padding` zeros on each
/// side. Returns [N, O, H + 2 padding - K + 1, W + 2 padding - L + 1], batch last. Has a gradient for all three.
torch::Tensor conv2d_batch_last(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                                int64_t padding);

/// The largest of each 2x2 window, stride 2; a last odd row or column is left out. x [N, C, H, W]. Returns
/// [N, C, H / 2, W / 2], batch last. The gradient goes to the first of equals in reading order.
torch::Tensor max_pool_batch_last(const torch::Tensor& x);

}  // namespace glassbox
