/// Tasks 4.1 to 4.3: softmax and cross-entropy.
#include <torch/nn/functional/activation.h>
#include <torch/nn/functional/loss.h>

#include <cmath>

#include "apps/mlp/exercise/checks.h"

namespace glassbox::mlp::exercise {
namespace softmax_laws {

const std::vector<std::vector<int64_t>> kShapes = {{1, 2}, {2, 2}, {1, 3}, {3, 5}, {5, 3}, {1, 17}, {41, 10}};

Tensor example_logits() { return numbers({1, 2, 3, 0.5, 0.5, 0.5, -1, 0.5, 2, 4, -2, 0}, {4, 3}); }
Tensor classes(std::vector<int64_t> target) { return torch::tensor(std::move(target), torch::kInt64); }
Tensor random_target(int64_t n, int64_t k) { return torch::randint(k, {n}, torch::kInt64); }
Tensor reference_loss(const Tensor& logits, const Tensor& target) {
  return torch::nn::functional::cross_entropy(logits, target);
}

// ---- 4.1 ----

void softmax_values(const Functions& f) {
  const Tensor want =
      numbers({0.0900305731704, 0.244728471055, 0.665240955775, 1 / 3.0, 1 / 3.0, 1 / 3.0, 0.0391125732707,
               0.17529039214, 0.785597034589, 0.979629207167, 0.00242825802959, 0.0179425348033},
              {4, 3});
  expect_close("p", f.softmax(example_logits()), want, 1e-8, {{"logits", example_logits()}});
}

void rows_sum_to_one(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor logits = some(shape) * 3, p = f.softmax(logits);
    expect_form("p", p, logits.sizes(), torch::kFloat64, {{"logits", logits}});
    expect_close("the sums of p's rows", p.sum(1), torch::ones({shape[0]}, torch::kFloat64), 1e-10,
                 {{"logits", logits}});
    expect((p > 0).all().item<bool>(), "p has a number that is not above 0, given logits = ", show(logits));
  }
}

void shift_changes_nothing(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor logits = some(shape), shift = some({shape[0], 1}) * 20;
    const Inputs in = {{"logits", logits}, {"shift of each row", shift}};
    expect_close("p after the shift", f.softmax(logits + shift), f.softmax(logits), 1e-8, in);
  }
}

void rows_are_apart(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor logits = some(shape), all = f.softmax(logits);
    expect_form("p", all, logits.sizes(), torch::kFloat64, {{"logits", logits}});
    for (int64_t i = 0; i < shape[0]; ++i) {
      expect_close(as_text("p of row ", i, " alone, against p in the batch"), f.softmax(logits.narrow(0, i, 1)),
                   all.narrow(0, i, 1), 1e-10, {{"logits", logits}});
    }
  }
}

void softmax_far_out(const Functions& f) {
  for (const auto type : {torch::kFloat64, torch::kFloat32}) {
    const double tolerance = type == torch::kFloat64 ? 1e-8 : 1e-3;  // float32 knows 1000 to 6e-5
    const Tensor logits = numbers({1000, 0, -1000, -1000, -1000, 0, 1000, 1000, 1000}, {3, 3}).to(type);
    const Tensor want = numbers({1, 0, 0, 0, 0, 1, 1 / 3.0, 1 / 3.0, 1 / 3.0}, {3, 3}).to(type);
    expect_close("p", f.softmax(logits), want, tolerance, {{"logits", logits}});
    const Tensor low = torch::full({1, 2}, -1000.0, type);
    expect_close("p", f.softmax(low), torch::full({1, 2}, 0.5, type), tolerance, {{"logits", low}});
    // A row near 0 below a row near 1000: each counts for itself.
    const Tensor mixed = numbers({1000, 1000, 0, 0}, {2, 2}).to(type);
    expect_close("p", f.softmax(mixed), torch::full({2, 2}, 0.5, type), tolerance, {{"logits", mixed}});
  }
}

void softmax_agrees(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor logits = some(shape) * 2;
    expect_close("p", f.softmax(logits), torch::softmax(logits, 1), 1e-10, {{"logits", logits}});
  }
}

// ---- 4.2 ----

void loss_values(const Functions& f) {
  const Tensor target = classes({2, 0, 1, 1});
  expect_close("L", f.cross_entropy_forward(example_logits(), target), numbers({2.31702767218}, {}), 1e-8,
               {{"logits", example_logits()}, {"target", target}});
}

void equal_logits(const Functions& f) {
  for (const int64_t k : {2, 3, 10}) {
    for (const int64_t n : {1, 2, 7}) {
      const Tensor logits = torch::full({n, k}, 0.7, torch::kFloat64), target = random_target(n, k);
      const Tensor want = torch::tensor(std::log(double(k)), torch::kFloat64);
      expect_close(as_text("L of ", k, " equal logits, ", n, " samples"), f.cross_entropy_forward(logits, target), want,
                   1e-10, {{"logits", logits}, {"target", target}});
    }
  }
}

void loss_is_finite(const Functions& f) {
  for (const auto type : {torch::kFloat64, torch::kFloat32}) {
    for (const double z : {40.0, 200.0, 1000.0}) {
      const Tensor logits = numbers({z, -z}, {1, 2}).to(type), right = classes({0}), wrong = classes({1});
      const Tensor loss = f.cross_entropy_forward(logits, wrong);
      expect_close("L of a confident mistake", loss, torch::tensor(2 * z).to(type), 1e-6,
                   {{"logits", logits}, {"target", wrong}});
      const Tensor best = f.cross_entropy_forward(logits, right);
      expect_form("L", best, {}, type, {{"logits", logits}, {"target", right}});
      expect(std::abs(best.item<double>()) < 1e-6, "L of a confident right answer: got ", show(best),
             ", given logits = ", show(logits), ", target = ", show(right));
    }
  }
}

void twice_the_batch(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor logits = some(shape), target = random_target(shape[0], shape[1]);
    const Inputs in = {{"logits", logits}, {"target", target}};
    const Tensor once = f.cross_entropy_forward(logits, target);
    expect_form("L", once, {}, torch::kFloat64, in);
    expect_close("L with every sample twice",
                 f.cross_entropy_forward(torch::cat({logits, logits}), torch::cat({target, target})), once, 1e-10, in);
  }
}

void loss_agrees(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor logits = some(shape) * 2, target = random_target(shape[0], shape[1]);
    expect_close("L", f.cross_entropy_forward(logits, target), reference_loss(logits, target), 1e-10,
                 {{"logits", logits}, {"target", target}});
  }
}

// ---- 4.3 ----

void gradient_values(const Functions& f) {
  const Tensor target = classes({2, 0, 1, 1});
  const Tensor want =
      numbers({0.0225076432926, 0.0611821177637, -0.0836897610563, -1 / 6.0, 1 / 12.0, 1 / 12.0, 0.00977814331767,
               -0.206177401965, 0.196399258647, 0.244907301792, -0.249392935493, 0.00448563370083},
              {4, 3});
  expect_close("dL/dlogits", f.cross_entropy_backward(example_logits(), target), want, 1e-8,
               {{"logits", example_logits()}, {"target", target}});
}

/// A shift of a row changes no loss, so a row's slopes cancel.
void rows_sum_to_zero(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor logits = some(shape), target = random_target(shape[0], shape[1]);
    const Inputs in = {{"logits", logits}, {"target", target}};
    const Tensor got = f.cross_entropy_backward(logits, target);
    expect_form("dL/dlogits", got, logits.sizes(), torch::kFloat64, in);
    expect_close("the sums of dL/dlogits' rows", got.sum(1), torch::zeros({shape[0]}, torch::kFloat64), 1e-10, in);
  }
}

void gradient_of_twice_the_batch(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor logits = some(shape), target = random_target(shape[0], shape[1]);
    const Inputs in = {{"logits", logits}, {"target", target}};
    const Tensor once = f.cross_entropy_backward(logits, target);
    expect_form("dL/dlogits", once, logits.sizes(), torch::kFloat64, in);
    const Tensor twice = f.cross_entropy_backward(torch::cat({logits, logits}), torch::cat({target, target}));
    expect_form("dL/dlogits with every sample twice", twice, {2 * shape[0], shape[1]}, torch::kFloat64, in);
    // The loss is the same, and each number shares its part of it with its twin.
    const Tensor both = twice.narrow(0, 0, shape[0]) + twice.narrow(0, shape[0], shape[0]);
    expect_close("dL/dlogits of both twins together", both, once, 1e-10, in);
  }
}

void gradient_far_out(const Functions& f) {
  for (const auto type : {torch::kFloat64, torch::kFloat32}) {
    const Tensor logits = numbers({1000, -1000}, {1, 2}).to(type);
    expect_close("dL/dlogits", f.cross_entropy_backward(logits, classes({1})), numbers({1, -1}, {1, 2}).to(type), 1e-6,
                 {{"logits", logits}, {"target", classes({1})}});
  }
}

void gradient_slopes(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor logits = some(shape) / 2, target = random_target(shape[0], shape[1]);
    // Sample by sample: what the others lose cancels before it can hide a small slope.
    const auto losses = [&](const Tensor& it) {
      return torch::nn::functional::cross_entropy(
          it, target, torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kNone));
    };
    const Tensor fraction = torch::full({shape[0]}, 1.0 / double(shape[0]), torch::kFloat64);
    expect_slopes("dL/dlogits", losses, logits, fraction, f.cross_entropy_backward(logits, target), kSmooth,
                  {{"logits", logits}, {"target", target}});
  }
}

void gradient_agrees(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor logits = some(shape) * 2, target = random_target(shape[0], shape[1]);
    const auto loss = [&](const Tensors& in) { return reference_loss(in[0], target); };
    expect_close("dL/dlogits", f.cross_entropy_backward(logits, target),
                 autograd_of(loss, {logits}, torch::ones({}, torch::kFloat64))[0], 1e-10,
                 {{"logits", logits}, {"target", target}});
  }
}

Tensors examples() { return {some({4, 3}), random_target(4, 3)}; }

}  // namespace softmax_laws

std::vector<Check> softmax_checks() {
  using namespace softmax_laws;
  const auto call = [](const Functions& f, const Tensors& in) { return Tensors{f.softmax(in[0])}; };
  return {{"4.1", "values by hand", "Four rows, known to 10 digits.", softmax_values},
          {"4.1", "sums to 1", "Each row of p adds up to 1, and no probability is 0 or less.", rows_sum_to_one},
          {"4.1", "ignores a shift", "A number added to a whole row of logits changes nothing.", shift_changes_nothing},
          {"4.1", "rows are apart", "A row's probabilities are the same alone and among others.", rows_are_apart},
          {"4.1", "far out", "Logits of 1000 and -1000 give numbers.", softmax_far_out},
          {"4.1", "agrees with LibTorch", "Any sizes; to 1e-10.", softmax_agrees},
          keeps_its_contract(Pure{"4.1", "softmax", {"logits"}, {"p"}, call, [] {
                                    return Tensors{some({4, 3})};
                                  }})};
}

std::vector<Check> cross_entropy_checks() {
  using namespace softmax_laws;
  const auto forward = [](const Functions& f, const Tensors& in) {
    return Tensors{f.cross_entropy_forward(in[0], in[1])};
  };
  const auto backward = [](const Functions& f, const Tensors& in) {
    return Tensors{f.cross_entropy_backward(in[0], in[1])};
  };
  return {
      {"4.2", "values by hand", "Four samples, known to 10 digits.", loss_values},
      {"4.2", "equal logits", "Who knows nothing of C classes pays ln C.", equal_logits},
      {"4.2", "stays finite", "A confident mistake costs the distance of the logits, not infinity.", loss_is_finite},
      {"4.2", "a mean", "With every sample twice the loss is the same.", twice_the_batch},
      {"4.2", "agrees with LibTorch", "Any sizes; to 1e-10.", loss_agrees},
      keeps_its_contract(Pure{"4.2", "cross_entropy_forward", {"logits", "target"}, {"L"}, forward, examples}),
      {"4.3", "values by hand", "Four samples, known to 10 digits.", gradient_values},
      {"4.3", "rows cancel", "A shift of a row changes no loss, so its slopes add up to 0.", rows_sum_to_zero},
      {"4.3", "of a mean", "With every sample twice the loss is the same, and twins share the slope.",
       gradient_of_twice_the_batch},
      {"4.3", "far out", "Logits of 1000 and -1000 give numbers.", gradient_far_out},
      {"4.3", "centred differences", "A gradient is the slope of the loss: relative error at most 1e-7.",
       gradient_slopes},
      {"4.3", "agrees with autograd", "Any sizes; to 1e-10.", gradient_agrees},
      keeps_its_contract(
          Pure{"4.3", "cross_entropy_backward", {"logits", "target"}, {"dL/dlogits"}, backward, examples})};
}

}  // namespace glassbox::mlp::exercise
