/// Task 1: the perceptron's rule by hand, its laws, and Novikoff's bound.
#include <cmath>

#include "apps/mlp/exercise/checks.h"

namespace glassbox::mlp::exercise {
namespace perceptron_laws {

struct Step {
  Tensor x;
  int64_t y;
  bool mistake;
  Tensor weight, bias;  // afterwards
};

void values(const Functions& f) {
  Tensor weight = numbers({0, 0}, {2}), bias = numbers({0}, {});
  const std::vector<Step> steps = {{numbers({1, 2}, {2}), +1, true, numbers({1, 2}, {2}), numbers({1}, {})},
                                   {numbers({2, -1}, {2}), -1, true, numbers({-1, 3}, {2}), numbers({0}, {})},
                                   {numbers({3, 1.5}, {2}), +1, false, numbers({-1, 3}, {2}), numbers({0}, {})},
                                   {numbers({3, 1}, {2}), +1, true, numbers({2, 4}, {2}), numbers({1}, {})},
                                   {numbers({-1, 0}, {2}), +1, true, numbers({1, 4}, {2}), numbers({2}, {})}};
  for (const Step& step : steps) {
    const Inputs inputs = {{"x", step.x}, {"w", weight.clone()}, {"b", bias.clone()}};
    const bool mistake = f.perceptron_update(step.x, step.y, weight, bias);
    expect(mistake == step.mistake, "returned ", mistake ? "a mistake" : "no mistake", ", want the opposite, given ",
           show(inputs), ", y = ", step.y);
    expect_close(as_text("w after y = ", step.y), weight, step.weight, 1e-8, inputs);
    expect_close(as_text("b after y = ", step.y), bias, step.bias, 1e-8, inputs);
  }
}

void answer_at_zero(const Functions& f) {
  for (const int64_t y : {-1, +1}) {
    Tensor weight = numbers({0}, {1}), bias = numbers({0}, {});
    const bool mistake = f.perceptron_update(numbers({1}, {1}), y, weight, bias);
    expect(mistake == (y == 1), "with w = [0], b = 0, x = [1], y = ", y, " the sum is exactly 0; returned ",
           mistake ? "a mistake" : "no mistake");
  }
}

void no_mistake_no_change(const Functions& f) {
  for (int64_t features = 1; features <= 5; ++features) {
    for (int round = 0; round < 10; ++round) {
      Tensor weight = some({features}), bias = some({});
      const Tensor x = some({features});
      const double sum = (weight * x).sum().item<double>() + bias.item<double>();
      if (std::abs(sum) < 1e-6) continue;
      const Inputs inputs = {{"x", x.clone()}, {"w", weight.clone()}, {"b", bias.clone()}};
      const int64_t y = sum > 0 ? 1 : -1;
      const bool mistake = f.perceptron_update(x, y, weight, bias);
      expect(!mistake, "the answer was right, but a mistake was returned, given ", show(inputs), ", y = ", y);
      expect_close("w after a right answer", weight, inputs[1].second, 0, inputs);
      expect_close("b after a right answer", bias, inputs[2].second, 0, inputs);
    }
  }
}

void scaling(const Functions& f) {
  for (const double factor : {0.25, 1000.0}) {
    for (int round = 0; round < 20; ++round) {
      const Tensor x = some({3}), weight = some({3}), bias = some({});
      Tensor w1 = weight.clone(), b1 = bias.clone(), w2 = weight * factor, b2 = bias * factor;
      const Inputs inputs = {{"x", x}, {"w", weight}, {"b", bias}};
      const bool first = f.perceptron_update(x, 1, w1, b1), second = f.perceptron_update(x, 1, w2, b2);
      expect(first == second, "with w and b both times ", factor, " the answer changed, given ", show(inputs));
      expect_close(as_text("what w moves by, with w and b both times ", factor), w2 - weight * factor, w1 - weight,
                   1e-8, inputs);
    }
  }
}

void in_place(const Functions& f) {
  for (const auto type : {torch::kFloat64, torch::kFloat32}) {
    Tensor weight = numbers({1, -1}, {2}).to(type), bias = numbers({0}, {}).to(type);
    const Tensor x = numbers({1, 7, 3, 7}, {2, 2}).to(type).select(1, 0), before = x.clone();  // [1, 3], with gaps
    const Tensor same_weight = weight, same_bias = bias;
    f.perceptron_update(x, 1, weight, bias);
    expect(weight.is_same(same_weight) && bias.is_same(same_bias), "w or b is another tensor than before");
    expect_close("w, changed in place", same_weight, numbers({2, 2}, {2}).to(type), 1e-7, {{"x", x}});
    expect_close("b, changed in place", same_bias, numbers({1}, {}).to(type), 1e-7, {{"x", x}});
    expect_close("x, which stays as it is", x, before, 0, {});
  }
}

/// Trains on a separable set until a pass without mistakes; R and gamma are those of the sum with the bias as a weight
/// of a feature that is always 1.
void novikoff(const Functions& f) {
  for (const int64_t features : {1, 2, 5, 20}) {
    const Tensor separator = some({features + 1});
    Tensor x = torch::cat({some({40, features}), torch::ones({40, 1}, torch::kFloat64)}, 1);
    const Tensor margins = x.mv(separator) / separator.norm(), clear = margins.abs() > 0.1;
    x = x.index({clear});
    const Tensor y = margins.index({clear}).sign();
    const double radius = x.norm(2, 1).max().item<double>();
    const double gamma = margins.index({clear}).abs().min().item<double>();
    const double bound = std::pow(radius / gamma, 2);

    Tensor weight = torch::zeros({features}, torch::kFloat64), bias = torch::zeros({}, torch::kFloat64);
    int64_t mistakes = 0;
    for (bool clean = false; !clean;) {
      clean = true;
      for (int64_t i = 0; i < x.size(0); ++i) {
        if (!f.perceptron_update(x[i].narrow(0, 0, features), y[i].item<int64_t>(), weight, bias)) continue;
        clean = false;
        expect(++mistakes <= bound, "more mistakes than (R/gamma)^2 = ", bound, " on ", x.size(0),
               " separable samples with ", features, " features");
      }
    }
    const Tensor answers = x.narrow(1, 0, features).mv(weight) + bias;
    const auto wrong = ((answers > 0) != (y > 0)).sum().item<int64_t>();
    expect(wrong == 0, "a whole pass returned no mistake, but w and b are wrong on ", wrong, " of ", x.size(0),
           " separable samples with ", features, " features");
  }
}

}  // namespace perceptron_laws

std::vector<Check> perceptron_checks() {
  using namespace perceptron_laws;
  return {{"1.1", "values by hand", "Five samples, one after the other, as with paper and pencil.", values},
          {"1.1", "a sum of exactly 0", "The answer is +1 above 0 and -1 otherwise: 0 is not above 0.", answer_at_zero},
          {"1.1", "no mistake, no change", "Only mistakes teach a perceptron.", no_mistake_no_change},
          {"1.1", "scaling", "w and b times a positive number answer the same, and a mistake moves them by the same.",
           scaling},
          {"1.1", "works in place", "w and b are moved where they are, in their own type; x stays as it is.", in_place},
          {"1.1", "Novikoff's bound", "On separable samples there are at most (R/gamma)^2 mistakes, and then none.",
           novikoff}};
}

}  // namespace glassbox::mlp::exercise
