/// Convolution and pooling over tensors whose fastest dimension is the batch: every sample does the same arithmetic, so
/// that one vector instruction serves 16 samples, however few channels there are. Raw memory, no LibTorch.
/// Memory order [C][H][W][N], N a multiple of 16. O output channels, K x L the kernel.
#pragma once

#include <cstdint>

namespace glassbox::batch_last_kernels {

/// The multiple that N must have: the lanes of the widest vector of floats.
constexpr int64_t kLanes = 16;

struct ConvSizes {
  int64_t n, channels, height, width;   ///< of the input, padding included
  int64_t outputs, kernel_h, kernel_w;  ///< stride 1
  int64_t out_h() const { return height - kernel_h + 1; }
  int64_t out_w() const { return width - kernel_w + 1; }
};

/// y[o] = bias[o] + the correlation of x with w[..][o], for output rows from `row_begin` to `row_end`.
/// w: [C][K][L][O]. bias: [O].
void conv_rows(const ConvSizes& sizes, const float* x, const float* w, const float* bias, float* y, int64_t row_begin,
               int64_t row_end);

/// gw[o][c][k][l] = the sum over samples and places of g[o] x[c] shifted by (k, l): one row k of one channel c.
/// g: [O][H - K + 1][W - L + 1][N]. gw: [O][C][K][L].
void conv_weight_gradient(const ConvSizes& sizes, const float* x, const float* g, float* gw, int64_t c, int64_t k);

/// The largest of each 2x2 window, and where its gradient goes: to the first of equals in reading order.
/// x: [planes][H][W][N]; y, g: [planes][H/2][W/2][N]; gx like x, every number is written.
void max_pool_2x2(const float* x, float* y, int64_t planes, int64_t height, int64_t width, int64_t n);
void max_pool_2x2_backward(const float* x, const float* y, const float* g, float* gx, int64_t planes, int64_t height,
                           int64_t width, int64_t n);

}  // namespace glassbox::batch_last_kernels
