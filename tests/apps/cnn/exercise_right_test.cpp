/// Right solutions pass, however they are written: the linked one, one of loops over numbers, one of tensor algebra.
#include <torch/nn/functional/fold.h>
#include <torch/nn/functional/pooling.h>

#include "tests/apps/cnn/loops.h"
#include "tests/apps/cnn/mutants.h"

namespace glassbox::cnn::exercise {
namespace {

using T = const Tensor&;
using W = const Window&;
using I = int64_t;

void expect_all_pass(const Functions& functions) { expect_all_pass(all_checks(), functions); }

TEST(RightSolutions, TheLinkedOnePasses) { expect_all_pass({}); }

// ---- Loops ----

Tensor average_by_loops(T x, W it) {
  require(2 * it.padding <= std::min(it.kernel_h, it.kernel_w), "padding");
  const loops::Sizes s = loops::sizes_of(x, it);
  const Tensor y = torch::zeros({s.n, s.c, s.out_h, s.out_w}, x.options());
  loops::walk(s, it, {}, [&](auto n, auto c, auto, auto, auto p, auto q, auto row, auto column) {
    if (loops::place(s, {}, row, column) >= 0) y[n][c][p][q] += x[n][c][row][column] / (it.kernel_h * it.kernel_w);
  });
  return y;
}

Tensor average_gradient_by_loops(T g, I height, I width, W it) {
  const Tensor of_x = torch::zeros({g.size(0), g.size(1), height, width}, g.options());
  const loops::Sizes s = loops::sizes_of(of_x, it);
  loops::walk(s, it, {}, [&](auto n, auto c, auto, auto, auto p, auto q, auto row, auto column) {
    if (loops::place(s, {}, row, column) >= 0) of_x[n][c][row][column] += g[n][c][p][q] / (it.kernel_h * it.kernel_w);
  });
  return of_x;
}

TEST(RightSolutions, LoopsPass) {
  Functions f;
  f.output_size = [](I input, I kernel, I stride, I padding) {
    require(input > 0 && kernel > 0 && stride > 0 && padding >= 0, "no such window");
    I places = 0;
    for (I left = -padding; left + kernel <= input + padding; left += stride) ++places;
    require(places > 0, "fits nowhere");
    return places;
  };
  f.conv2d_direct = f.conv2d_im2col = [](T x, T w, T b, I s, I p) { return loops::convolve(x, w, b, s, p); };
  f.im2col = [](T x, W it) { return loops::im2col(x, it); };
  f.col2im = [](T columns, I h, I w, W it) { return loops::col2im(columns, h, w, it); };
  f.conv2d_backward = [](T x, T w, T g, I s, I p) { return loops::backward(x, w, g, s, p); };
  f.max_pool_forward = [](T x, W it) { return loops::max_pool(x, it); };
  f.max_pool_backward = loops::max_pool_backward;
  f.avg_pool_forward = average_by_loops;
  f.avg_pool_backward = average_gradient_by_loops;
  f.fold_batch_norm = [](T w, T b, const BatchNorm& n) {
    ConvParameters out = {w.clone(), b.clone()};
    for (I o = 0; o < w.size(0); ++o) {
      const Tensor factor = n.scale[o] / (n.running_var[o] + n.epsilon).sqrt();
      out.weight[o] *= factor;
      out.bias[o].copy_(factor * (b[o] - n.running_mean[o]) + n.shift[o]);
    }
    return out;
  };
  expect_all_pass(f);
}

// ---- Tensor algebra ----

/// Every patch as a view of the padded image, [N, C, Ho, Wo, kh, kw]: no number is copied.
Tensor patches(T x, W it, double around) {
  output_size(x.size(2), it.kernel_h, it.stride, it.padding);
  output_size(x.size(3), it.kernel_w, it.stride, it.padding);
  const Tensor framed = torch::constant_pad_nd(x, {it.padding, it.padding, it.padding, it.padding}, around);
  return framed.unfold(2, it.kernel_h, it.stride).unfold(3, it.kernel_w, it.stride);
}

Tensor convolve_by_einsum(T x, T w, T b, I s, I p) {
  require(x.size(1) == w.size(1), "channels");
  return torch::einsum("ncpqij,ocij->nopq", {patches(x, {w.size(2), w.size(3), s, p}, 0), w}) + b.view({1, -1, 1, 1});
}

/// dL/dx is a correlation of the spread out g with the kernel turned by half.
ConvGradients gradients_by_correlation(T x, T w, T g, I s, I p) {
  const I kh = w.size(2), kw = w.size(3), h = x.size(2) + 2 * p, width = x.size(3) + 2 * p;
  const Tensor spread = torch::zeros({g.size(0), g.size(1), h - kh + 1, width - kw + 1}, g.options());
  spread.slice(2, 0, spread.size(2), s).slice(3, 0, spread.size(3), s).copy_(g);
  const Tensor framed = torch::constant_pad_nd(spread, {kw - 1, kw - 1, kh - 1, kh - 1});
  const Tensor turned = w.flip({2, 3}).transpose(0, 1);
  const Tensor of_framed = convolve_by_einsum(framed, turned, torch::zeros({w.size(1)}, w.options()), 1, 0);
  return {of_framed.narrow(2, p, x.size(2)).narrow(3, p, x.size(3)).contiguous(),
          torch::einsum("nopq,ncpqij->ocij", {g, patches(x, {kh, kw, s, p}, 0)}), torch::einsum("nopq->o", {g})};
}

MaxPoolResult max_pool_by_argmax(T x, W it) {
  require(2 * it.padding <= std::min(it.kernel_h, it.kernel_w), "padding");
  const double infinity = std::numeric_limits<double>::infinity();
  const Tensor seen = patches(x, it, -infinity).flatten(4);  // [N, C, Ho, Wo, kh kw]
  const Tensor row = torch::arange(x.size(2), torch::kInt64).view({1, 1, -1, 1}).expand(x.sizes());
  const Tensor places = row * x.size(3) + torch::arange(x.size(3), torch::kInt64);
  const Tensor where = patches(places, it, -1).flatten(4);
  const Tensor y = seen.amax(-1, true);
  // The largest that is a pixel; of those the smallest place, which is the first in reading order.
  const Tensor wins = (seen == y) & (where >= 0);
  return {y.squeeze(-1), where.masked_fill(wins.logical_not(), x.size(2) * x.size(3)).amin(-1)};
}

TEST(RightSolutions, TensorAlgebraPasses) {
  Functions f;
  f.conv2d_direct = f.conv2d_im2col = convolve_by_einsum;
  f.im2col = [](T x, W it) {
    const Tensor seen = patches(x, it, 0);  // [N, C, Ho, Wo, kh, kw]
    return seen.permute({0, 1, 4, 5, 2, 3}).flatten(1, 3).flatten(2);
  };
  f.col2im = [](T columns, I h, I w, W it) {
    namespace F = torch::nn::functional;
    return F::fold(columns,
                   F::FoldFuncOptions({h, w}, {it.kernel_h, it.kernel_w}).padding(it.padding).stride(it.stride));
  };
  f.conv2d_backward = gradients_by_correlation;
  f.max_pool_forward = max_pool_by_argmax;
  f.max_pool_backward = [](T g, T winner, I h, I w) {
    const Tensor hot = winner.flatten(2).unsqueeze(-1) == torch::arange(h * w);  // [N, C, Ho Wo, H W]
    return torch::einsum("ncp,ncpx->ncx", {g.flatten(2), hot.to(g)}).view({g.size(0), g.size(1), h, w});
  };
  f.avg_pool_forward = [](T x, W it) {
    require(2 * it.padding <= std::min(it.kernel_h, it.kernel_w), "padding");
    return patches(x, it, 0).mean(at::IntArrayRef{4, 5});
  };
  f.avg_pool_backward = [](T g, I h, I w, W it) {
    const Tensor kernel = torch::full({g.size(1), 1, it.kernel_h, it.kernel_w}, 1.0, g.options());
    const Tensor small =
        torch::conv_transpose2d(g, kernel / (it.kernel_h * it.kernel_w), {}, it.stride, 0, 0, g.size(1));
    Tensor framed = torch::zeros({g.size(0), g.size(1), h + 2 * it.padding, w + 2 * it.padding}, g.options());
    framed.narrow(2, 0, small.size(2)).narrow(3, 0, small.size(3)).copy_(small);
    return framed.narrow(2, it.padding, h).narrow(3, it.padding, w).clone();
  };
  f.fold_batch_norm = [](T w, T b, const BatchNorm& n) {
    const Tensor root = torch::rsqrt(n.running_var + n.epsilon);
    return ConvParameters{torch::einsum("o,ocij->ocij", {n.scale * root, w}),
                          torch::addcmul(n.shift, b - n.running_mean, n.scale * root)};
  };
  expect_all_pass(f);
}

}  // namespace
}  // namespace glassbox::cnn::exercise
