#include "common/nets/conv.h"

#include <algorithm>

#include "common/nets/batch_last.h"

namespace glassbox {

torch::Tensor conv(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, int64_t stride,
                   int64_t padding) {
  const bool by_batch = stride == 1 && padding < std::min(weight.size(2), weight.size(3)) && is_batch_last(x);
  if (by_batch) return conv2d_batch_last(x, weight, bias, padding);
  return torch::conv2d(x, weight, bias, stride, padding);
}

torch::Tensor max_pool(const torch::Tensor& x, at::IntArrayRef kernel, int64_t stride, int64_t padding) {
  const bool by_batch = is_batch_last(x);
  if (by_batch && kernel[0] == 2 && kernel[1] == 2 && stride == 2 && padding == 0) return max_pool_batch_last(x);
  const torch::Tensor y = torch::max_pool2d(x, kernel, stride, padding);
  return by_batch ? batch_last(y) : y;
}

torch::Tensor average_pool(const torch::Tensor& x, at::IntArrayRef kernel, int64_t stride, int64_t padding) {
  const torch::Tensor y = torch::avg_pool2d(x, kernel, stride, padding);
  return is_batch_last(x) ? batch_last(y) : y;
}

}  // namespace glassbox
