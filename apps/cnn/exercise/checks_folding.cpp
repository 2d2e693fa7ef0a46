/// Task 4: convolution and batch norm as one convolution.
#include "apps/cnn/exercise/samples.h"

namespace glassbox::cnn::exercise {
namespace folding_laws {

struct Block {
  Tensor weight, bias;
  BatchNorm norm;
};

Block some_block(int64_t o, int64_t c, int64_t kernel_h, int64_t kernel_w) {
  return {some({o, c, kernel_h, kernel_w}), some({o}), {some({o}), some({o}), some({o}), some({o}).abs(), 1e-5}};
}

Inputs shown(const Block& it) {
  return {{"weight", it.weight},
          {"bias", it.bias},
          {"scale", it.norm.scale},
          {"shift", it.norm.shift},
          {"running_mean", it.norm.running_mean},
          {"running_var", it.norm.running_var},
          {"epsilon", numbers({it.norm.epsilon}, {})}};
}

/// The convolution, then the norm as LibTorch has it in evaluation. Stride 2, padding 1.
Tensor one_after_the_other(const Block& it, const Tensor& x) {
  return torch::batch_norm(conv2d(x, it.weight, it.bias, 2, 1), it.norm.scale, it.norm.shift, it.norm.running_mean,
                           it.norm.running_var, /*training=*/false, /*momentum=*/0, it.norm.epsilon,
                           /*cudnn_enabled=*/false);
}

ConvParameters folded(const Functions& f, const Block& it) {
  const ConvParameters got = f.fold_batch_norm(it.weight, it.bias, it.norm);
  expect_form("weight", got.weight, it.weight.sizes(), it.weight.scalar_type(), shown(it));
  expect_form("bias", got.bias, it.bias.sizes(), it.bias.scalar_type(), shown(it));
  return got;
}

const std::vector<std::vector<int64_t>> kShapes = {{1, 1, 1, 1}, {2, 1, 1, 1}, {1, 2, 1, 1}, {2, 2, 1, 1},
                                                   {2, 1, 2, 2}, {3, 3, 3, 3}, {5, 2, 1, 3}, {4, 4, 2, 4}};

void expect_same(const std::string& what, const Functions& f, const Block& it) {
  const ConvParameters got = folded(f, it);
  const Tensor x = some({2, it.weight.size(1), 5, 6});
  expect_close(what, conv2d(x, got.weight, got.bias, 2, 1) + 100, one_after_the_other(it, x) + 100, 1e-9, shown(it));
}

/// With epsilon 1 the roots are 2 and 1.
void values(const Functions& f) {
  const Block it = {numbers({1, -2, 3, 4}, {2, 1, 1, 2}),
                    numbers({0.5, 1}, {2}),
                    {numbers({2, -3}, {2}), numbers({1, 10}, {2}), numbers({4, -1}, {2}), numbers({3, 0}, {2}), 1}};
  const ConvParameters got = folded(f, it);
  expect_close("weight", got.weight, numbers({1, -2, -9, -12}, {2, 1, 1, 2}), 1e-8, shown(it));
  expect_close("bias", got.bias, numbers({-2.5, 4}, {2}), 1e-8, shown(it));
}

void one_for_two(const Functions& f) {
  for (const auto& s : kShapes) {
    expect_same("100 + y of the one convolution, against 100 + that of convolution and norm", f,
                some_block(s[0], s[1], s[2], s[3]));
  }
}

/// A channel that hardly varied: epsilon decides.
void small_variance(const Functions& f) {
  for (const auto& s : kShapes) {
    Block it = some_block(s[0], s[1], s[2], s[3]);
    for (const double variance : {0.0, 1e-5}) {
      it.norm.running_var = torch::full({s[0]}, variance, torch::kFloat64);
      const ConvParameters got = folded(f, it);
      expect(got.weight.isfinite().all().item<bool>() && got.bias.isfinite().all().item<bool>(), "not finite: weight ",
             show(got.weight), ", bias ", show(got.bias), ", given ", show(shown(it)));
      expect_same(as_text("100 + y with a running variance of ", variance), f, it);
    }
    it.norm.epsilon = 0.5;
    expect_same("100 + y with an epsilon of 0.5", f, it);
  }
}

/// Scale 1, shift 0, mean 0, variance 1: it has nothing to say.
void an_idle_norm(const Functions& f) {
  for (const auto& s : kShapes) {
    Block it = some_block(s[0], s[1], s[2], s[3]);
    const Tensor ones = torch::ones({s[0]}, torch::kFloat64), zeros = torch::zeros({s[0]}, torch::kFloat64);
    it.norm = {ones, zeros, zeros, ones, 0};
    const ConvParameters got = folded(f, it);
    expect_close("weight of a norm that changes nothing", got.weight, it.weight, 1e-10, shown(it));
    expect_close("bias of a norm that changes nothing", got.bias, it.bias, 1e-10, shown(it));
  }
}

/// A norm of scale 0 hides its convolution: shift is all that is left.
void a_silent_norm(const Functions& f) {
  for (const auto& s : kShapes) {
    Block it = some_block(s[0], s[1], s[2], s[3]);
    it.norm.scale = torch::zeros({s[0]}, torch::kFloat64);
    const ConvParameters got = folded(f, it);
    expect_close("weight with scale 0", got.weight, torch::zeros_like(it.weight), 0, shown(it));
    expect_close("bias with scale 0", got.bias, it.norm.shift, 1e-10, shown(it));
  }
}

/// Folding a second norm onto the first.
void twice(const Functions& f) {
  for (const auto& s : kShapes) {
    const Block it = some_block(s[0], s[1], s[2], s[3]), second = some_block(s[0], s[1], s[2], s[3]);
    const ConvParameters once = folded(f, it);
    const Block next = {once.weight, once.bias, second.norm};
    const ConvParameters both = folded(f, next);
    const Tensor x = some({1, s[1], 5, 6});
    const Tensor want = torch::batch_norm(one_after_the_other(it, x), next.norm.scale, next.norm.shift,
                                          next.norm.running_mean, next.norm.running_var, false, 0, 1e-5, false);
    expect_close("100 + y of two norms folded one after the other", conv2d(x, both.weight, both.bias, 2, 1) + 100,
                 want + 100, 1e-8, shown(next));
  }
}

}  // namespace folding_laws

std::vector<Check> folding_checks() {
  using namespace folding_laws;
  const auto call = [](const Functions& f, const Tensors& in) {
    const ConvParameters got = f.fold_batch_norm(in[0], in[1], {in[2], in[3], in[4], in[5], 1e-5});
    return Tensors{got.weight, got.bias};
  };
  const auto examples = [] {
    const Block it = some_block(3, 2, 2, 1);
    return Tensors{it.weight, it.bias, it.norm.scale, it.norm.shift, it.norm.running_mean, it.norm.running_var};
  };
  return {{"4.1", "values by hand", "Two kernels of two numbers, roots that are whole.", values},
          {"4.1", "one for two", "The one convolution gives what convolution and batch norm give in evaluation.",
           one_for_two},
          {"4.1", "small variance", "A running variance of 0 or near it, a large epsilon: finite and the same.",
           small_variance},
          {"4.1", "an idle norm", "A norm that changes nothing leaves weight and bias as they are.", an_idle_norm},
          {"4.1", "a silent norm", "With scale 0 nothing but shift is left.", a_silent_norm},
          {"4.1", "twice", "What is folded can be folded again.", twice},
          keeps_its_contract(Pure{"4.1",
                                  "fold_batch_norm",
                                  {"weight", "bias", "scale", "shift", "running_mean", "running_var"},
                                  {"weight", "bias"},
                                  call,
                                  examples})};
}

}  // namespace glassbox::cnn::exercise
