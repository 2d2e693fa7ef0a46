#include "common/exercise/probe.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <limits>
#include <set>

namespace glassbox::exercise {
namespace {

std::string digits(double value) {
  std::ostringstream text;
  text << std::setprecision(10) << value;
  return text.str();
}

/// "[0, 3]", the place of the flat number `i`.
std::string place(int64_t i, at::IntArrayRef shape) {
  std::vector<int64_t> indices(shape.size());
  for (size_t d = shape.size(); d-- > 0; i /= shape[d]) indices[d] = i % shape[d];
  return as_text(at::IntArrayRef(indices));
}

std::string given(const Inputs& inputs) { return inputs.empty() ? "" : ", given " + show(inputs); }

std::vector<double> flat(const Tensor& tensor) {
  const Tensor values = tensor.detach().to(torch::kFloat64).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

bool same_numbers(const Tensor& a, const Tensor& b) { return a.sizes() == b.sizes() && flat(a) == flat(b); }

Inputs named(const std::vector<std::string>& names, const Tensors& values) {
  Inputs inputs;
  for (size_t i = 0; i < names.size(); ++i) inputs.emplace_back(names[i], values[i]);
  return inputs;
}

/// What float32 inputs give, against what float64 inputs gave: within 1e-4, or 1e-4 of numbers above 1.
void expect_near(const std::string& what, const Tensor& got, const Tensor& want, const Inputs& inputs) {
  expect_form(what, got, want.sizes(), torch::kFloat32, inputs);
  const std::vector<double> ours = flat(got), theirs = flat(want);
  for (size_t i = 0; i < ours.size(); ++i) {
    const bool near = std::abs(ours[i] - theirs[i]) <= 1e-4 * std::max(1.0, std::abs(theirs[i]));  // never of NaN
    expect(near, what, want.dim() > 0 ? " at " + place(int64_t(i), want.sizes()) : "", ": got ", digits(ours[i]),
           ", but ", digits(theirs[i]), " of float64 ones", given(inputs));
  }
}

/// All numbers of x, or those of the largest and smallest size and 20 others.
std::set<int64_t> indices_to_try(const Tensor& x) {
  std::set<int64_t> indices;
  if (x.numel() <= 60) {
    for (int64_t i = 0; i < x.numel(); ++i) indices.insert(i);
    return indices;
  }
  indices = {x.argmax().item<int64_t>(), x.argmin().item<int64_t>(), x.abs().argmin().item<int64_t>()};
  const Tensor others = torch::randperm(x.numel());
  for (int64_t i = 0; i < 20; ++i) indices.insert(others[i].item<int64_t>());
  return indices;
}

}  // namespace

std::string show(const Tensor& tensor) {
  if (!tensor.defined()) return "nothing";
  if (tensor.dim() == 0) return digits(tensor.item<double>());
  if (tensor.numel() > 24) return as_text(tensor.sizes(), " numbers");
  std::string text;
  for (int64_t i = 0; i < tensor.size(0); ++i) text += (i > 0 ? ", " : "") + show(tensor[i]);
  return "[" + text + "]";
}

std::string show(const Inputs& inputs) {
  std::string text;
  for (const auto& [name, value] : inputs) text += (text.empty() ? "" : ", ") + name + " = " + show(value);
  return text;
}

Tensor numbers(std::vector<double> values, at::IntArrayRef shape) {
  return torch::tensor(std::move(values), torch::kFloat64).view(shape);
}

Tensor some(at::IntArrayRef shape) {
  const Tensor size = torch::rand(shape, torch::kFloat64) * 1.5 + 0.5;
  const Tensor sign = torch::randint(2, shape, torch::kFloat64) * 2 - 1;
  return sign * (size.numel() <= 24 ? (size * 2).round() / 2 : size);
}

double relative_error(double a, double n, double rounding) {
  if (a == n || std::abs(a - n) <= rounding) return 0;  // of equal infinities the difference is no number
  return std::abs(a - n) / std::max(std::abs(a), std::abs(n));
}

double rounding_of_difference(double size, double h) {
  return 4 * std::numeric_limits<double>::epsilon() * size / (2 * h);
}

void expect_form(const std::string& what, const Tensor& got, at::IntArrayRef shape, torch::ScalarType type,
                 const Inputs& inputs) {
  expect(got.defined(), what, ": got an undefined tensor", given(inputs));
  expect(got.sizes() == shape, what, ": want the shape ", shape, ", got ", got.sizes(), given(inputs));
  expect(got.scalar_type() == type, what, ": want ", c10::toString(type), ", got ", c10::toString(got.scalar_type()),
         given(inputs));
}

void expect_close(const std::string& what, const Tensor& got, const Tensor& want, double tolerance,
                  const Inputs& inputs) {
  expect_form(what, got, want.sizes(), want.scalar_type(), inputs);
  const std::vector<double> ours = flat(got), theirs = flat(want);
  for (size_t i = 0; i < ours.size(); ++i) {
    const double error = relative_error(ours[i], theirs[i]);
    if (error <= tolerance) continue;  // NaN is never within
    throw Broken(as_text(what, want.dim() > 0 ? " at " + place(int64_t(i), want.sizes()) : "", ": got ",
                         digits(ours[i]), ", want ", digits(theirs[i]), " (relative error ", error, ")",
                         given(inputs)));
  }
}

void expect_slopes(const std::string& what, const std::function<Tensor(const Tensor&)>& f, const Tensor& x,
                   const Tensor& g, const Tensor& gradient, double tolerance, const Inputs& inputs) {
  expect_form(what, gradient, x.sizes(), x.scalar_type(), inputs);
  const double h = 1e-5;
  for (const int64_t i : indices_to_try(x)) {
    Tensor above = x.clone(at::MemoryFormat::Contiguous), below = above.clone();
    above.view({-1})[i] += h;
    below.view({-1})[i] -= h;
    // The difference comes before the sum: what x[i] does not touch cancels exactly.
    const Tensor high = f(above);
    const double slope = (g * (high - f(below))).sum().item<double>() / (2 * h);
    const double rounding = rounding_of_difference((g * high).abs().sum().item<double>(), h);
    const double exact = gradient.reshape({-1})[i].item<double>(), error = relative_error(exact, slope, rounding);
    if (error <= tolerance) continue;
    throw Broken(as_text(what, " at ", place(i, x.sizes()), ": got ", digits(exact), ", but the centred difference is ",
                         digits(slope), " (relative error ", error, ")", given(inputs)));
  }
}

Tensors autograd_of(const std::function<Tensor(const Tensors&)>& f, Tensors inputs, const Tensor& g) {
  const torch::AutoGradMode on(true);
  for (Tensor& input : inputs) input = input.detach().clone().requires_grad_();
  (f(inputs) * g).sum().backward();
  Tensors gradients;
  for (const Tensor& input : inputs) gradients.push_back(input.grad());
  return gradients;
}

void expect_contract(const Signature& function, const Tensors& inputs,
                     const std::function<Tensors(const Tensors&)>& call) {
  const auto outputs_of = [&](const Tensors& in) {
    const Tensors outputs = call(in);
    for (size_t i = 0; i < outputs.size(); ++i) {
      expect(outputs[i].defined(), function.output_names[i], ": got an undefined tensor");
    }
    return outputs;
  };
  Tensors before, strided, singles;
  for (const Tensor& input : inputs) {
    before.push_back(input.clone());
    // The same numbers, column by column in memory, or with gaps between them.
    strided.push_back(input.dim() == 2 ? input.t().contiguous().t() : torch::stack({input, input}, -1).select(-1, 0));
    singles.push_back(input.is_floating_point() ? input.to(torch::kFloat32) : input);
  }
  const Tensors outputs = outputs_of(inputs);
  for (size_t i = 0; i < inputs.size(); ++i) {
    expect(same_numbers(inputs[i], before[i]), function.name, " changes ", function.input_names[i], ", which was ",
           show(before[i]), " and is ", show(inputs[i]));
  }
  const Tensors from_strided = outputs_of(strided), from_singles = outputs_of(singles);
  const Inputs in = named(function.input_names, before);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const std::string& name = function.output_names[i];
    expect_close(name + " of inputs that are not contiguous (a transposed view)", from_strided[i], outputs[i], 1e-10,
                 in);
    expect_near(name + " of float32 inputs", from_singles[i], outputs[i], in);
  }
}

void expect_refused(const std::string& what, const std::function<void()>& call) {
  try {
    call();
  } catch (const NotWritten&) {
    throw;
  } catch (const UserError&) {
    return;
  } catch (const std::exception& error) {
    throw Broken(as_text(what, ": want a UserError, got another exception: ", error.what()));
  }
  throw Broken(as_text(what, ": want a UserError, got an answer"));
}

}  // namespace glassbox::exercise
