/// Task 2: the linear layer.
#include <torch/nn/functional/linear.h>

#include "apps/mlp/exercise/checks.h"

namespace glassbox::mlp::exercise {
namespace linear_laws {

struct Sizes {
  int64_t n, f, h;
};
// From the smallest on, so that the first failure is the smallest.
const std::vector<Sizes> kSizes = {{1, 1, 1}, {2, 1, 1}, {1, 2, 1},  {1, 1, 2},
                                   {2, 3, 4}, {7, 5, 3}, {1, 13, 9}, {33, 17, 31}};

Tensor linear(const Tensors& in) { return torch::nn::functional::linear(in[0], in[1], in[2]); }

Inputs example() {
  return {{"x", numbers({1, 2, 3, -1, 0.5, 0}, {3, 2})},
          {"W", numbers({1, -1, 2, 0.5, -3, 4}, {3, 2})},
          {"b", numbers({0.5, -1, 2}, {3})},
          {"g", numbers({1, 0, 2, -1, 3, 0.5, 0, 1, -2}, {3, 3})}};
}

void forward_values(const Functions& f) {
  const Inputs in = example();
  const Tensor want = numbers({-0.5, 2, 7, 4.5, 4.5, -11, 1, 0, 0.5}, {3, 3});
  expect_close("y", f.linear_forward(in[0].second, in[1].second, in[2].second), want, 1e-8, {in[0], in[1], in[2]});
}

void forward_agrees(const Functions& f) {
  for (const auto& [n, features, h] : kSizes) {
    const Tensor x = some({n, features}), weight = some({h, features}), bias = some({h});
    expect_close("y", f.linear_forward(x, weight, bias), linear({x, weight, bias}), 1e-10,
                 {{"x", x}, {"W", weight}, {"b", bias}});
  }
}

void backward_values(const Functions& f) {
  const Inputs in = example(), given = {in[0], in[1], in[3]};
  const LinearGradients got = f.linear_backward(in[0].second, in[1].second, in[3].second);
  expect_close("dL/dx", got.x, numbers({-5, 7, 3.5, 4.5, 8, -7.5}, {3, 2}), 1e-8, given);
  expect_close("dL/dW", got.weight, numbers({-2, 3, 9.5, -3, 2.5, 3.5}, {3, 2}), 1e-8, given);
  expect_close("dL/db", got.bias, numbers({0, 4, 0.5}, {3}), 1e-8, given);
}

void backward_agrees(const Functions& f) {
  for (const auto& [n, features, h] : kSizes) {
    const Tensor x = some({n, features}), weight = some({h, features}), g = some({n, h});
    const Inputs in = {{"x", x}, {"W", weight}, {"g", g}};
    const Tensors want = autograd_of(linear, {x, weight, torch::zeros({h}, torch::kFloat64)}, g);
    const LinearGradients got = f.linear_backward(x, weight, g);
    expect_close("dL/dx", got.x, want[0], 1e-10, in);
    expect_close("dL/dW", got.weight, want[1], 1e-10, in);
    expect_close("dL/db", got.bias, want[2], 1e-10, in);
  }
}

void backward_slopes(const Functions& f) {
  for (const auto& [n, features, h] :
       {Sizes{1, 1, 1}, Sizes{2, 1, 1}, Sizes{1, 5, 3}, Sizes{4, 6, 5}, Sizes{9, 11, 7}}) {
    const Tensor x = some({n, features}), weight = some({h, features}), bias = some({h}), g = some({n, h});
    const Inputs in = {{"x", x}, {"W", weight}, {"g", g}};
    const LinearGradients got = f.linear_backward(x, weight, g);
    const auto of_x = [&](const Tensor& it) { return linear({it, weight, bias}); };
    const auto of_weight = [&](const Tensor& it) { return linear({x, it, bias}); };
    const auto of_bias = [&](const Tensor& it) { return linear({x, weight, it}); };
    expect_slopes("dL/dx", of_x, x, g, got.x, kSmooth, in);
    expect_slopes("dL/dW", of_weight, weight, g, got.weight, kSmooth, in);
    expect_slopes("dL/db", of_bias, bias, g, got.bias, kSmooth, in);
  }
}

/// What two samples say together is what they say one by one.
void samples_add_up(const Functions& f) {
  for (const auto& [n, features, h] : {Sizes{2, 1, 1}, Sizes{2, 3, 2}, Sizes{5, 2, 4}}) {
    const Tensor x = some({n, features}), weight = some({h, features}), g = some({n, h});
    const Inputs in = {{"x", x}, {"W", weight}, {"g", g}};
    const LinearGradients together = f.linear_backward(x, weight, g);
    Tensor weights = torch::zeros_like(weight), biases = torch::zeros({h}, torch::kFloat64);
    for (int64_t i = 0; i < n; ++i) {
      const LinearGradients alone = f.linear_backward(x.narrow(0, i, 1), weight, g.narrow(0, i, 1));
      expect_form("dL/db", alone.bias, {h}, torch::kFloat64, in);
      expect_close("dL/dx of a sample alone", alone.x, together.x.narrow(0, i, 1), 1e-10, in);
      weights = weights + alone.weight;
      biases = biases + alone.bias;
    }
    expect_close("dL/dW of the batch, against its samples one by one", together.weight, weights, 1e-10, in);
    expect_close("dL/db of the batch, against its samples one by one", together.bias, biases, 1e-10, in);
  }
}

Tensors call_forward(const Functions& f, const Tensors& in) { return {f.linear_forward(in[0], in[1], in[2])}; }
Tensors call_backward(const Functions& f, const Tensors& in) {
  const LinearGradients got = f.linear_backward(in[0], in[1], in[2]);
  return {got.x, got.weight, got.bias};
}

}  // namespace linear_laws

std::vector<Check> linear_checks() {
  using namespace linear_laws;
  const auto forward_example = [] { return Tensors{some({3, 2}), some({4, 2}), some({4})}; };
  const auto backward_example = [] { return Tensors{some({3, 2}), some({4, 2}), some({3, 4})}; };
  return {
      {"2.1", "values by hand", "Three samples, two inputs, three outputs, as with paper and pencil.", forward_values},
      {"2.1", "agrees with LibTorch", "Any sizes: one sample, one input, one output, odd numbers.", forward_agrees},
      keeps_its_contract(Pure{"2.1", "linear_forward", {"x", "W", "b"}, {"y"}, call_forward, forward_example}),
      {"2.2", "values by hand", "Three samples, two inputs, three outputs, as with paper and pencil.", backward_values},
      {"2.2", "samples add up",
       "A batch's dL/dW and dL/db are those of its samples added up; dL/dx is each sample's own.", samples_add_up},
      {"2.2", "centred differences", "A gradient is the slope of the loss: relative error at most 1e-7.",
       backward_slopes},
      {"2.2", "agrees with autograd", "Any sizes: one sample, one input, one output, odd numbers; to 1e-10.",
       backward_agrees},
      keeps_its_contract(Pure{
          "2.2", "linear_backward", {"x", "W", "g"}, {"dL/dx", "dL/dW", "dL/db"}, call_backward, backward_example})};
}

}  // namespace glassbox::mlp::exercise
