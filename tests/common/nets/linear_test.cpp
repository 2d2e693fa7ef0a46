/// The linear layer against LibTorch's: values, gradients, and whatever the number of threads.
#include "common/nets/linear.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/utils.h>

#include "tests/common/tensors.h"

namespace glassbox {
namespace {

using torch::Tensor;

struct Sizes {
  int64_t n, in, out;
};

std::vector<Tensor> of(bool ours, const Sizes& s, bool bias) {
  torch::manual_seed(4);
  const Tensor x = torch::randn({s.n, s.in}, torch::kFloat64).set_requires_grad(true);
  const Tensor w = torch::randn({s.out, s.in}, torch::kFloat64).set_requires_grad(true);
  const Tensor b = bias ? torch::randn({s.out}, torch::kFloat64).set_requires_grad(true) : Tensor();
  const Tensor y = ours ? linear_layer(x, w, b) : torch::linear(x, w, b);
  y.backward(torch::randn(y.sizes(), torch::kFloat64));
  return {y, x.grad(), w.grad(), bias ? b.grad() : torch::zeros({1})};
}

TEST(Linear, ComputesAsLibTorchDoesWithOneThreadAndWithMany) {
  const int before = at::get_num_threads();
  for (const Sizes& s : {Sizes{128, 784, 256}, {1, 5, 3}, {7, 300, 1}, {33, 129, 257}, {500, 64, 64}, {64, 1, 2}}) {
    for (const int threads : {1, 2, 3}) {
      at::set_num_threads(threads);
      for (const bool bias : {true, false}) {
        const auto got = of(true, s, bias), want = of(false, s, bias);
        for (size_t i = 0; i < got.size(); ++i) {
          EXPECT_LT(largest_difference(got[i], want[i]), 1e-11)
              << s.n << ' ' << s.in << ' ' << s.out << ", number " << i;
        }
      }
    }
  }
  at::set_num_threads(before);
}

TEST(Linear, WhatDoesNotLearnGetsNoGradient) {
  const Tensor x = torch::randn({4, 3}), w = torch::randn({2, 3}), b = torch::randn({2}).set_requires_grad(true);
  linear_layer(x, w, b).sum().backward();
  EXPECT_TRUE(b.grad().equal(torch::full({2}, 4.0)));
  EXPECT_FALSE(x.grad().defined() || w.grad().defined());
  EXPECT_FALSE(linear_layer(x, w, {}).requires_grad());
}

TEST(Linear, ComputesInInferenceMode) {
  const Tensor w = torch::randn({256, 300}), x = torch::randn({128, 300});
  const c10::InferenceMode inference;
  EXPECT_LT(largest_difference(linear_layer(x.clone(), w, {}), torch::linear(x, w)), 1e-3);
}

TEST(Linear, RefusesWhatDoesNotFit) {
  EXPECT_THROW(linear_layer(torch::rand({4, 3}), torch::rand({2, 4}), {}), c10::Error);
  const Tensor x = torch::rand({2, 3}).set_requires_grad(true),
               y = linear_layer(x, torch::rand({2, 3}), {}).pow(2).sum();
  EXPECT_THROW(torch::autograd::grad({y}, {x}, {}, true, /*create_graph=*/true), std::exception);
}

}  // namespace
}  // namespace glassbox
