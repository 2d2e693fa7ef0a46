/// The linear layer, its products shared out among the threads by ourselves.
#pragma once

#include <torch/types.h>

namespace glassbox {

/// x weight^T + bias. x [N, F], weight [O, F], bias [O] or undefined. Returns [N, O]. Has a gradient for all three,
/// once. On CUDA, and where x has another number type than the weight (autocast), LibTorch computes it.
torch::Tensor linear_layer(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias);

}  // namespace glassbox
