/// Batch norm (Ioffe and Szegedy 2015), the addition of a shortcut (He et al. 2015) and ReLU as one function. Between
/// two convolutions a network does little arithmetic and moves much memory: LibTorch's three layers read and write
/// every number eleven times for a forward and a backward pass, this reads and writes it half as often.
#pragma once

#include <torch/nn/modules/batchnorm.h>
#include <torch/types.h>

namespace glassbox {

/// relu(batch_norm(x) + added), without the addition if `added` is undefined, without the ReLU if not `relu`.
/// x, added: [N, C, H, W] or [N, C]. In training mode it normalises by the batch and moves the layer's running figures,
/// as nn.BatchNorm does; in eval mode it normalises by those. Fast for float32 and bfloat16 on the CPU where x
/// is not channels-first, and channels-last then; else it calls LibTorch's layers. Throws UserError if there is only
/// one number a channel in training.
torch::Tensor norm_act(const torch::Tensor& x, torch::nn::BatchNorm2dImpl& norm, const torch::Tensor& added, bool relu);

}  // namespace glassbox
