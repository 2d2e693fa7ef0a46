/// The door to convolution and pooling: one call, and the kernel follows from how x lies in memory.
#pragma once

#include <torch/types.h>

namespace glassbox {

/// Cross-correlation: x [N, C, H, W], weight [O, C, K, L], bias [O] or undefined, `padding` zeros on each side. Returns
/// [N, O, (H + 2 padding - K) / stride + 1, (W + 2 padding - L) / stride + 1]. A batch-last x (batch_last.h) stays so
/// at stride 1 with less padding than kernel; else LibTorch computes it, fastest channels-last.
torch::Tensor conv(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, int64_t stride,
                   int64_t padding);

/// The largest number, or the mean, under each window of kernel[0] x kernel[1]; arguments as in torch::max_pool2d. A
/// batch-last x stays so.
torch::Tensor max_pool(const torch::Tensor& x, at::IntArrayRef kernel, int64_t stride, int64_t padding);
torch::Tensor average_pool(const torch::Tensor& x, at::IntArrayRef kernel, int64_t stride, int64_t padding);

}  // namespace glassbox
