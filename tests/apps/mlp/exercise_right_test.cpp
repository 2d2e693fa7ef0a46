/// Right solutions pass, however they are written: the linked one, one of loops over numbers, one of broadcasts.
#include <torch/types.h>

#include <cmath>

#include "tests/apps/mlp/mutants.h"

namespace glassbox::mlp::exercise {
namespace {

using T = const Tensor&;
using Numbers = std::vector<double>;

void expect_all_pass(const Functions& functions) { expect_all_pass(all_checks(), functions); }

TEST(RightSolutions, TheLinkedOnePasses) { expect_all_pass({}); }

// ---- Loops ----

Numbers row_major(T tensor) {
  const Tensor flat = tensor.to(torch::kFloat64).contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

Tensor tensor_of(const Numbers& values, at::IntArrayRef shape, T like) {
  return torch::tensor(values, torch::kFloat64).view(shape).to(like.scalar_type());
}

Tensor each(T z, const std::function<double(double)>& f) {
  Numbers values = row_major(z);
  for (double& value : values) value = f(value);
  return tensor_of(values, z.sizes(), z);
}

Tensor each(T z, T g, const std::function<double(double, double)>& f) {
  Numbers values = row_major(z);
  const Numbers others = row_major(g);
  for (size_t i = 0; i < values.size(); ++i) values[i] = f(values[i], others[i]);
  return tensor_of(values, z.sizes(), z);
}

bool perceptron_by_loops(T x, int64_t y, Tensor& weight, Tensor& bias) {
  const Numbers xs = row_major(x), ws = row_major(weight);
  double sum = bias.item<double>();
  for (size_t i = 0; i < xs.size(); ++i) sum += xs[i] * ws[i];
  if ((sum > 0) == (y > 0)) return false;
  for (int64_t i = 0; i < x.size(0); ++i) weight[i] += double(y) * x[i].item<double>();
  bias += y;
  return true;
}

/// y[i, o] = sum_k a[i, k] b[o, k]
Tensor rows_by_rows(T a, T b) {
  const int64_t n = a.size(0), inner = a.size(1), outputs = b.size(0);
  const Numbers as = row_major(a), bs = row_major(b);
  Numbers out(size_t(n * outputs));
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t o = 0; o < outputs; ++o) {
      for (int64_t k = 0; k < inner; ++k)
        out[size_t(i * outputs + o)] += as[size_t(i * inner + k)] * bs[size_t(o * inner + k)];
    }
  }
  return tensor_of(out, {n, outputs}, a);
}

Tensor column_sums(T g) {
  Numbers sums(size_t(g.size(1)));
  const Numbers gs = row_major(g);
  for (size_t i = 0; i < gs.size(); ++i) sums[i % sums.size()] += gs[i];
  return tensor_of(sums, {g.size(1)}, g);
}

Tensor softmax_by_loops(T logits) {
  Numbers z = row_major(logits);
  const auto classes = size_t(logits.size(1));
  for (size_t row = 0; row < z.size(); row += classes) {
    double largest = z[row], sum = 0;
    for (size_t k = 1; k < classes; ++k) largest = std::max(largest, z[row + k]);
    for (size_t k = 0; k < classes; ++k) sum += z[row + k] = std::exp(z[row + k] - largest);
    for (size_t k = 0; k < classes; ++k) z[row + k] /= sum;
  }
  return tensor_of(z, logits.sizes(), logits);
}

Tensor loss_by_loops(T logits, T target) {
  const Numbers z = row_major(logits);
  const auto classes = size_t(logits.size(1));
  double loss = 0;
  for (size_t i = 0; i < size_t(logits.size(0)); ++i) {
    const double* row = z.data() + i * classes;
    const double largest = *std::max_element(row, row + classes);
    double sum = 0;
    for (size_t k = 0; k < classes; ++k) sum += std::exp(row[k] - largest);
    loss += largest + std::log(sum) - row[target[int64_t(i)].item<int64_t>()];
  }
  return torch::tensor(loss / double(logits.size(0)), torch::kFloat64).to(logits.scalar_type());
}

Tensor loss_gradient_by_loops(T logits, T target) {
  Tensor p = softmax_by_loops(logits);
  for (int64_t i = 0; i < p.size(0); ++i) p[i][target[i].item<int64_t>()] -= 1;
  return p / double(p.size(0));
}

BatchNormResult norm_by_loops(T x, BatchNorm& norm) {
  const int64_t n = x.size(0), h = x.size(1);
  BatchNormResult out{torch::empty_like(x), torch::empty_like(x), torch::empty({h}, x.options())};
  for (int64_t c = 0; c < h; ++c) {
    const Numbers column = row_major(x.select(1, c));
    double mean = 0, var = 0;
    for (const double value : column) mean += value / double(n);
    for (const double value : column) var += (value - mean) * (value - mean) / double(n);
    const double inverse = 1 / std::sqrt(var + norm.epsilon);
    out.inverse_std[c] = inverse;
    for (int64_t i = 0; i < n; ++i) {
      const double x_hat = (column[size_t(i)] - mean) * inverse;
      out.x_hat[i][c] = x_hat;
      out.y[i][c] = norm.scale[c].item<double>() * x_hat + norm.shift[c].item<double>();
    }
    const double keep = 1 - norm.momentum;
    norm.running_mean[c] = keep * norm.running_mean[c].item<double>() + norm.momentum * mean;
    norm.running_var[c] = keep * norm.running_var[c].item<double>() + norm.momentum * var * double(n) / double(n - 1);
  }
  return out;
}

/// The three paths one by one, as in the paper's section 3.
BatchNormGradients norm_gradients_by_loops(const BatchNormResult& forward, T scale, T g) {
  const int64_t n = g.size(0), h = g.size(1);
  BatchNormGradients out{torch::empty_like(g), torch::empty({h}, g.options()), torch::empty({h}, g.options())};
  for (int64_t c = 0; c < h; ++c) {
    const Numbers gs = row_major(g.select(1, c)), hats = row_major(forward.x_hat.select(1, c));
    const double inverse = forward.inverse_std[c].item<double>(), gain = scale[c].item<double>();
    double along = 0, sum = 0;
    for (int64_t i = 0; i < n; ++i) along += gs[size_t(i)] * hats[size_t(i)], sum += gs[size_t(i)];
    const double of_var = -0.5 * gain * along * inverse * inverse;  // dL/dvar, where x - mean = x_hat / inverse
    const double of_mean = -inverse * gain * sum;
    for (int64_t i = 0; i < n; ++i) {
      const auto at = size_t(i);
      out.x[i][c] = gain * gs[at] * inverse + of_var * 2 * (hats[at] / inverse) / double(n) + of_mean / double(n);
    }
    out.scale[c] = along;
    out.shift[c] = sum;
  }
  return out;
}

double normal_fraction(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }
double normal_density(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0)); }

void use_loops_for_activations(Functions& f) {
  f.relu_forward = [](T z) { return each(z, [](double v) { return v > 0 ? v : 0; }); };
  f.relu_backward = [](T z, T, T g) { return each(z, g, [](double v, double slope) { return v > 0 ? slope : 0; }); };
  f.leaky_relu_forward = [](T z) { return each(z, [](double v) { return v > 0 ? v : v / 100; }); };
  f.leaky_relu_backward = [](T z, T, T g) {
    return each(z, g, [](double v, double s) { return v > 0 ? s : s / 100; });
  };
  f.tanh_forward = [](T z) { return each(z, [](double v) { return std::tanh(v); }); };
  f.tanh_backward = [](T z, T, T g) {
    return each(z, g, [](double v, double s) { return s / std::pow(std::cosh(v), 2); });
  };
  f.sigmoid_forward = [](T z) {
    return each(z, [](double v) { return v > 0 ? 1 / (1 + std::exp(-v)) : std::exp(v) / (1 + std::exp(v)); });
  };
  f.sigmoid_backward = [](T, T a, T g) { return each(a, g, [](double v, double s) { return s * (v - v * v); }); };
  f.gelu_forward = [](T z) { return each(z, [](double v) { return v * normal_fraction(v); }); };
  f.gelu_backward = [](T z, T, T g) {
    return each(z, g, [](double v, double s) { return s * (normal_fraction(v) + v * normal_density(v)); });
  };
}

TEST(RightSolutions, LoopsOverNumbersPass) {
  Functions f;
  f.perceptron_update = perceptron_by_loops;
  f.linear_forward = [](T x, T w, T b) { return rows_by_rows(x, w) + b.unsqueeze(0); };
  f.linear_backward = [](T x, T w, T g) {
    return LinearGradients{rows_by_rows(g, w.t()), rows_by_rows(g.t(), x.t()), column_sums(g)};
  };
  use_loops_for_activations(f);
  f.softmax = softmax_by_loops;
  f.cross_entropy_forward = loss_by_loops;
  f.cross_entropy_backward = loss_gradient_by_loops;
  f.dropout_mask = [](T x, double fraction) {
    return each(torch::rand_like(x), [=](double u) { return u < fraction ? 0 : 1; });
  };
  f.dropout_forward = [](T x, T m, double fraction) {
    return each(x, m, [=](double v, double kept) { return kept > 0 ? v / (1 - fraction) : 0; });
  };
  f.dropout_backward = [](T m, double fraction, T g) {
    return each(g, m, [=](double v, double kept) { return kept > 0 ? v / (1 - fraction) : 0; });
  };
  f.batch_norm_train = norm_by_loops;
  f.batch_norm_backward = norm_gradients_by_loops;
  expect_all_pass(f);
}

// ---- Broadcasts, einsum, and optimizers that make new tensors and copy them over ----

BatchNormGradients norm_gradients_by_jacobian(const BatchNormResult& forward, T scale, T g) {
  // dx_hat[i] / dx[j] = inverse_std (delta_ij - 1/n - x_hat[i] x_hat[j] / n), column by column: [N, N, H]
  const int64_t n = g.size(0);
  const Tensor outer = forward.x_hat.unsqueeze(1) * forward.x_hat.unsqueeze(0);
  const Tensor jacobian = forward.inverse_std * (torch::eye(n, g.options()).unsqueeze(2) - (1 + outer) / double(n));
  const Tensor of_x_hat = g * scale;
  return {torch::einsum("ih,ijh->jh", {of_x_hat, jacobian}), torch::einsum("nh,nh->h", {g, forward.x_hat}),
          torch::einsum("nh->h", {g})};
}

void use_broadcasts_for_layers(Functions& f) {
  f.linear_forward = [](T x, T w, T b) { return torch::einsum("nf,hf->nh", {x, w}) + b; };
  f.linear_backward = [](T x, T w, T g) {
    return LinearGradients{torch::einsum("nh,hf->nf", {g, w}), torch::einsum("nh,nf->hf", {g, x}),
                           torch::ones({g.size(0)}, g.options()).matmul(g)};
  };
  f.softmax = [](T z) { return (z - torch::logsumexp(z, 1, true)).exp(); };
  f.cross_entropy_forward = [](T z, T t) {
    const Tensor hot = (t.unsqueeze(1) == torch::arange(z.size(1))).to(z.scalar_type());
    return (torch::logsumexp(z, 1) - (z * hot).sum(1)).sum() / z.size(0);
  };
  f.cross_entropy_backward = [](T z, T t) {
    const Tensor hot = (t.unsqueeze(1) == torch::arange(z.size(1))).to(z.scalar_type());
    return ((z - torch::logsumexp(z, 1, true)).exp() - hot) / z.size(0);
  };
  f.batch_norm_train = [](T x, BatchNorm& norm) {
    const Tensor mean = x.mean(0, true), var = x.var(0, false), fraction = torch::full({}, norm.momentum, x.options());
    norm.running_mean.copy_(torch::lerp(norm.running_mean, mean.squeeze(0), fraction));
    norm.running_var.copy_(torch::lerp(norm.running_var, x.var(0, true), fraction));
    const Tensor inverse = (var + norm.epsilon).pow(-0.5), x_hat = (x - mean) * inverse;
    return BatchNormResult{torch::addcmul(norm.shift, x_hat, norm.scale), x_hat, inverse};
  };
  f.batch_norm_eval = [](T x, const BatchNorm& norm) {
    const Tensor slope = norm.scale / (norm.running_var + norm.epsilon).sqrt();
    return x * slope + (norm.shift - norm.running_mean * slope);
  };
  f.batch_norm_backward = norm_gradients_by_jacobian;
}

TEST(RightSolutions, BroadcastsAndCopiesPass) {
  Functions f;
  f.perceptron_update = [](T x, int64_t y, Tensor& w, Tensor& b) {
    const bool mistake = (w.dot(x) + b).gt(0).item<bool>() != (y == 1);
    w.copy_(w + mistake * y * x);
    b.copy_(b + mistake * y);
    return mistake;
  };
  use_broadcasts_for_layers(f);
  f.tanh_forward = [](T z) { return 2 / (1 + (-2 * z).exp()) - 1; };
  f.sigmoid_forward = [](T z) { return 0.5 * (1 + (0.5 * z).tanh()); };
  f.gelu_forward = [](T z) { return z * 0.5 * torch::erfc(-z * std::sqrt(0.5)); };
  f.dropout_forward = [](T x, T m, double fraction) {
    return torch::where(m > 0, x / (1 - fraction), torch::zeros_like(x));
  };
  f.sgd_step = [](Tensor& w, T g, double rate) { w.copy_(w - rate * g); };
  f.momentum_step = [](Tensor& w, T g, Tensor& u, double rate, double keep) {
    u.copy_(keep * u + g);
    w.copy_(w - rate * u);
  };
  f.adam_step = [](Tensor& w, T g, Tensor& m, Tensor& v, int64_t step, const AdamRates& r) {
    m.copy_(m + (1 - r.beta1) * (g - m));
    v.copy_(v + (1 - r.beta2) * (g * g - v));
    const Tensor mean = m / (1 - std::pow(r.beta1, step)), size = (v / (1 - std::pow(r.beta2, step))).sqrt();
    w.copy_(w - r.learning_rate * mean / (size + r.epsilon));
  };
  expect_all_pass(f);
}

}  // namespace
}  // namespace glassbox::mlp::exercise
