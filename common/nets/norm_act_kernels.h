/// Batch norm, addition of a shortcut, and ReLU in one pass over memory. Raw memory, no LibTorch.
/// x, y and so on: `rows` x `channels` numbers, channels fastest: what a channels-last image is. They are floats or
/// bfloat16 (Number = float or Bf16); all arithmetic is in float.
#pragma once

#include <cstdint>

namespace glassbox::norm_act_kernels {

/// The upper half of a float: its sign, exponent and the first 7 bits of its fraction.
struct Bf16 {
  uint16_t bits;
};

/// sum[c] += x - origin[c] and square[c] += (x - origin[c])^2 over the rows. An origin near the mean keeps the digits.
template <typename Number>
void add_moments(const Number* x, const float* origin, int64_t rows, int64_t channels, double* sum, double* square);

/// y = max(scale[c] x + shift[c] + added, 0), without the addition if `added` is null, without max if not `relu`.
template <typename Number>
void normalise(const Number* x, const float* scale, const float* shift, const Number* added, bool relu, int64_t rows,
               int64_t channels, Number* y);

/// sum[c] += h and product[c] += h (x - mean[c]) over the rows, h being g where y > 0 (everywhere if y is null).
template <typename Number>
void add_gradient_moments(const Number* x, const Number* y, const Number* g, const float* mean, int64_t rows,
                          int64_t channels, double* sum, double* product);

/// gx = a[c] h + b[c] (x - mean[c]) + d[c], h as above; h itself goes to `added_gradient` unless that is null.
template <typename Number>
void backward(const Number* x, const Number* y, const Number* g, const float* mean, const float* a, const float* b,
              const float* d, int64_t rows, int64_t channels, Number* gx, Number* added_gradient);

}  // namespace glassbox::norm_act_kernels
