/// What you write in assignment 2: convolution, pooling and the folding of batch norm, forward and backward, without
/// autograd. The bodies are in solution.cpp; `cnn_check` says which of them are right.
/// N images of a batch, C channels, H rows and W columns of pixels; O channels, Ho rows and Wo columns come out. L is
/// the loss. Every function takes float32 and float64 (any strides), returns new tensors of the same type, and leaves
/// what it is given as it is.
#pragma once

#include <torch/types.h>

#include <cstdint>

#include "apps/cnn/exercise/not_written.h"

namespace glassbox::cnn::exercise {

using torch::Tensor;

/// A frame of kernel_h rows and kernel_w columns that walks over an image, in reading order: from left to right, then
/// down. Stride and padding are the same in both directions.
struct Window {
  int64_t kernel_h, kernel_w;
  int64_t stride = 1;   ///< pixels from one place to the next
  int64_t padding = 0;  ///< pixels put around the image on every side; zeros, except in max pooling
};

// ---- Task 1: convolution as it is defined ----

/// 1.1 At how many positions a kernel of `kernel` pixels fits in a row of `input` pixels with `padding` more at both
/// ends, if it moves on by `stride` pixels:
///   floor((input + 2 padding - kernel) / stride) + 1
/// Throws UserError if it fits nowhere, if input, kernel or stride is below 1, or padding below 0.
int64_t output_size(int64_t input, int64_t kernel, int64_t stride, int64_t padding);

/// 1.2 With plain loops over all seven indices:
///   y[n, o, p, q] = bias[o] + sum over c, i, j of weight[o, c, i, j] x[n, c, row, column]
///   row = p stride + i - padding,   column = q stride + j - padding
/// where a pixel outside the image is 0. (The kernel is not flipped: a cross-correlation, as everywhere in deep
/// learning.) x [N, C, H, W], weight [O, C, kernel_h, kernel_w], bias [O]. Returns [N, O, Ho, Wo]. Throws UserError if
/// x and weight differ in C, or as output_size does.
Tensor conv2d_direct(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t padding);

// ---- Task 2: convolution as a matrix product ----

/// 2.1 "Image to columns": what the window sees, one column a place.
///   columns[n, (c kernel_h + i) kernel_w + j, p Wo + q] = x[n, c, p stride + i - padding, q stride + j - padding]
/// where a pixel outside the image is 0. x [N, C, H, W]. Returns [N, C kernel_h kernel_w, Ho Wo].
/// Throws as output_size does.
Tensor im2col(const Tensor& x, const Window& window);

/// 2.2 The way back, im2col's transpose: every number of the columns is added to the pixel that it was taken from; what
/// was taken from the padding is dropped. columns [N, C kernel_h kernel_w, Ho Wo]. Returns [N, C, height, width].
Tensor col2im(const Tensor& columns, int64_t height, int64_t width, const Window& window);

/// 2.3 The same as conv2d_direct, by a product of matrices: weight as [O, C kernel_h kernel_w] times the columns. It
/// may take at most a quarter of conv2d_direct's instructions (cnn_check --budget).
Tensor conv2d_im2col(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t padding);

struct ConvGradients {
  Tensor x;       ///< dL/dx [N, C, H, W]
  Tensor weight;  ///< dL/dweight [O, C, kernel_h, kernel_w], summed over the batch
  Tensor bias;    ///< dL/dbias [O]
};
/// 2.4 From g = dL/dy [N, O, Ho, Wo] to the gradients of all that went in. Of the product y = weight columns, for each
/// image: dL/dweight = g columns', dL/dcolumns = weight' g; and col2im leads from columns to x.
ConvGradients conv2d_backward(const Tensor& x, const Tensor& weight, const Tensor& g, int64_t stride, int64_t padding);

// ---- Task 3: pooling, each channel for itself. y [N, C, Ho, Wo] ----

struct MaxPoolResult {
  Tensor y;       ///< [N, C, Ho, Wo], the largest pixel of each place
  Tensor winner;  ///< [N, C, Ho, Wo] int64: where it lies in its image x[n, c], as row W + column
};
/// 3.1 x [N, C, H, W]. Padding never wins: it counts for less than any pixel. Among equal pixels the first in reading
/// order wins. Throws UserError if the padding is more than half of kernel_h or kernel_w (a place could see no pixel at
/// all), or as output_size does.
MaxPoolResult max_pool_forward(const Tensor& x, const Window& window);

/// 3.2 dL/dx [N, C, height, width] from g = dL/dy: all of g goes to the winner, which may have won in several windows.
Tensor max_pool_backward(const Tensor& g, const Tensor& winner, int64_t height, int64_t width);

/// 3.3 The mean of what the window sees: its sum over kernel_h kernel_w, wherever it is. Padding counts, as zeros.
/// Throws UserError if the padding is more than half of kernel_h or kernel_w, or as output_size does.
Tensor avg_pool_forward(const Tensor& x, const Window& window);

/// 3.4 dL/dx [N, C, height, width] from g = dL/dy: every pixel of a window gets the same part of it.
Tensor avg_pool_backward(const Tensor& g, int64_t height, int64_t width, const Window& window);

// ---- Task 4: a batch norm that costs nothing ----

/// The numbers of a batch norm that follows a convolution, [O] each. In evaluation it gives of each channel o
///   scale (y - running_mean) / sqrt(running_var + epsilon) + shift
struct BatchNorm {
  Tensor scale, shift, running_mean, running_var;
  double epsilon = 1e-5;
};

struct ConvParameters {
  Tensor weight;  ///< [O, C, kernel_h, kernel_w]
  Tensor bias;    ///< [O]
};
/// 4.1 The weight and bias of the one convolution that gives what convolution and batch norm give one after the other.
ConvParameters fold_batch_norm(const Tensor& weight, const Tensor& bias, const BatchNorm& norm);

}  // namespace glassbox::cnn::exercise
