/// The functions of assignment 2 as loops over numbers: a right solution, written in another style than the handed out
/// one, with parts that wrong solutions break.
#pragma once

#include <limits>

#include "apps/cnn/exercise/samples.h"

namespace glassbox::cnn::exercise::loops {

/// Where a window begins at its place (p, q), and what an image has at a pixel, inside or not.
struct How {
  bool stride_rows = true, stride_columns = true;  ///< move by the stride
  int64_t begin = 0;                               ///< too far right and down by so much
  bool padding = true;                             ///< begin outside
  bool wraps = false;                              ///< a pixel left of a row is the last of the row above
};

struct Sizes {
  int64_t n, c, h, w, out_h, out_w;
};

inline Sizes sizes_of(const Tensor& x, const Window& it) {
  return {x.size(0),
          x.size(1),
          x.size(2),
          x.size(3),
          output_size(x.size(2), it.kernel_h, it.stride, it.padding),
          output_size(x.size(3), it.kernel_w, it.stride, it.padding)};
}

/// Calls `see(n, c, i, j, p, q, row, column)` for everything that a window sees, in reading order.
template <typename See>
void walk(const Sizes& s, const Window& it, const How& how, See see) {
  const int64_t before = (how.padding ? it.padding : 0) - how.begin;
  for (int64_t n = 0; n < s.n; ++n)
    for (int64_t c = 0; c < s.c; ++c)
      for (int64_t p = 0; p < s.out_h; ++p)
        for (int64_t q = 0; q < s.out_w; ++q)
          for (int64_t i = 0; i < it.kernel_h; ++i)
            for (int64_t j = 0; j < it.kernel_w; ++j)
              see(n, c, i, j, p, q, p * (how.stride_rows ? it.stride : 1) + i - before,
                  q * (how.stride_columns ? it.stride : 1) + j - before);
}

/// The flat place of a pixel in its image; -1 outside.
inline int64_t place(const Sizes& s, const How& how, int64_t row, int64_t column) {
  const int64_t flat = row * s.w + column;
  if (how.wraps) return flat >= 0 && flat < s.h * s.w ? flat : -1;
  return row >= 0 && row < s.h && column >= 0 && column < s.w ? flat : -1;
}

inline Tensor im2col(const Tensor& x, const Window& it, const How& how = {}) {
  const Sizes s = sizes_of(x, it);
  const Tensor images = x.to(torch::kFloat64).contiguous().flatten(2);
  Tensor columns = torch::zeros({s.n, s.c, it.kernel_h, it.kernel_w, s.out_h, s.out_w}, torch::kFloat64);
  const auto in = images.accessor<double, 3>();
  auto out = columns.accessor<double, 6>();
  walk(s, it, how, [&](auto n, auto c, auto i, auto j, auto p, auto q, auto row, auto column) {
    const int64_t at = place(s, how, row, column);
    if (at >= 0) out[n][c][i][j][p][q] = in[n][c][at];
  });
  return columns.view({s.n, -1, s.out_h * s.out_w}).to(x.scalar_type());
}

/// `overwrites`: the last window that sees a pixel has its way.
inline Tensor col2im(const Tensor& columns, int64_t height, int64_t width, const Window& it, const How& how = {},
                     bool overwrites = false) {
  const int64_t channels = columns.size(1) / (it.kernel_h * it.kernel_w);
  Tensor images = torch::zeros({columns.size(0), channels, height, width}, torch::kFloat64);
  const Sizes s = sizes_of(images, it);
  const Tensor split = columns.to(torch::kFloat64).reshape({s.n, s.c, it.kernel_h, it.kernel_w, s.out_h, s.out_w});
  const auto in = split.accessor<double, 6>();
  auto out = images.accessor<double, 4>();
  walk(s, it, how, [&](auto n, auto c, auto i, auto j, auto p, auto q, auto row, auto column) {
    if (place(s, how, row, column) < 0) return;
    out[n][c][row][column] = (overwrites ? 0 : out[n][c][row][column]) + in[n][c][i][j][p][q];
  });
  return images.to(columns.scalar_type());
}

/// `start`: what the largest pixel so far is before there is one. `better(value, largest)`: the value wins.
inline MaxPoolResult max_pool(const Tensor& x, const Window& it,
                              double start = -std::numeric_limits<double>::infinity(),
                              const std::function<bool(double, double)>& better = std::greater<double>()) {
  require(2 * it.padding <= std::min(it.kernel_h, it.kernel_w), "max_pool: padding ", it.padding);
  const Sizes s = sizes_of(x, it);
  const Tensor images = x.to(torch::kFloat64).contiguous().flatten(2);
  const Tensor y = torch::full({s.n, s.c, s.out_h, s.out_w}, start, torch::kFloat64);
  const Tensor winner = torch::full(y.sizes(), -1, torch::kInt64);
  const auto in = images.accessor<double, 3>();
  auto largest = y.accessor<double, 4>();
  auto where = winner.accessor<int64_t, 4>();
  walk(s, it, {}, [&](auto n, auto c, auto, auto, auto p, auto q, auto row, auto column) {
    const int64_t at = place(s, {}, row, column);
    if (at < 0) return;
    if (where[n][c][p][q] < 0) where[n][c][p][q] = at;
    if (!better(in[n][c][at], largest[n][c][p][q])) return;
    largest[n][c][p][q] = in[n][c][at];
    where[n][c][p][q] = at;
  });
  return {y.to(x.scalar_type()), winner};
}

inline Tensor max_pool_backward(const Tensor& g, const Tensor& winner, int64_t height, int64_t width) {
  const Tensor of_x = torch::zeros({g.size(0), g.size(1), height, width}, g.options());
  for (int64_t n = 0; n < g.size(0); ++n)
    for (int64_t c = 0; c < g.size(1); ++c)
      for (int64_t p = 0; p < g.size(2); ++p)
        for (int64_t q = 0; q < g.size(3); ++q) {
          const auto at = winner[n][c][p][q].item<int64_t>();
          of_x[n][c][at / width][at % width] += g[n][c][p][q];
        }
  return of_x;
}

inline Tensor convolve(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t padding,
                       const How& how = {}) {
  require(x.size(1) == weight.size(1), "channels: ", x.size(1), " and ", weight.size(1));
  const Window it = {weight.size(2), weight.size(3), stride, padding};
  const Sizes s = sizes_of(x, it);
  const Tensor x64 = x.to(torch::kFloat64).contiguous().flatten(2), weight64 = weight.to(torch::kFloat64);
  Tensor y = bias.to(torch::kFloat64).reshape({1, -1, 1, 1}).repeat({s.n, 1, s.out_h, s.out_w});
  const auto in = x64.accessor<double, 3>();
  const auto w = weight64.accessor<double, 4>();
  auto out = y.accessor<double, 4>();
  walk(s, it, how, [&](auto n, auto c, auto i, auto j, auto p, auto q, auto row, auto column) {
    const int64_t at = place(s, how, row, column);
    for (int64_t o = 0; at >= 0 && o < weight.size(0); ++o) out[n][o][p][q] += w[o][c][i][j] * in[n][c][at];
  });
  return y.to(x.scalar_type());
}

/// `in_x`, `in_weight`: how the window walks on the way to each of them.
inline ConvGradients backward(const Tensor& x, const Tensor& weight, const Tensor& g, int64_t stride, int64_t padding,
                              const How& in_x = {}, const How& in_weight = {}) {
  const Window it = {weight.size(2), weight.size(3), stride, padding};
  const Sizes s = sizes_of(x, it);
  const Tensor x64 = x.to(torch::kFloat64), weight64 = weight.to(torch::kFloat64), g64 = g.to(torch::kFloat64);
  const Tensor of_x = torch::zeros(x.sizes(), torch::kFloat64), of_w = torch::zeros(weight.sizes(), torch::kFloat64);
  const auto in = x64.accessor<double, 4>(), w = weight64.accessor<double, 4>(), up = g64.accessor<double, 4>();
  auto gx = of_x.accessor<double, 4>(), gw = of_w.accessor<double, 4>();
  const int64_t kernels = weight.size(0);
  walk(s, it, in_x, [&](auto n, auto c, auto i, auto j, auto p, auto q, auto row, auto column) {
    const bool inside = place(s, in_x, row, column) >= 0;
    for (int64_t o = 0; inside && o < kernels; ++o) gx[n][c][row][column] += w[o][c][i][j] * up[n][o][p][q];
  });
  walk(s, it, in_weight, [&](auto n, auto c, auto i, auto j, auto p, auto q, auto row, auto column) {
    const bool inside = place(s, in_weight, row, column) >= 0;
    for (int64_t o = 0; inside && o < kernels; ++o) gw[o][c][i][j] += in[n][c][row][column] * up[n][o][p][q];
  });
  return {of_x.to(x.scalar_type()), of_w.to(x.scalar_type()), g.sum(at::IntArrayRef{0, 2, 3})};
}

}  // namespace glassbox::cnn::exercise::loops
