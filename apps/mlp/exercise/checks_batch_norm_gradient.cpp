/// Task 6.3: batch norm's backward pass.
#include "apps/mlp/exercise/checks.h"

namespace glassbox::mlp::exercise {
namespace batch_norm_gradient_laws {

struct Sample {
  Tensor x, scale, shift, g;
  double epsilon;
};

Tensor normalised(const Tensor& x, double epsilon) {
  return (x - x.mean(0)) / (x.var(0, /*unbiased=*/false) + epsilon).sqrt();
}

Tensor reference(const Tensors& in, double epsilon) { return in[1] * normalised(in[0], epsilon) + in[2]; }

/// What a right forward pass remembers: a wrong one of the student's shall not spoil this task.
BatchNormResult remembered(const Sample& it) {
  const Tensor x_hat = normalised(it.x, it.epsilon);
  return {it.scale * x_hat + it.shift, x_hat, 1 / (it.x.var(0, /*unbiased=*/false) + it.epsilon).sqrt()};
}

Sample some_sample(int64_t n, int64_t h) {
  return {some({n, h}) + torch::arange(n, torch::kFloat64).unsqueeze(1) * 0.3, some({h}), some({h}), some({n, h}),
          1e-5};
}

Inputs all_of(const Sample& it) { return {{"x", it.x}, {"scale", it.scale}, {"g", it.g}}; }

const std::vector<std::pair<int64_t, int64_t>> kSizes = {{3, 1}, {4, 2}, {3, 5}, {7, 3}, {31, 17}};

void values(const Functions& f) {
  const Sample it = {numbers({1, 2, 3, -1, 8, 0.5, 0, 4}, {4, 2}), numbers({2, -0.5}, {2}), numbers({1, 0.25}, {2}),
                     numbers({1, -2, 0.5, 3, -1, 1, 2, 0.25}, {4, 2}), 0.5};
  const BatchNormGradients got = f.batch_norm_backward(remembered(it), it.scale, it.g);
  const Inputs in = all_of(it);
  expect_close("dL/dscale", got.scale, numbers({-4.11096095822, -4.3394615213}, {2}), 1e-8, in);
  expect_close("dL/dshift", got.shift, numbers({2.5, 2.25}, {2}), 1e-8, in);
  expect_close("dL/dx", got.x,
               numbers({-0.173925271309, 0.560530806576, -0.0790569415042, -0.286929407942, 0, 0.0105618186973,
                        0.252982212813, -0.284163217331},
                       {4, 2}),
               1e-8, in);
}

/// All samples of a column moved by the same amount: y stays, so the slopes cancel.
void columns_cancel(const Functions& f) {
  for (const auto& [n, h] : kSizes) {
    const Sample it = some_sample(n, h);
    const BatchNormGradients got = f.batch_norm_backward(remembered(it), it.scale, it.g);
    expect_form("dL/dx", got.x, {n, h}, torch::kFloat64, all_of(it));
    expect_close("the sums of dL/dx's columns", got.x.sum(0), torch::zeros({h}, torch::kFloat64), 1e-10, all_of(it));
  }
}

/// All samples of a column stretched from their mean by the same factor: without epsilon y stays, so the slopes cancel.
void stretching_costs_nothing(const Functions& f) {
  for (const auto& [n, h] : kSizes) {
    Sample it = some_sample(n, h);
    it.epsilon = 0;
    const BatchNormGradients got = f.batch_norm_backward(remembered(it), it.scale, it.g);
    expect_form("dL/dx", got.x, {n, h}, torch::kFloat64, all_of(it));
    const Tensor slope = (got.x * (it.x - it.x.mean(0))).sum(0);
    expect_close("the slope of L as a column is stretched from its mean (epsilon 0)", slope + 1,
                 torch::ones({h}, torch::kFloat64), 1e-8, all_of(it));
  }
}

void slopes(const Functions& f) {
  for (const auto& [n, h] : kSizes) {
    const Sample it = some_sample(n, h);
    const BatchNormGradients got = f.batch_norm_backward(remembered(it), it.scale, it.g);
    const auto of = [&](size_t which) {
      return [&it, which](const Tensor& moved) {
        Tensors in = {it.x, it.scale, it.shift};
        in[which] = moved;
        return reference(in, it.epsilon);
      };
    };
    expect_slopes("dL/dx", of(0), it.x, it.g, got.x, kSmooth, all_of(it));
    expect_slopes("dL/dscale", of(1), it.scale, it.g, got.scale, kSmooth, all_of(it));
    expect_slopes("dL/dshift", of(2), it.shift, it.g, got.shift, kSmooth, all_of(it));
  }
}

void agrees(const Functions& f) {
  for (const auto& [n, h] : kSizes) {
    const Sample it = some_sample(n, h);
    const BatchNormGradients got = f.batch_norm_backward(remembered(it), it.scale, it.g);
    const auto layer = [&](const Tensors& in) { return reference(in, it.epsilon); };
    const Tensors want = autograd_of(layer, {it.x, it.scale, it.shift}, it.g);
    expect_close("dL/dx", got.x, want[0], 1e-10, all_of(it));
    expect_close("dL/dscale", got.scale, want[1], 1e-10, all_of(it));
    expect_close("dL/dshift", got.shift, want[2], 1e-10, all_of(it));
  }
}

}  // namespace batch_norm_gradient_laws

std::vector<Check> batch_norm_gradient_checks() {
  using namespace batch_norm_gradient_laws;
  const auto backward = [](const Functions& f, const Tensors& in) {
    const BatchNormGradients got = f.batch_norm_backward({in[0], in[1], in[2]}, in[3], in[4]);
    return Tensors{got.x, got.scale, got.shift};
  };
  const auto examples = [] {
    const Sample it = some_sample(4, 3);
    const BatchNormResult forward = remembered(it);
    return Tensors{forward.y, forward.x_hat, forward.inverse_std, it.scale, it.g};
  };
  return {{"6.3", "values by hand", "Four samples, two columns, known to 10 digits.", values},
          {"6.3", "moving all costs nothing",
           "A whole column moved by the same amount gives the same y: its slopes add up to 0.", columns_cancel},
          {"6.3", "stretching costs nothing", "A whole column stretched from its mean gives the same y.",
           stretching_costs_nothing},
          {"6.3", "centred differences", "A gradient is the slope of the loss: relative error at most 1e-7.", slopes},
          {"6.3", "agrees with autograd", "Any sizes; to 1e-10.", agrees},
          keeps_its_contract(Pure{"6.3",
                                  "batch_norm_backward",
                                  {"y", "x_hat", "inverse_std", "scale", "g"},
                                  {"dL/dx", "dL/dscale", "dL/dshift"},
                                  backward,
                                  examples})};
}

}  // namespace glassbox::mlp::exercise
