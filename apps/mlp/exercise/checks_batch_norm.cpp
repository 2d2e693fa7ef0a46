/// Tasks 6.1 and 6.2: batch norm forward, in training and in evaluation.
#include <torch/nn/functional/batchnorm.h>

#include "apps/mlp/exercise/checks.h"

namespace glassbox::mlp::exercise {
namespace batch_norm_laws {

const std::vector<std::vector<int64_t>> kShapes = {{2, 1}, {3, 2}, {2, 5}, {7, 3}, {33, 17}};

Tensor example_x() { return numbers({1, 2, 3, -1, 8, 0.5, 0, 4}, {4, 2}); }

/// An unusual momentum and epsilon, so that neither can be forgotten.
BatchNorm example_norm() {
  return {numbers({2, -0.5}, {2}), numbers({1, 0.25}, {2}), numbers({1, -1}, {2}), numbers({2, 0.5}, {2}), 0.3, 0.5};
}

BatchNorm some_norm(int64_t h) { return {some({h}), some({h}), some({h}), some({h}).abs(), 0.1, 1e-5}; }

BatchNorm copy(const BatchNorm& norm) {
  return {norm.scale.clone(),       norm.shift.clone(), norm.running_mean.clone(),
          norm.running_var.clone(), norm.momentum,      norm.epsilon};
}

Inputs all_of(const Tensor& x, const BatchNorm& norm) {
  return {{"x", x},
          {"scale", norm.scale},
          {"shift", norm.shift},
          {"running_mean", norm.running_mean.clone()},
          {"running_var", norm.running_var.clone()}};
}

Tensor reference(const Tensor& x, BatchNorm& norm, bool training) {
  return torch::batch_norm(x, norm.scale, norm.shift, norm.running_mean, norm.running_var, training, norm.momentum,
                           norm.epsilon, /*cudnn_enabled=*/false);
}

void train_values(const Functions& f) {
  BatchNorm norm = example_norm();
  const Inputs in = {{"x", example_x()}, {"scale", norm.scale}, {"shift", norm.shift}};
  const BatchNormResult got = f.batch_norm_train(example_x(), norm);
  expect_close("inverse_std (epsilon is 0.5)", got.inverse_std, numbers({0.316227766017, 0.504955522478}, {2}), 1e-8,
               in);
  expect_close("x_hat", got.x_hat,
               numbers({-0.632455532034, 0.315597201549, 0, -1.19926936589, 1.58113883008, -0.441836082168,
                        -0.948683298051, 1.32550824651},
                       {4, 2}),
               1e-8, in);
  expect_close("y", got.y,
               numbers({-0.264911064067, 0.0922013992255, 1, 0.849634682943, 4.16227766017, 0.470918041084,
                        -0.897366596101, -0.412754123253},
                       {4, 2}),
               1e-8, in);
}

void running_values(const Functions& f) {
  BatchNorm norm = example_norm();
  const Tensor mean = norm.running_mean, var = norm.running_var;
  const Inputs in = all_of(example_x(), norm);
  f.batch_norm_train(example_x(), norm);
  expect(norm.running_mean.is_same(mean) && norm.running_var.is_same(var),
         "the running figures are other tensors than before");
  expect_close("running_mean (momentum is 0.3)", mean, numbers({1.6, -0.2875}, {2}), 1e-8, in);
  expect_close("running_var (momentum is 0.3)", var, numbers({5.2, 1.71875}, {2}), 1e-8, in);
}

void mean_and_variance(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor x = some(shape) * 3 + 5;
    BatchNorm norm = some_norm(shape[1]);
    norm.epsilon = 0;
    const BatchNormResult got = f.batch_norm_train(x, norm);
    expect_form("x_hat", got.x_hat, shape, torch::kFloat64, {{"x", x}});
    if (x.var(0, false).min().item<double>() < 1e-3) continue;  // a column without spread has no variance to normalise
    expect_close("the mean of each column of x_hat", got.x_hat.mean(0) + 1, torch::ones({shape[1]}, torch::kFloat64),
                 1e-8, {{"x", x}});
    expect_close("the variance of each column of x_hat", got.x_hat.square().mean(0),
                 torch::ones({shape[1]}, torch::kFloat64), 1e-8, {{"x", x}});
  }
}

void train_agrees(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor x = some(shape) * 2 - 1;
    BatchNorm norm = some_norm(shape[1]), theirs = copy(norm);
    const Inputs in = all_of(x, norm);
    const Tensor want = reference(x, theirs, true);
    expect_close("y", f.batch_norm_train(x, norm).y, want, 1e-8, in);
    expect_close("running_mean", norm.running_mean, theirs.running_mean, 1e-10, in);
    expect_close("running_var", norm.running_var, theirs.running_var, 1e-10, in);
    expect_close("scale, which stays as it is", norm.scale, theirs.scale, 0, in);
    expect_close("shift, which stays as it is", norm.shift, theirs.shift, 0, in);
  }
}

/// Units of another size: the layer's answer is the same.
void scale_of_inputs(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor x = some(shape);
    BatchNorm norm = some_norm(shape[1]);
    norm.epsilon = 1e-12;
    if (x.var(0, false).min().item<double>() < 1e-3) continue;
    BatchNorm second = copy(norm);
    expect_close("y of 3 x + 5, against y of x", f.batch_norm_train(x * 3 + 5, second).y, f.batch_norm_train(x, norm).y,
                 1e-6, {{"x", x}});
  }
}

void eval_values(const Functions& f) {
  const BatchNorm norm = example_norm();
  const Tensor want = numbers({1, -1.25, 3.52982212813, 0.25, 9.85437744847, -0.5, -0.264911064067, -2.25}, {4, 2});
  expect_close("y (epsilon is 0.5)", f.batch_norm_eval(example_x(), norm), want, 1e-8, all_of(example_x(), norm));
}

void eval_changes_nothing(const Functions& f) {
  const BatchNorm norm = some_norm(3), before = copy(norm);
  const Tensor x = some({4, 3});
  const Inputs in = all_of(x, norm);
  f.batch_norm_eval(x, norm);
  expect_close("scale after evaluation", norm.scale, before.scale, 0, in);
  expect_close("shift after evaluation", norm.shift, before.shift, 0, in);
  expect_close("running_mean after evaluation", norm.running_mean, before.running_mean, 0, in);
  expect_close("running_var after evaluation", norm.running_var, before.running_var, 0, in);
}

void eval_rows_are_apart(const Functions& f) {
  for (const auto& shape : kShapes) {
    const Tensor x = some(shape);
    BatchNorm norm = some_norm(shape[1]);
    const Inputs in = all_of(x, norm);
    const Tensor all = f.batch_norm_eval(x, norm);
    expect_close("y", all, reference(x, norm, false), 1e-8, in);
    expect_close("y of the first sample alone, against y in the batch", f.batch_norm_eval(x.narrow(0, 0, 1), norm),
                 all.narrow(0, 0, 1), 1e-10, in);
  }
}

}  // namespace batch_norm_laws

std::vector<Check> batch_norm_checks() {
  using namespace batch_norm_laws;
  const auto train = [](const Functions& f, const Tensors& in) {
    BatchNorm norm{in[1], in[2], in[1].clone(), in[2].abs(), 0.1, 1e-5};
    const BatchNormResult got = f.batch_norm_train(in[0], norm);
    return Tensors{got.y, got.x_hat, got.inverse_std, norm.running_mean, norm.running_var};
  };
  const auto eval = [](const Functions& f, const Tensors& in) {
    return Tensors{f.batch_norm_eval(in[0], {in[1], in[2], in[3], in[4].abs(), 0.1, 1e-5})};
  };
  const auto three = [] { return Tensors{some({5, 3}), some({3}), some({3})}; };
  const auto five = [] { return Tensors{some({5, 3}), some({3}), some({3}), some({3}), some({3})}; };
  return {
      {"6.1", "values by hand", "Four samples, two columns, known to 10 digits.", train_values},
      {"6.1", "running figures by hand", "They move by the momentum, in place, with the variance of N - 1.",
       running_values},
      {"6.1", "mean 0, variance 1", "Before scale and shift each column has mean 0 and variance 1.", mean_and_variance},
      {"6.1", "ignores units", "Inputs in other units (3 x + 5) give the same y.", scale_of_inputs},
      {"6.1", "agrees with LibTorch", "Any sizes from two samples on; scale and shift stay.", train_agrees},
      keeps_its_contract(Pure{"6.1",
                              "batch_norm_train",
                              {"x", "scale", "shift"},
                              {"y", "x_hat", "inverse_std", "running_mean", "running_var"},
                              train,
                              three}),
      {"6.2", "values by hand", "Four samples, two columns, known to 10 digits.", eval_values},
      {"6.2", "changes nothing", "Evaluation leaves all four of the layer's tensors alone.", eval_changes_nothing},
      {"6.2", "rows are apart", "In evaluation a sample's answer does not depend on its neighbours.",
       eval_rows_are_apart},
      keeps_its_contract(
          Pure{"6.2", "batch_norm_eval", {"x", "scale", "shift", "running_mean", "running_var"}, {"y"}, eval, five})};
}

}  // namespace glassbox::mlp::exercise
