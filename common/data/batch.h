/// What a training step looks at.
#pragma once

#include <torch/types.h>

namespace glassbox {

/// N samples. What they mean is said by their data set: a class, class probabilities, boxes, a clean image.
struct Batch {
  torch::Tensor input;       ///< float32 [N, ...], normalised
  torch::Tensor target;      ///< [N, ...], or [M, ...] where a sample has many targets
  torch::Tensor index;       ///< int64 [N], the samples' indices in their data set, so that a report can show them
  torch::Tensor owner = {};  ///< int64 [M], the sample (0 .. N-1) that each target belongs to; undefined = one each

  int64_t size() const { return input.size(0); }
  Batch to(torch::Device device) const {
    const auto move = [&](const torch::Tensor& tensor) { return tensor.defined() ? tensor.to(device) : tensor; };
    return {move(input), move(target), index, move(owner)};
  }
};

}  // namespace glassbox
