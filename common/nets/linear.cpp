#include "common/nets/linear.h"

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/utils.h>

#include <algorithm>

namespace glassbox {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

// OpenBLAS uses one thread below this many multiplications, and so do we: a core would wait longer than it works.
constexpr int64_t kWorthSharing = 1 << 18;

/// a b + added. a [M, K], b [K, N], added [N] or undefined. Each thread computes one stripe of the result's longer
/// side. Inside one product OpenBLAS's own threads wait for each other's packed blocks, and pass the time with
/// sched_yield(): beside another program that wants the core, every product then takes a time slice.
Tensor product(const Tensor& a, const Tensor& b, const Tensor& added) {
  const int64_t rows = a.size(0), columns = b.size(1), side = std::max(rows, columns);
  const int64_t threads = rows * columns * a.size(1) < kWorthSharing ? 1 : at::get_num_threads();
  const int64_t stripe = ((side + threads - 1) / threads + 15) / 16 * 16;  // whole vectors
  const int64_t shared = rows == side ? 0 : 1;
  const bool inference = c10::InferenceMode::is_enabled();
  const Tensor out = torch::empty({rows, columns}, a.options());
  at::parallel_for(0, side, stripe, [&](int64_t begin, int64_t end) {
    const c10::InferenceMode as_the_caller(inference);  // each thread has its own modes
    const torch::NoGradGuard no_graph;
    Tensor part = out.slice(shared, begin, end);
    const Tensor left = shared == 0 ? a.slice(0, begin, end) : a, right = shared == 1 ? b.slice(1, begin, end) : b;
    if (!added.defined()) {
      torch::mm_out(part, left, right);
    } else {
      torch::addmm_out(part, shared == 1 ? added.slice(0, begin, end) : added, left, right);
    }
  });
  return out;
}

struct Linear : Function<Linear> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        const c10::optional<Tensor>& bias) {
    context->save_for_backward({x, weight});
    context->saved_data["has_bias"] = bias.has_value();
    return product(x, weight.t(), bias.value_or(Tensor()));
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    TORCH_CHECK(!torch::GradMode::is_enabled(), "linear_layer: has no gradient of its gradient");
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &g = gradients[0];
    const bool bias_learns = context->saved_data["has_bias"].toBool() && context->needs_input_grad(2);
    return {context->needs_input_grad(0) ? product(g, weight, {}) : Tensor(),
            context->needs_input_grad(1) ? product(g.t(), x, {}) : Tensor(), bias_learns ? g.sum(0) : Tensor()};
  }
};

}  // namespace

Tensor linear_layer(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  TORCH_CHECK(x.dim() == 2 && weight.dim() == 2 && x.size(1) == weight.size(1), "linear_layer: the weight ",
              weight.sizes(), " does not fit to ", x.sizes());
  if (!x.is_cpu() || x.scalar_type() != weight.scalar_type()) return torch::linear(x, weight, bias);
  return Linear::apply(x, weight, bias.defined() ? c10::optional<Tensor>(bias) : c10::nullopt);
}

}  // namespace glassbox
