/// What the checks measure with: differences that name their place, centred differences, laws of every pure function.
#pragma once

#include <torch/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/exercise/check.h"

namespace glassbox::exercise {

using torch::Tensor;
using Tensors = std::vector<Tensor>;
using Inputs = std::vector<std::pair<std::string, Tensor>>;

template <typename... Parts>
void expect(bool holds, const Parts&... parts) {
  if (!holds) throw Broken(as_text(parts...));
}

/// "[[1, 2], [0.5, -3]]"; of more than 24 numbers only "[64, 37] numbers". Names in front: "x = [[1], [2]], fraction =
/// 0.5".
std::string show(const Tensor& tensor);
std::string show(const Inputs& inputs);

/// A float64 tensor in the shape of the nested list.
Tensor numbers(std::vector<double> values, at::IntArrayRef shape);

/// Random numbers of either sign with sizes from 0.5 to 2, float64: multiples of a half if they are few, to be
/// readable.
Tensor some(at::IntArrayRef shape);

/// |a - n| / max(|a|, |n|); 0 if they differ by no more than `rounding`, what a computation of either may be off by.
double relative_error(double a, double n, double rounding = 1e-10);

/// What rounding alone can make of (f(x + h) - f(x - h)) / 2h in double arithmetic, where `size` is the sum of the
/// sizes of the terms that f adds up: a few units in their last place.
double rounding_of_difference(double size, double h);

/// Defined, of this shape and type.
void expect_form(const std::string& what, const Tensor& got, at::IntArrayRef shape, torch::ScalarType type,
                 const Inputs& inputs);

/// The same shape and type, and every number to `tolerance` (relative error).
void expect_close(const std::string& what, const Tensor& got, const Tensor& want, double tolerance,
                  const Inputs& inputs);

/// `gradient`, what a backward function says of L = sum(g f(x)), against (L(x + h) - L(x - h)) / 2h with h = 1e-5, at
/// every number of x or at the extremes and 20 others. x float64. Tolerances: kSmooth, or kKinked (no point within 10 h
/// of the kink).
constexpr double kSmooth = 1e-7, kKinked = 1e-4;
void expect_slopes(const std::string& what, const std::function<Tensor(const Tensor&)>& f, const Tensor& x,
                   const Tensor& g, const Tensor& gradient, double tolerance, const Inputs& inputs);

/// The gradients of sum(g f(inputs)) by LibTorch's autograd.
Tensors autograd_of(const std::function<Tensor(const Tensors&)>& f, Tensors inputs, const Tensor& g);

/// `call` throws UserError; a gap stays a gap.
void expect_refused(const std::string& what, const std::function<void()>& call);

/// What a pure function takes and gives, in the words of messages.
struct Signature {
  std::string task;
  std::string name;  ///< "linear_backward"
  std::vector<std::string> input_names, output_names;
};

/// `call` does not change its inputs, takes any strides, gives float32 for float32, near what it gives for float64.
void expect_contract(const Signature& function, const Tensors& inputs,
                     const std::function<Tensors(const Tensors&)>& call);

/// A pure function as tensors in, tensors out, so that what holds of all of them is written once.
template <typename Functions>
struct PureOf {
  Signature signature;
  std::function<Tensors(const Functions&, const Tensors&)> call;
  std::function<Tensors()> examples;  ///< float64, with at least two dimensions where strides can matter
};

template <typename Functions>
CheckOf<Functions> keeps_its_contract(const PureOf<Functions>& function) {
  const auto hold = [function](const Functions& functions) {
    expect_contract(function.signature, function.examples(),
                    [&](const Tensors& in) { return function.call(functions, in); });
  };
  return {function.signature.task, function.signature.name + " keeps its contract",
          "New tensors of the inputs' type, right whatever the type and the strides; the inputs stay as they are.",
          hold};
}

}  // namespace glassbox::exercise
