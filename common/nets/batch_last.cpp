#include "common/nets/batch_last.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include "common/nets/batch_last_kernels.h"

namespace glassbox {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/// [N, C, H, W], not yet filled, in memory as [C][H][W][N].
Tensor empty_batch_last(int64_t n, int64_t c, int64_t h, int64_t w) {
  return torch::empty_strided({n, c, h, w}, {1, h * w * n, w * n, n});
}

Tensor pad_zeros(const Tensor& x, int64_t top, int64_t left) {
  if (top == 0 && left == 0) return batch_last(x);
  const int64_t h = x.size(2), w = x.size(3);
  const Tensor padded = torch::zeros({x.size(1), h + 2 * top, w + 2 * left, x.size(0)}).permute({3, 0, 1, 2});
  padded.slice(2, top, top + h).slice(3, left, left + w).copy_(x);
  return padded;
}

batch_last_kernels::ConvSizes sizes_of(const Tensor& padded, const Tensor& weight) {
  return {padded.size(0), padded.size(1), padded.size(2), padded.size(3),
          weight.size(0), weight.size(2), weight.size(3)};
}

/// padded: batch last. weight [O, C, K, L]. Returns [N, O, H - K + 1, W - L + 1].
Tensor correlate(const Tensor& padded, const Tensor& weight, const Tensor& bias) {
  const auto sizes = sizes_of(padded, weight);
  const Tensor w = weight.permute({1, 2, 3, 0}).contiguous();  // [C, K, L, O]: the outputs of a place lie together
  const Tensor b = bias.defined() ? bias.contiguous() : torch::zeros({weight.size(0)});
  const Tensor y = empty_batch_last(sizes.n, sizes.outputs, sizes.out_h(), sizes.out_w());
  at::parallel_for(0, sizes.out_h(), 1, [&](int64_t begin, int64_t end) {
    batch_last_kernels::conv_rows(sizes, padded.data_ptr<float>(), w.data_ptr<float>(), b.data_ptr<float>(),
                                  y.data_ptr<float>(), begin, end);
  });
  return y;
}

Tensor weight_gradient(const Tensor& padded, const Tensor& weight, const Tensor& g) {
  const auto sizes = sizes_of(padded, weight);
  const Tensor gw = torch::empty(weight.sizes());
  at::parallel_for(0, sizes.channels * sizes.kernel_h, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      batch_last_kernels::conv_weight_gradient(sizes, padded.data_ptr<float>(), g.data_ptr<float>(),
                                               gw.data_ptr<float>(), i / sizes.kernel_h, i % sizes.kernel_h);
    }
  });
  return gw;
}

struct Convolution : Function<Convolution> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        const c10::optional<Tensor>& bias, int64_t padding) {
    const Tensor padded = pad_zeros(x, padding, padding);
    context->save_for_backward({padded, weight});
    context->saved_data["padding"] = padding;
    context->saved_data["x_learns"] = x.requires_grad();
    context->saved_data["has_bias"] = bias.has_value();
    return correlate(padded, weight, bias.value_or(Tensor()));
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &padded = saved[0], &weight = saved[1];
    const Tensor g = batch_last(gradients[0]);
    Tensor gx;
    if (context->saved_data["x_learns"].toBool()) {
      // The full correlation with the flipped kernel, inputs and outputs exchanged; what lies in the padding is cut
      // off.
      const int64_t cut = context->saved_data["padding"].toInt();
      const Tensor flipped = weight.flip({2, 3}).transpose(0, 1);
      gx = correlate(pad_zeros(g, weight.size(2) - 1 - cut, weight.size(3) - 1 - cut), flipped, {});
    }
    const Tensor gb = context->saved_data["has_bias"].toBool() ? g.sum({0, 2, 3}) : Tensor();
    return {gx, weight_gradient(padded, weight, g), gb, Tensor()};
  }
};

struct MaxPool : Function<MaxPool> {
  static Tensor forward(AutogradContext* context, const Tensor& input) {
    const Tensor x = batch_last(input);
    const int64_t n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
    const Tensor y = empty_batch_last(n, c, h / 2, w / 2);
    at::parallel_for(0, c, 1, [&](int64_t begin, int64_t end) {
      batch_last_kernels::max_pool_2x2(x.data_ptr<float>() + begin * h * w * n,
                                       y.data_ptr<float>() + begin * (h / 2) * (w / 2) * n, end - begin, h, w, n);
    });
    context->save_for_backward({x, y});
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &y = saved[1];
    const Tensor g = batch_last(gradients[0]);
    const int64_t n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3), small = (h / 2) * (w / 2) * n;
    const Tensor gx = empty_batch_last(n, c, h, w);
    at::parallel_for(0, c, 1, [&](int64_t begin, int64_t end) {
      batch_last_kernels::max_pool_2x2_backward(
          x.data_ptr<float>() + begin * h * w * n, y.data_ptr<float>() + begin * small,
          g.data_ptr<float>() + begin * small, gx.data_ptr<float>() + begin * h * w * n, end - begin, h, w, n);
    });
    return {gx};
  }
};

}  // namespace

bool fits_batch_last(const Tensor& x) {
  return x.dim() == 4 && x.is_cpu() && x.scalar_type() == torch::kFloat32 &&
         x.size(0) % batch_last_kernels::kLanes == 0 && x.size(0) > 0;
}

bool is_batch_last(const Tensor& x) { return fits_batch_last(x) && x.permute({1, 2, 3, 0}).is_contiguous(); }

Tensor batch_last(const Tensor& x) { return x.permute({1, 2, 3, 0}).contiguous().permute({3, 0, 1, 2}); }

Tensor conv2d_batch_last(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t padding) {
  TORCH_CHECK(fits_batch_last(x), "conv2d_batch_last: want float32 [16 k, C, H, W] on the CPU, got ", x.sizes());
  TORCH_CHECK(weight.dim() == 4 && weight.size(1) == x.size(1) && (!bias.defined() || bias.numel() == weight.size(0)),
              "conv2d_batch_last: weight ", weight.sizes(), " or bias do not fit to ", x.sizes());
  TORCH_CHECK(padding < weight.size(2) && padding < weight.size(3), "conv2d_batch_last: want less padding than kernel");
  return Convolution::apply(x, weight, bias.defined() ? c10::optional<Tensor>(bias) : c10::nullopt, padding);
}

Tensor max_pool_batch_last(const Tensor& x) {
  TORCH_CHECK(fits_batch_last(x), "max_pool_batch_last: want float32 [16 k, C, H, W] on the CPU, got ", x.sizes());
  return MaxPool::apply(x);
}

}  // namespace glassbox
