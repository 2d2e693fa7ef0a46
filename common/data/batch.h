/// What a training step looks at.
#pragma once

#include <torch/types.h>

namespace glassbox {

/// N samples. All tensors have N as their first dimension.
struct Batch {
  torch::Tensor input;   ///< float32 [N, C, H, W] images or [N, F] tables, normalised
  torch::Tensor target;  ///< int64 [N], the class of each sample
  torch::Tensor index;   ///< int64 [N], the samples' places in their data set, so that a report can show them
  /// With mixup, else undefined: input i is a mixture, target_share[i] of it (float32 [N], 0 to 1) of class target[i],
  /// the rest of class mixed_target[i] (int64 [N]).
  torch::Tensor mixed_target = {}, target_share = {};

  int64_t size() const { return input.size(0); }
  Batch to(torch::Device device) const {
    const auto move = [&](const torch::Tensor& tensor) { return tensor.defined() ? tensor.to(device) : tensor; };
    return {move(input), move(target), index, move(mixed_target), move(target_share)};
  }
};

}  // namespace glassbox
