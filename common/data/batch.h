/// What a training step looks at.
#pragma once

#include <torch/types.h>

namespace glassbox {

/// N samples. All tensors have N as their first dimension.
struct Batch {
  torch::Tensor input;   ///< float32 [N, C, H, W] images or [N, F] tables, normalised
  torch::Tensor target;  ///< int64 [N], the class of each sample
  torch::Tensor index;   ///< int64 [N], the samples' places in their data set, so that a report can show them

  int64_t size() const { return input.size(0); }
  Batch to(torch::Device device) const { return {input.to(device), target.to(device), index}; }
};

}  // namespace glassbox
