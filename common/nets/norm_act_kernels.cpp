#include "common/nets/norm_act_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "common/base/vector_width.h"

namespace glassbox::norm_act_kernels {
namespace {

#define GLASSBOX_INLINE __attribute__((always_inline)) inline

constexpr int64_t kBlock = 256;  // rows whose sums are taken in float before they are added up in double

GLASSBOX_INLINE float load(float number) { return number; }
GLASSBOX_INLINE float load(Bf16 number) {
  const uint32_t bits = uint32_t(number.bits) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

GLASSBOX_INLINE void store(float value, float& to) { to = value; }
GLASSBOX_INLINE void store(float value, Bf16& to) {  // to the nearest, of two equally near to the even one
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  to.bits = uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/// first[c] += f.first and second[c] += f.second over the rows, f being called with (row's first number, c).
template <typename Terms>
GLASSBOX_INLINE void add_two_sums(int64_t rows, int64_t channels, double* first, double* second, const Terms& terms) {
  std::vector<float> block(size_t(2 * channels));
  float* __restrict s = block.data();
  float* __restrict t = s + channels;
  for (int64_t begin = 0; begin < rows; begin += kBlock) {
    std::fill(block.begin(), block.end(), 0.0f);
    for (int64_t row = begin; row < std::min(rows, begin + kBlock); ++row) terms(row * channels, s, t);
    for (int64_t c = 0; c < channels; ++c) {
      first[c] += double(s[c]);
      second[c] += double(t[c]);
    }
  }
}

template <typename Number>
GLASSBOX_INLINE void add_moments_of(const Number* x, const float* __restrict origin, int64_t rows, int64_t channels,
                                    double* sum, double* square) {
  add_two_sums(rows, channels, sum, square, [=](int64_t at, float* __restrict s, float* __restrict q) {
    const Number* __restrict in = x + at;
    for (int64_t c = 0; c < channels; ++c) {
      const float d = load(in[c]) - origin[c];
      s[c] += d;
      q[c] += d * d;
    }
  });
}

template <typename Number>
GLASSBOX_INLINE void normalise_all(const Number* x, const float* __restrict scale, const float* __restrict shift,
                                   const Number* added, bool relu, int64_t rows, int64_t channels, Number* y) {
  const float lowest = relu ? 0.0f : -3.402823466e38f;
  for (int64_t at = 0; at < rows * channels; at += channels) {
    const Number* __restrict in = x + at;
    Number* __restrict out = y + at;
    if (added != nullptr) {
      const Number* __restrict more = added + at;
      for (int64_t c = 0; c < channels; ++c)
        store(std::max(scale[c] * load(in[c]) + shift[c] + load(more[c]), lowest), out[c]);
    } else {
      for (int64_t c = 0; c < channels; ++c) store(std::max(scale[c] * load(in[c]) + shift[c], lowest), out[c]);
    }
  }
}

template <typename Number>
GLASSBOX_INLINE void add_gradient_moments_of(const Number* x, const Number* y, const Number* g,
                                             const float* __restrict mean, int64_t rows, int64_t channels, double* sum,
                                             double* product) {
  const bool all = y == nullptr;
  const float cut = all ? -INFINITY : 0.0f;  // without a condition in the loop it is done in vectors
  add_two_sums(rows, channels, sum, product, [=](int64_t at, float* __restrict s, float* __restrict p) {
    const Number* __restrict in = x + at;
    const Number* __restrict back = g + at;
    const Number* __restrict out = all ? back : y + at;
    for (int64_t c = 0; c < channels; ++c) {
      const float h = load(out[c]) <= cut ? 0.0f : load(back[c]);
      s[c] += h;
      p[c] += h * (load(in[c]) - mean[c]);
    }
  });
}

template <typename Number>
GLASSBOX_INLINE void backward_all(const Number* x, const Number* y, const Number* g, const float* __restrict mean,
                                  const float* __restrict a, const float* __restrict b, const float* __restrict d,
                                  int64_t rows, int64_t channels, Number* gx, Number* added_gradient) {
  const bool all = y == nullptr;
  const float cut = all ? -INFINITY : 0.0f;  // without a condition in the loop it is done in vectors
  for (int64_t at = 0; at < rows * channels; at += channels) {
    const Number* __restrict in = x + at;
    const Number* __restrict back = g + at;
    const Number* __restrict out = all ? back : y + at;
    Number* __restrict to = gx + at;
    for (int64_t c = 0; c < channels; ++c) {
      const float h = load(out[c]) <= cut ? 0.0f : load(back[c]);
      store(a[c] * h + b[c] * (load(in[c]) - mean[c]) + d[c], to[c]);
    }
    if (added_gradient == nullptr) continue;
    Number* __restrict more = added_gradient + at;
    for (int64_t c = 0; c < channels; ++c) store(load(out[c]) <= cut ? 0.0f : load(back[c]), more[c]);
  }
}

}  // namespace

// target_clones takes no templates: each function is written out for both types of numbers.
#define GLASSBOX_FOR_NUMBER(Number)                                                                                    \
  template <>                                                                                                          \
  GLASSBOX_EACH_VECTOR_WIDTH void add_moments(const Number* x, const float* origin, int64_t rows, int64_t channels,    \
                                              double* sum, double* square) {                                           \
    add_moments_of(x, origin, rows, channels, sum, square);                                                            \
  }                                                                                                                    \
  template <>                                                                                                          \
  GLASSBOX_EACH_VECTOR_WIDTH void normalise(const Number* x, const float* scale, const float* shift,                   \
                                            const Number* added, bool relu, int64_t rows, int64_t channels,            \
                                            Number* y) {                                                               \
    normalise_all(x, scale, shift, added, relu, rows, channels, y);                                                    \
  }                                                                                                                    \
  template <>                                                                                                          \
  GLASSBOX_EACH_VECTOR_WIDTH void add_gradient_moments(const Number* x, const Number* y, const Number* g,              \
                                                       const float* mean, int64_t rows, int64_t channels, double* sum, \
                                                       double* product) {                                              \
    add_gradient_moments_of(x, y, g, mean, rows, channels, sum, product);                                              \
  }                                                                                                                    \
  template <>                                                                                                          \
  GLASSBOX_EACH_VECTOR_WIDTH void backward(const Number* x, const Number* y, const Number* g, const float* mean,       \
                                           const float* a, const float* b, const float* d, int64_t rows,               \
                                           int64_t channels, Number* gx, Number* added_gradient) {                     \
    backward_all(x, y, g, mean, a, b, d, rows, channels, gx, added_gradient);                                          \
  }
GLASSBOX_FOR_NUMBER(float)
GLASSBOX_FOR_NUMBER(Bf16)
#undef GLASSBOX_FOR_NUMBER

}  // namespace glassbox::norm_act_kernels
