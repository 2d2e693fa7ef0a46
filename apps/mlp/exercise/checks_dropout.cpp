/// Task 5: dropout.
#include <torch/utils.h>

#include <cmath>

#include "apps/mlp/exercise/checks.h"

namespace glassbox::mlp::exercise {
namespace dropout_laws {

/// |got - want| within four standard errors of the mean of n draws of `probability`.
void expect_fraction(const std::string& what, double got, double want, int64_t n) {
  const double error = 4 * std::sqrt(want * (1 - want) / double(n));
  expect(std::abs(got - want) <= error, what, ": got ", got, ", want ", want, " within ", error,
         " (4 standard errors of ", n, " draws)");
}

Tensor reference_mask(at::IntArrayRef shape, double probability) {
  return (torch::rand(shape, torch::kFloat64) >= probability).to(torch::kFloat64);
}

void mask_form(const Functions& f) {
  for (const auto type : {torch::kFloat64, torch::kFloat32}) {
    for (const auto& shape : std::vector<std::vector<int64_t>>{{1}, {1, 1}, {3, 2}, {5, 3, 2}}) {
      const Tensor x = some(shape).to(type), mask = f.dropout_mask(x, 0.5);
      expect_form("mask", mask, shape, type, {{"x", x}});
      expect(((mask == 0) | (mask == 1)).all().item<bool>(), "want only 0 and 1, got mask = ", show(mask));
    }
  }
}

void mask_fraction(const Functions& f) {
  for (const double probability : {0.1, 0.3, 0.5, 0.9}) {
    const Tensor mask = f.dropout_mask(some({200, 100}), probability);
    expect_form("mask", mask, {200, 100}, torch::kFloat64, {});
    expect_fraction(as_text("the zeros of a mask with probability ", probability),
                    (mask == 0).to(torch::kFloat64).mean().item<double>(), probability, 20000);
  }
}

/// Neighbours, and numbers two and three places apart, agree as often as chance has it.
void mask_is_independent(const Functions& f) {
  for (const double probability : {0.2, 0.5}) {
    const Tensor mask = f.dropout_mask(some({150, 120}), probability);
    expect_form("mask", mask, {150, 120}, torch::kFloat64, {});
    const double chance = probability * probability + (1 - probability) * (1 - probability);
    for (const int64_t dim : {0, 1}) {
      for (const int64_t apart : {1, 2, 3}) {
        const int64_t pairs = mask.size(dim) - apart;
        const Tensor equal = mask.narrow(dim, 0, pairs) == mask.narrow(dim, apart, pairs);
        expect_fraction(as_text("numbers ", apart, " apart ", dim == 0 ? "in a column" : "in a row",
                                " that are equal, probability ", probability),
                        equal.to(torch::kFloat64).mean().item<double>(), chance, equal.numel() / 2);
      }
    }
  }
}

/// The number of zeros is binomial. A right mask leaves the factor of 2 once in a billion times (chi-squared).
void number_of_zeros_varies(const Functions& f) {
  const int64_t masks = 200, n = 200;
  const double probability = 0.3, want = double(n) * probability * (1 - probability);
  double variance = 0;
  for (int64_t i = 0; i < masks; ++i) {
    const Tensor mask = f.dropout_mask(some({20, 10}), probability);
    expect_form("mask", mask, {20, 10}, torch::kFloat64, {});
    const double zeros = (mask == 0).to(torch::kFloat64).sum().item<double>();
    variance += std::pow(zeros - double(n) * probability, 2) / double(masks);
  }
  expect(variance > want / 2 && variance < want * 2, "the variance of the number of zeros in ", masks, " masks of ", n,
         " numbers, probability ", probability, ": got ", variance, ", want ", want, " within a factor of 2");
}

void mask_edges(const Functions& f) {
  const Tensor x = some({40, 50});
  expect_close("the mask with probability 0", f.dropout_mask(x, 0), torch::ones_like(x), 0, {});
  const Tensor first = f.dropout_mask(x, 0.5), second = f.dropout_mask(x, 0.5);
  expect_form("mask", first, {40, 50}, torch::kFloat64, {});
  expect_form("mask", second, {40, 50}, torch::kFloat64, {});
  expect(!first.equal(second), "two masks in a row are the same");
  torch::manual_seed(3);
  const Tensor once = f.dropout_mask(x, 0.5);
  torch::manual_seed(3);
  expect(once.equal(f.dropout_mask(x, 0.5)),
         "two masks from the same seed of LibTorch's generator differ: whose chance is it?");
}

void values(const Functions& f) {
  const Tensor x = numbers({1, 2, 3, -4}, {2, 2}), mask = numbers({1, 0, 1, 1}, {2, 2});
  const Inputs in = {{"x", x}, {"mask", mask}, {"probability", numbers({0.2}, {})}};
  expect_close("y", f.dropout_forward(x, mask, 0.2), numbers({1.25, 0, 3.75, -5}, {2, 2}), 1e-8, in);
  const Tensor g = numbers({8, 4, -2, 1}, {2, 2});
  expect_close("dL/dx", f.dropout_backward(mask, 0.2, g), numbers({10, 0, -2.5, 1.25}, {2, 2}), 1e-8,
               {{"mask", mask}, {"probability", numbers({0.2}, {})}, {"g", g}});
}

void keeps_the_mean(const Functions& f) {
  for (const double probability : {0.1, 0.5, 0.8}) {
    const int64_t n = 40000;
    const Tensor x = torch::ones({n}, torch::kFloat64),
                 y = f.dropout_forward(x, reference_mask({n}, probability), probability);
    expect_form("y", y, {n}, torch::kFloat64, {});
    const double mean = y.mean().item<double>(), error = 4 * std::sqrt(probability / (1 - probability) / double(n));
    expect(std::abs(mean - 1) <= error, "the mean of ", n, " ones after dropout with probability ", probability,
           ": got ", mean, ", want 1 within ", error, " (4 standard errors)");
  }
}

void fraction_zero(const Functions& f) {
  const Tensor x = some({3, 4}), ones = torch::ones_like(x);
  expect_close("y with probability 0", f.dropout_forward(x, ones, 0), x, 1e-10, {{"x", x}});
  expect_close("dL/dx with probability 0", f.dropout_backward(ones, 0, x), x, 1e-10, {{"g", x}});
}

/// dropout is linear in x, and the loss sum(g y) has the slopes dL/dx.
void slopes(const Functions& f) {
  for (const auto& shape : std::vector<std::vector<int64_t>>{{1, 1}, {1, 5}, {7, 3}, {11, 13}}) {
    const double probability = 0.4;
    const Tensor x = some(shape), g = some(shape), mask = reference_mask(shape, probability);
    const Tensor gradient = f.dropout_backward(mask, probability, g);
    const Inputs in = {{"x", x}, {"mask", mask}, {"g", g}};
    const auto dropout = [&](const Tensor& it) { return it * mask / (1 - probability); };
    expect_close("y", f.dropout_forward(x, mask, probability), dropout(x), 1e-10, in);
    expect_slopes("dL/dx", dropout, x, g, gradient, kSmooth, in);
    expect_close("dL/dx", gradient, autograd_of([&](const Tensors& it) { return dropout(it[0]); }, {x}, g)[0], 1e-10,
                 in);
  }
}

}  // namespace dropout_laws

std::vector<Check> dropout_checks() {
  using namespace dropout_laws;
  const auto mask = [](const Functions& f, const Tensors& in) { return Tensors{f.dropout_mask(in[0], 0)}; };
  const auto forward = [](const Functions& f, const Tensors& in) {
    return Tensors{f.dropout_forward(in[0], in[1], 0.25)};
  };
  const auto backward = [](const Functions& f, const Tensors& in) {
    return Tensors{f.dropout_backward(in[0], 0.25, in[1])};
  };
  const auto pair = [] { return Tensors{some({3, 4}), reference_mask({3, 4}, 0.5)}; };
  const auto swapped = [] { return Tensors{reference_mask({3, 4}, 0.5), some({3, 4})}; };
  return {
      {"5.1", "zeros and ones", "A mask has x's shape and type, and only 0 and 1 in it.", mask_form},
      {"5.1", "the probability asked for", "As many zeros as asked for, within 4 standard errors.", mask_fraction},
      {"5.1", "independent", "Each number is dropped for itself: others near by agree with it as chance has it.",
       mask_is_independent},
      {"5.1", "the number of zeros", "It varies from mask to mask, as chance has it.", number_of_zeros_varies},
      {"5.1", "probability 0, and the generator",
       "Probability 0 keeps all; chance comes from LibTorch's generator alone.", mask_edges},
      keeps_its_contract(Pure{"5.1",
                              "dropout_mask",
                              {"x"},
                              {"mask"},
                              mask,
                              [] {
                                return Tensors{some({3, 4})};
                              }}),
      {"5.2", "values by hand", "Four numbers forward and backward.", values},
      {"5.2", "keeps the mean", "What is kept grows, so that the mean stays.", keeps_the_mean},
      {"5.2", "probability 0", "Nothing dropped, nothing changed.", fraction_zero},
      {"5.2", "centred differences", "A gradient is the slope of the loss: 1e-7, and 1e-10 against autograd.", slopes},
      keeps_its_contract(Pure{"5.2", "dropout_forward", {"x", "mask"}, {"y"}, forward, pair}),
      keeps_its_contract(Pure{"5.2", "dropout_backward", {"mask", "g"}, {"dL/dx"}, backward, swapped})};
}

}  // namespace glassbox::mlp::exercise
