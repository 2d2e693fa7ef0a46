/// The functions of the exercise as values, so that the checks can be run against others than the linked ones.
#pragma once

#include <functional>

#include "apps/cnn/exercise/exercise.h"

namespace glassbox::cnn::exercise {

/// By default each is the linked solution's.
struct Functions {
  using Convolution = std::function<Tensor(const Tensor&, const Tensor&, const Tensor&, int64_t, int64_t)>;

  std::function<int64_t(int64_t, int64_t, int64_t, int64_t)> output_size = exercise::output_size;
  Convolution conv2d_direct = exercise::conv2d_direct;

  std::function<Tensor(const Tensor&, const Window&)> im2col = exercise::im2col;
  std::function<Tensor(const Tensor&, int64_t, int64_t, const Window&)> col2im = exercise::col2im;
  Convolution conv2d_im2col = exercise::conv2d_im2col;
  std::function<ConvGradients(const Tensor&, const Tensor&, const Tensor&, int64_t, int64_t)> conv2d_backward =
      exercise::conv2d_backward;

  std::function<MaxPoolResult(const Tensor&, const Window&)> max_pool_forward = exercise::max_pool_forward;
  std::function<Tensor(const Tensor&, const Tensor&, int64_t, int64_t)> max_pool_backward = exercise::max_pool_backward;
  std::function<Tensor(const Tensor&, const Window&)> avg_pool_forward = exercise::avg_pool_forward;
  std::function<Tensor(const Tensor&, int64_t, int64_t, const Window&)> avg_pool_backward = exercise::avg_pool_backward;

  std::function<ConvParameters(const Tensor&, const Tensor&, const BatchNorm&)> fold_batch_norm =
      exercise::fold_batch_norm;
};

}  // namespace glassbox::cnn::exercise
