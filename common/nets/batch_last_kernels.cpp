#include "common/nets/batch_last_kernels.h"

#include <algorithm>
#include <cstring>

#include "common/base/vector_width.h"

namespace glassbox::batch_last_kernels {
namespace {

/// 16 floats that are added and multiplied together; GCC and Clang turn it into the processor's own registers.
typedef float Vector __attribute__((vector_size(kLanes * sizeof(float)), aligned(sizeof(float))));

#define GLASSBOX_INLINE __attribute__((always_inline)) inline

GLASSBOX_INLINE const Vector& at(const float* from) { return *reinterpret_cast<const Vector*>(from); }
GLASSBOX_INLINE Vector& at(float* to) { return *reinterpret_cast<Vector*>(to); }

/// `Outputs` channels times `Vectors` x 16 samples of one place stay in registers while the sum over C, K, L is taken.
template <int Outputs, int Vectors>
GLASSBOX_INLINE void conv_tile(const ConvSizes& s, const float* x, const float* w, const float* bias, float* y,
                               int64_t y_stride) {
  Vector sum[Outputs][Vectors];
  for (int o = 0; o < Outputs; ++o) {
    for (int v = 0; v < Vectors; ++v) sum[o][v] = Vector{} + bias[o];
  }
  for (int64_t c = 0; c < s.channels; ++c) {
    for (int64_t k = 0; k < s.kernel_h; ++k) {
      const float* row = x + (c * s.height + k) * s.width * s.n;
      for (int64_t l = 0; l < s.kernel_w; ++l, row += s.n, w += s.outputs) {
        for (int v = 0; v < Vectors; ++v) {
          const Vector in = at(row + v * kLanes);
          for (int o = 0; o < Outputs; ++o) sum[o][v] += w[o] * in;
        }
      }
    }
  }
  for (int o = 0; o < Outputs; ++o) {
    for (int v = 0; v < Vectors; ++v) at(y + o * y_stride + v * kLanes) = sum[o][v];
  }
}

/// All output channels of one place, for `Vectors` x 16 samples.
template <int Vectors>
GLASSBOX_INLINE void conv_place(const ConvSizes& s, const float* x, const float* w, const float* bias, float* y) {
  const int64_t stride = s.out_h() * s.out_w() * s.n;
  int64_t o = 0;
  for (; o + 6 <= s.outputs; o += 6) conv_tile<6, Vectors>(s, x, w + o, bias + o, y + o * stride, stride);
  for (; o + 4 <= s.outputs; o += 4) conv_tile<4, Vectors>(s, x, w + o, bias + o, y + o * stride, stride);
  for (; o + 2 <= s.outputs; o += 2) conv_tile<2, Vectors>(s, x, w + o, bias + o, y + o * stride, stride);
  for (; o < s.outputs; ++o) conv_tile<1, Vectors>(s, x, w + o, bias + o, y + o * stride, stride);
}

/// `Outputs` channels times `Columns` places of the kernel's row: their products are summed in registers.
template <int Outputs, int Columns>
GLASSBOX_INLINE void weight_tile(const ConvSizes& s, const float* x, const float* g, float* gw) {
  const int64_t plane = s.out_h() * s.out_w() * s.n;
  Vector sum[Outputs][Columns];
  for (auto& own : sum) {
    for (Vector& number : own) number = Vector{};
  }
  for (int64_t row = 0; row < s.out_h(); ++row) {
    const float* in = x + row * s.width * s.n;
    const float* out = g + row * s.out_w() * s.n;
    for (int64_t i = 0; i < s.out_w() * s.n; i += kLanes) {
      Vector gradient[Outputs];
      for (int o = 0; o < Outputs; ++o) gradient[o] = at(out + o * plane + i);
      for (int l = 0; l < Columns; ++l) {
        const Vector seen = at(in + l * s.n + i);
        for (int o = 0; o < Outputs; ++o) sum[o][l] += gradient[o] * seen;
      }
    }
  }
  for (int o = 0; o < Outputs; ++o) {
    for (int l = 0; l < Columns; ++l) {
      float total = 0;
      for (int lane = 0; lane < kLanes; ++lane) total += sum[o][l][lane];
      gw[o * s.channels * s.kernel_h * s.kernel_w + l] = total;
    }
  }
}

template <int Outputs>
GLASSBOX_INLINE void weight_row(const ConvSizes& s, const float* x, const float* g, float* gw) {
  int64_t l = 0;
  for (; l + 5 <= s.kernel_w; l += 5) weight_tile<Outputs, 5>(s, x + l * s.n, g, gw + l);
  for (; l + 3 <= s.kernel_w; l += 3) weight_tile<Outputs, 3>(s, x + l * s.n, g, gw + l);
  for (; l < s.kernel_w; ++l) weight_tile<Outputs, 1>(s, x + l * s.n, g, gw + l);
}

}  // namespace

GLASSBOX_EACH_VECTOR_WIDTH
void conv_rows(const ConvSizes& s, const float* x, const float* w, const float* bias, float* y, int64_t row_begin,
               int64_t row_end) {
  constexpr int64_t kWide = 4 * kLanes;
  for (int64_t row = row_begin; row < row_end; ++row) {
    for (int64_t column = 0; column < s.out_w(); ++column) {
      const float* from = x + (row * s.width + column) * s.n;
      float* to = y + (row * s.out_w() + column) * s.n;
      int64_t i = 0;
      for (; i + kWide <= s.n; i += kWide) conv_place<4>(s, from + i, w, bias, to + i);
      for (; i < s.n; i += kLanes) conv_place<1>(s, from + i, w, bias, to + i);
    }
  }
}

GLASSBOX_EACH_VECTOR_WIDTH
void conv_weight_gradient(const ConvSizes& s, const float* x, const float* g, float* gw, int64_t c, int64_t k) {
  const int64_t plane = s.out_h() * s.out_w() * s.n, kernel = s.channels * s.kernel_h * s.kernel_w;
  const float* from = x + (c * s.height + k) * s.width * s.n;
  float* to = gw + (c * s.kernel_h + k) * s.kernel_w;
  int64_t o = 0;
  for (; o + 4 <= s.outputs; o += 4) weight_row<4>(s, from, g + o * plane, to + o * kernel);
  for (; o + 2 <= s.outputs; o += 2) weight_row<2>(s, from, g + o * plane, to + o * kernel);
  for (; o < s.outputs; ++o) weight_row<1>(s, from, g + o * plane, to + o * kernel);
}

GLASSBOX_EACH_VECTOR_WIDTH
void max_pool_2x2(const float* x, float* y, int64_t planes, int64_t height, int64_t width, int64_t n) {
  for (int64_t plane = 0; plane < planes; ++plane, x += height * width * n) {
    for (int64_t row = 0; row + 1 < height; row += 2) {
      for (int64_t column = 0; column + 1 < width; column += 2) {
        const float* in = x + (row * width + column) * n;
        const int64_t below = width * n;
        for (int64_t i = 0; i < n; ++i, ++y) {
          *y = std::max(std::max(in[i], in[n + i]), std::max(in[below + i], in[below + n + i]));
        }
      }
    }
  }
}

GLASSBOX_EACH_VECTOR_WIDTH
void max_pool_2x2_backward(const float* x, const float* y, const float* g, float* gx, int64_t planes, int64_t height,
                           int64_t width, int64_t n) {
  if (height % 2 != 0 || width % 2 != 0) std::memset(gx, 0, size_t(planes * height * width * n) * sizeof(float));
  for (int64_t plane = 0; plane < planes; ++plane, x += height * width * n, gx += height * width * n) {
    for (int64_t row = 0; row + 1 < height; row += 2) {
      for (int64_t column = 0; column + 1 < width; column += 2, y += n, g += n) {
        const int64_t first = (row * width + column) * n, below = width * n;
        for (int64_t i = 0; i < n; i += kLanes) {
          const Vector top = at(y + i);
          Vector left = at(g + i);  // what no number has taken yet
          for (const int64_t place : {first, first + n, first + below, first + below + n}) {
            const Vector own = at(x + place + i) == top ? left : Vector{};
            at(gx + place + i) = own;
            left -= own;
          }
        }
      }
    }
  }
}

}  // namespace glassbox::batch_last_kernels
