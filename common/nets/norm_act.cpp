#include "common/nets/norm_act.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/nn/functional/batchnorm.h>

#include <algorithm>
#include <vector>

#include "common/base/error.h"
#include "common/nets/norm_act_kernels.h"

namespace glassbox {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

constexpr int64_t kParts =
    64;  // sums are taken in so many parts, whatever the threads, so that the bits do not depend on them

Tensor channels_last(const Tensor& x) {
  return x.dim() == 4 ? x.contiguous(at::MemoryFormat::ChannelsLast) : x.contiguous();
}

int64_t rows_of(const Tensor& x) { return x.numel() / x.size(1); }

/// The memory of x, a null pointer if it is undefined. Number: float or Bf16.
template <typename Number>
Number* memory_of(const Tensor& x) {
  return x.defined() ? static_cast<Number*>(x.data_ptr()) : nullptr;
}

/// function(first row, rows) over all rows, in parallel.
template <typename Function>
void over_rows(int64_t rows, const Function& function) {
  at::parallel_for(0, rows, 256, [&](int64_t begin, int64_t end) { function(begin, end - begin); });
}

/// Two sums a channel: function(first row, rows, sum, other) adds to them. Returns float64 [2, C].
template <typename Function>
Tensor two_sums(int64_t rows, int64_t channels, const Function& function) {
  const int64_t part = std::max<int64_t>(256, (rows + kParts - 1) / kParts), parts = (rows + part - 1) / part;
  const Tensor sums = torch::zeros({parts, 2, channels}, torch::kFloat64);
  at::parallel_for(0, parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      double* own = sums.data_ptr<double>() + i * 2 * channels;
      function(i * part, std::min(part, rows - i * part), own, own + channels);
    }
  });
  return sums.sum(0);
}

struct Moments {
  Tensor mean, inverse_std;  // float32 [C], of the batch
};

/// Mean and 1 / standard deviation of the batch; the layer's running figures move.
template <typename Number>
Moments measure(const Tensor& x, torch::nn::BatchNorm2dImpl& norm) {
  const int64_t rows = rows_of(x), channels = x.size(1);
  const Number* in = memory_of<Number>(x);
  const Tensor first_row = x.dim() == 4 ? x.select(0, 0).select(1, 0).select(1, 0) : x.select(0, 0);
  const Tensor origin = first_row.to(torch::kFloat32).contiguous();  // near the mean, if the spread is not far smaller
  const Tensor sums = two_sums(rows, channels, [&](int64_t first, int64_t count, double* sum, double* square) {
    norm_act_kernels::add_moments(in + first * channels, origin.data_ptr<float>(), count, channels, sum, square);
  });
  const Tensor shift = sums[0] / double(rows);                               // mean - origin
  const Tensor var = (sums[1] / double(rows) - shift * shift).clamp_min(0);  // of the batch, divided by N
  const Tensor mean = origin + shift;
  const double momentum = norm.options.momentum().value();
  norm.running_mean.mul_(1 - momentum).add_(mean, momentum);
  norm.running_var.mul_(1 - momentum).add_(var * (double(rows) / double(rows - 1)), momentum);
  norm.num_batches_tracked += 1;
  return {mean.to(torch::kFloat32), (var + norm.options.eps()).rsqrt().to(torch::kFloat32)};
}

/// y = relu(scale x + shift + added).
template <typename Number>
Tensor apply(const Tensor& x, const Tensor& scale, const Tensor& shift, const Tensor& added, bool relu) {
  const Tensor y = torch::empty_like(x);
  const int64_t channels = x.size(1);
  over_rows(rows_of(x), [&](int64_t first, int64_t rows) {
    const int64_t at = first * channels;
    const Number* more = added.defined() ? memory_of<Number>(added) + at : nullptr;
    norm_act_kernels::normalise(memory_of<Number>(x) + at, scale.data_ptr<float>(), shift.data_ptr<float>(), more, relu,
                                rows, channels, memory_of<Number>(y) + at);
  });
  return y;
}

template <typename Number>
struct NormAct : Function<NormAct<Number>> {
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& gamma, const Tensor& beta,
                        const c10::optional<Tensor>& shortcut, torch::nn::BatchNorm2dImpl* norm, bool relu) {
    const Tensor x = channels_last(input);
    const Tensor added = shortcut ? channels_last(*shortcut) : Tensor();
    const auto [mean, inverse_std] = measure<Number>(x, *norm);
    const Tensor scale = gamma * inverse_std;
    const Tensor y = apply<Number>(x, scale, beta - mean * scale, added, relu);
    context->save_for_backward({x, relu ? y : Tensor(), gamma, mean, inverse_std});
    context->saved_data["has_added"] = added.defined();
    return y;
  }

  // With h = g where y > 0, x_hat = (x - mean) / std and M rows:
  //   dL/dbeta = sum h,   dL/dgamma = sum h x_hat,   dL/dx = gamma / std (h - mean(h) - x_hat mean(h x_hat))
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &y = saved[1], &gamma = saved[2], &mean = saved[3], &inverse_std = saved[4];
    const Tensor g = channels_last(gradients[0]);
    const int64_t rows = rows_of(x), channels = x.size(1);
    const Number *in = memory_of<Number>(x), *out = memory_of<Number>(y), *back = memory_of<Number>(g);
    const auto from = [&](const Number* memory, int64_t row) { return memory ? memory + row * channels : nullptr; };
    const Tensor sums = two_sums(rows, channels, [&](int64_t first, int64_t count, double* sum, double* product) {
      norm_act_kernels::add_gradient_moments(from(in, first), from(out, first), from(back, first),
                                             mean.data_ptr<float>(), count, channels, sum, product);
    });
    const Tensor beta_gradient = sums[0].to(torch::kFloat32);
    const Tensor gamma_gradient = (sums[1] * inverse_std).to(torch::kFloat32);
    const Tensor a = gamma * inverse_std;
    const Tensor b = -a * gamma_gradient * inverse_std / double(rows), d = -a * beta_gradient / double(rows);
    const Tensor gx = torch::empty_like(x);
    const Tensor added_gradient = context->saved_data["has_added"].toBool() ? torch::empty_like(x) : Tensor();
    over_rows(rows, [&](int64_t first, int64_t count) {
      const int64_t at = first * channels;
      norm_act_kernels::backward(in + at, from(out, first), back + at, mean.data_ptr<float>(), a.data_ptr<float>(),
                                 b.data_ptr<float>(), d.data_ptr<float>(), count, channels, memory_of<Number>(gx) + at,
                                 added_gradient.defined() ? memory_of<Number>(added_gradient) + at : nullptr);
    });
    return {gx, gamma_gradient, beta_gradient, added_gradient, Tensor(), Tensor()};
  }
};

/// The same with LibTorch's layers: other number types, CUDA.
Tensor plain(const Tensor& x, torch::nn::BatchNorm2dImpl& norm, const Tensor& added, bool relu) {
  namespace F = torch::nn::functional;
  const bool batch = norm.is_training();
  if (batch) norm.num_batches_tracked += 1;
  Tensor y = F::batch_norm(x, norm.running_mean, norm.running_var,
                           F::BatchNormFuncOptions()
                               .weight(norm.weight)
                               .bias(norm.bias)
                               .training(batch)
                               .momentum(norm.options.momentum())
                               .eps(norm.options.eps()));
  if (added.defined()) y = y + added;
  return relu ? torch::relu(y) : y;
}

template <typename Number>
Tensor fast(const Tensor& x, torch::nn::BatchNorm2dImpl& norm, const Tensor& added, bool relu) {
  if (norm.is_training()) {
    const auto shortcut = added.defined() ? c10::optional<Tensor>(added) : c10::nullopt;
    return NormAct<Number>::apply(x, norm.weight, norm.bias, shortcut, &norm, relu);
  }
  const Tensor scale = (norm.weight * (norm.running_var + norm.options.eps()).rsqrt()).contiguous();
  const Tensor shift = (norm.bias - norm.running_mean * scale).contiguous();
  return apply<Number>(channels_last(x), scale, shift, added.defined() ? channels_last(added) : Tensor(), relu);
}

}  // namespace

Tensor norm_act(const Tensor& x, torch::nn::BatchNorm2dImpl& norm, const Tensor& added, bool relu) {
  TORCH_CHECK(norm.weight.numel() == x.size(1), "norm_act: want ", norm.weight.numel(), " channels, got ", x.sizes());
  TORCH_CHECK(!added.defined() || added.sizes() == x.sizes(), "norm_act: cannot add ", added.sizes(), " to ",
              x.sizes());
  TORCH_CHECK(norm.options.momentum().has_value(), "norm_act: want a batch norm with a momentum");
  require(!norm.is_training() || rows_of(x) > 1,
          "batch norm: want more than one number a channel to normalise in training, got a batch of shape ", x.sizes(),
          "; change data.batch_size, so that no batch (the last one of an epoch is smaller) has one sample alone");
  const auto type = x.scalar_type();
  const bool known =
      x.is_cpu() && norm.weight.scalar_type() == torch::kFloat32 && (!added.defined() || added.scalar_type() == type);
  // Outside training the views inside may ask for gradients, which LibTorch's own layers have.
  const bool wants_gradient = !norm.is_training() && torch::GradMode::is_enabled();
  const bool channels_first = x.dim() == 4 && x.is_contiguous() && !x.is_contiguous(at::MemoryFormat::ChannelsLast);
  if (channels_first) return plain(x, norm, added, relu);
  if (known && !wants_gradient && type == torch::kFloat32) return fast<float>(x, norm, added, relu);
  if (known && !wants_gradient && type == torch::kBFloat16) return fast<norm_act_kernels::Bf16>(x, norm, added, relu);
  return plain(x, norm, added, relu);
}

}  // namespace glassbox
