/// How far two lists of numbers put the same places first.
#pragma once

#include <torch/types.h>

namespace glassbox {

/// The rank of each number of a flat tensor, the smallest 1; equal numbers share the mean of their ranks. float64 [N].
torch::Tensor ranks(const torch::Tensor& numbers);

/// Spearman's rank correlation (1904): the correlation of the ranks of all numbers of a and b, which have the same
/// shape. In [-1, 1]; 1 = the same order. NaN where all numbers of one side are equal, or one is NaN.
double spearman(const torch::Tensor& a, const torch::Tensor& b);

}  // namespace glassbox
