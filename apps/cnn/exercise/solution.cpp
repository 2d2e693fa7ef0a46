/// Assignment 2: the functions of exercise.h. Formulas and shapes stand there.
/// A loop over numbers reads and writes them through an accessor: `auto in = x.accessor<double, 4>();` makes
/// in[n][c][i][j] the number itself. Tensor::to(torch::kFloat64) makes doubles of whatever comes in.
#include "apps/cnn/exercise/exercise.h"

#include <algorithm>

namespace glassbox::cnn::exercise {

// ---- Task 1: convolution as it is defined ----

int64_t output_size(int64_t input, int64_t kernel, int64_t stride, int64_t padding) {
  // BEGIN SOLUTION task 1.1
  require(input >= 1 && kernel >= 1 && stride >= 1 && padding >= 0, "output_size: want input, kernel and stride >= 1, ",
          "padding >= 0, got ", input, ", ", kernel, ", ", stride, " and ", padding);
  const int64_t room = input + 2 * padding - kernel;
  require(room >= 0, "output_size: want a kernel of at most ", input + 2 * padding, " pixels, got ", kernel);
  return room / stride + 1;
  // END SOLUTION
}

Tensor conv2d_direct(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t padding) {
  // BEGIN SOLUTION task 1.2
  require(x.size(1) == weight.size(1), "conv2d: want ", weight.size(1), " channels, got ", x.size(1));
  const int64_t height = x.size(2), width = x.size(3), kernel_h = weight.size(2), kernel_w = weight.size(3);
  const int64_t out_h = output_size(height, kernel_h, stride, padding);
  const int64_t out_w = output_size(width, kernel_w, stride, padding);

  const Tensor x64 = x.to(torch::kFloat64), weight64 = weight.to(torch::kFloat64), bias64 = bias.to(torch::kFloat64);
  const Tensor y = torch::empty({x.size(0), weight.size(0), out_h, out_w}, torch::kFloat64);
  const auto in = x64.accessor<double, 4>(), w = weight64.accessor<double, 4>();
  const auto b = bias64.accessor<double, 1>();
  auto out = y.accessor<double, 4>();
  const auto sum_at = [&](int64_t n, int64_t o, int64_t top, int64_t left) {
    double sum = b[o];
    for (int64_t c = 0; c < x.size(1); ++c) {
      for (int64_t i = 0; i < kernel_h; ++i) {
        for (int64_t j = 0; j < kernel_w; ++j) {
          const int64_t row = top + i, column = left + j;
          if (row < 0 || row >= height || column < 0 || column >= width) continue;  // padding is 0
          sum += w[o][c][i][j] * in[n][c][row][column];
        }
      }
    }
    return sum;
  };
  for (int64_t n = 0; n < y.size(0); ++n) {
    for (int64_t o = 0; o < y.size(1); ++o) {
      for (int64_t p = 0; p < out_h; ++p) {
        for (int64_t q = 0; q < out_w; ++q) out[n][o][p][q] = sum_at(n, o, p * stride - padding, q * stride - padding);
      }
    }
  }
  return y.to(x.scalar_type());
  // END SOLUTION
}

// ---- Task 2: convolution as a matrix product ----

Tensor im2col(const Tensor& x, const Window& window) {
  // BEGIN SOLUTION task 2.1
  const int64_t n = x.size(0), channels = x.size(1), stride = window.stride, padding = window.padding;
  const int64_t out_h = output_size(x.size(2), window.kernel_h, stride, padding);
  const int64_t out_w = output_size(x.size(3), window.kernel_w, stride, padding);
  const Tensor padded = torch::constant_pad_nd(x, {padding, padding, padding, padding});

  // Where the window walks, its pixel (i, j) sees an image of its own: every stride-th pixel from (i, j) on.
  const Tensor columns = torch::empty({n, channels, window.kernel_h, window.kernel_w, out_h, out_w}, x.options());
  for (int64_t i = 0; i < window.kernel_h; ++i) {
    for (int64_t j = 0; j < window.kernel_w; ++j) {
      const Tensor seen = padded.slice(2, i, i + (out_h - 1) * stride + 1, stride)
                              .slice(3, j, j + (out_w - 1) * stride + 1, stride);  // [N, C, Ho, Wo]
      columns.select(2, i).select(2, j).copy_(seen);
    }
  }
  return columns.view({n, channels * window.kernel_h * window.kernel_w, out_h * out_w});
  // END SOLUTION
}

Tensor col2im(const Tensor& columns, int64_t height, int64_t width, const Window& window) {
  // BEGIN SOLUTION task 2.2
  const int64_t n = columns.size(0), channels = columns.size(1) / (window.kernel_h * window.kernel_w);
  const int64_t stride = window.stride, padding = window.padding;
  const int64_t out_h = output_size(height, window.kernel_h, stride, padding);
  const int64_t out_w = output_size(width, window.kernel_w, stride, padding);
  const Tensor split = columns.reshape({n, channels, window.kernel_h, window.kernel_w, out_h, out_w});

  Tensor padded = torch::zeros({n, channels, height + 2 * padding, width + 2 * padding}, columns.options());
  for (int64_t i = 0; i < window.kernel_h; ++i) {
    for (int64_t j = 0; j < window.kernel_w; ++j) {
      padded.slice(2, i, i + (out_h - 1) * stride + 1, stride)
          .slice(3, j, j + (out_w - 1) * stride + 1, stride)
          .add_(split.select(2, i).select(2, j));  // windows overlap: what falls on one pixel adds up
    }
  }
  return padded.narrow(2, padding, height).narrow(3, padding, width).clone();
  // END SOLUTION
}

Tensor conv2d_im2col(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t padding) {
  // BEGIN SOLUTION task 2.3
  require(x.size(1) == weight.size(1), "conv2d: want ", weight.size(1), " channels, got ", x.size(1));
  const Window window = {weight.size(2), weight.size(3), stride, padding};
  const Tensor columns = im2col(x, window);                    // [N, C kh kw, Ho Wo]
  const Tensor y = torch::matmul(weight.flatten(1), columns);  // [N, O, Ho Wo]
  const int64_t out_h = output_size(x.size(2), window.kernel_h, stride, padding);
  return (y + bias.reshape({-1, 1})).view({x.size(0), weight.size(0), out_h, -1});
  // END SOLUTION
}

ConvGradients conv2d_backward(const Tensor& x, const Tensor& weight, const Tensor& g, int64_t stride, int64_t padding) {
  // BEGIN SOLUTION task 2.4
  const Window window = {weight.size(2), weight.size(3), stride, padding};
  const Tensor columns = im2col(x, window);                              // [N, C kh kw, Ho Wo]
  const Tensor of_y = g.flatten(2);                                      // [N, O, Ho Wo]
  const Tensor of_columns = torch::matmul(weight.flatten(1).t(), of_y);  // [N, C kh kw, Ho Wo]

  ConvGradients gradients;
  gradients.x = col2im(of_columns, x.size(2), x.size(3), window);
  gradients.weight = torch::matmul(of_y, columns.transpose(1, 2)).sum(/*dim=*/0).view(weight.sizes());
  gradients.bias = g.sum(at::IntArrayRef{0, 2, 3});  // the bias takes part at every place of every image
  return gradients;
  // END SOLUTION
}

// ---- Task 3: pooling ----

MaxPoolResult max_pool_forward(const Tensor& x, const Window& window) {
  // BEGIN SOLUTION task 3.1
  require(2 * window.padding <= window.kernel_h && 2 * window.padding <= window.kernel_w,
          "max_pool: want a padding of at most half the kernel, got ", window.padding);
  const int64_t n = x.size(0), channels = x.size(1), height = x.size(2), width = x.size(3), padding = window.padding;
  const int64_t out_h = output_size(height, window.kernel_h, window.stride, padding);
  const int64_t out_w = output_size(width, window.kernel_w, window.stride, padding);
  const MaxPoolResult result = {torch::empty({n, channels, out_h, out_w}, x.options()),
                                torch::empty({n, channels, out_h, out_w}, torch::kInt64)};

  const Tensor x64 = x.to(torch::kFloat64);
  const auto in = x64.accessor<double, 4>();
  auto winner = result.winner.accessor<int64_t, 4>();
  const auto winner_at = [&](int64_t image, int64_t c, int64_t top, int64_t left) {
    int64_t best_row = std::max<int64_t>(top, 0), best_column = std::max<int64_t>(left, 0);
    for (int64_t row = best_row; row < std::min(top + window.kernel_h, height); ++row) {
      for (int64_t column = std::max<int64_t>(left, 0); column < std::min(left + window.kernel_w, width); ++column) {
        if (in[image][c][row][column] <= in[image][c][best_row][best_column]) continue;
        best_row = row;
        best_column = column;
      }
    }
    return best_row * width + best_column;
  };
  for (int64_t image = 0; image < n; ++image) {
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t p = 0; p < out_h; ++p) {
        for (int64_t q = 0; q < out_w; ++q)
          winner[image][c][p][q] = winner_at(image, c, p * window.stride - padding, q * window.stride - padding);
      }
    }
  }
  return {x.flatten(2).gather(/*dim=*/2, result.winner.flatten(2)).view(result.winner.sizes()), result.winner};
  // END SOLUTION
}

Tensor max_pool_backward(const Tensor& g, const Tensor& winner, int64_t height, int64_t width) {
  // BEGIN SOLUTION task 3.2
  Tensor of_x = torch::zeros({g.size(0), g.size(1), height * width}, g.options());
  of_x.scatter_add_(/*dim=*/2, winner.flatten(2), g.flatten(2));
  return of_x.view({g.size(0), g.size(1), height, width});
  // END SOLUTION
}

Tensor avg_pool_forward(const Tensor& x, const Window& window) {
  // BEGIN SOLUTION task 3.3
  require(2 * window.padding <= window.kernel_h && 2 * window.padding <= window.kernel_w,
          "avg_pool: want a padding of at most half the kernel, got ", window.padding);
  const int64_t n = x.size(0), channels = x.size(1);
  const Tensor columns = im2col(x, window).view({n, channels, window.kernel_h * window.kernel_w, -1});
  return columns.mean(/*dim=*/2).view(
      {n, channels, output_size(x.size(2), window.kernel_h, window.stride, window.padding), -1});
  // END SOLUTION
}

Tensor avg_pool_backward(const Tensor& g, int64_t height, int64_t width, const Window& window) {
  // BEGIN SOLUTION task 3.4
  const int64_t n = g.size(0), channels = g.size(1), pixels = window.kernel_h * window.kernel_w;
  const Tensor each = (g / double(pixels)).reshape({n, channels, 1, -1});  // the same for every pixel of the window
  return col2im(each.expand({n, channels, pixels, -1}).reshape({n, channels * pixels, -1}), height, width, window);
  // END SOLUTION
}

// ---- Task 4: a batch norm that costs nothing ----

ConvParameters fold_batch_norm(const Tensor& weight, const Tensor& bias, const BatchNorm& norm) {
  // BEGIN SOLUTION task 4.1
  const Tensor factor = norm.scale / (norm.running_var + norm.epsilon).sqrt();  // [O]
  return {weight * factor.reshape({-1, 1, 1, 1}), (bias - norm.running_mean) * factor + norm.shift};
  // END SOLUTION
}

}  // namespace glassbox::cnn::exercise
