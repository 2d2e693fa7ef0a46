/// Tensors as plain numbers, and how much two of them differ.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace glassbox {

inline std::vector<int64_t> ints(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.to(torch::kInt64).contiguous();
  return {flat.data_ptr<int64_t>(), flat.data_ptr<int64_t>() + flat.numel()};
}

inline std::vector<double> doubles(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.detach().to(torch::kFloat64).contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

/// max |a - b|; infinite if the shapes differ.
inline double largest_difference(const torch::Tensor& a, const torch::Tensor& b) {
  if (a.sizes() != b.sizes()) return std::numeric_limits<double>::infinity();
  return (a.detach().to(torch::kFloat64) - b.detach().to(torch::kFloat64)).abs().max().item<double>();
}

/// The same type, shape and bytes: -0 and 0 differ.
inline bool same_bits(const torch::Tensor& a, const torch::Tensor& b) {
  const torch::Tensor left = a.detach().contiguous(), right = b.detach().contiguous();
  return left.scalar_type() == right.scalar_type() && left.sizes() == right.sizes() &&
         std::memcmp(left.data_ptr(), right.data_ptr(), left.nbytes()) == 0;
}

}  // namespace glassbox
