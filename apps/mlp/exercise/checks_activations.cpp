/// Task 3: activations. The same checks for all five; the kinks of relu and leaky relu by themselves.
#include <torch/nn/functional/activation.h>

#include "apps/mlp/exercise/checks.h"

namespace glassbox::mlp::exercise {
namespace activations_laws {

struct Activation {
  std::string task, name;
  Functions::One Functions::*forward;
  Functions::Three Functions::*backward;
  std::function<Tensor(const Tensor&)> reference;  ///< LibTorch's
  double tolerance;                                ///< of centred differences
  std::vector<double> values, slopes;              ///< at kPoints; slopes times kGradients
};

const std::vector<double> kPoints = {-3, -1.5, -0.5, 0, 0.25, 1, 2.5};
const std::vector<double> kGradients = {2, -1, 3, 1.5, -2, 0.5, 4};

const std::vector<Activation>& activations() {
  namespace F = torch::nn::functional;
  static const std::vector<Activation> all = {
      {"3.1",
       "relu",
       &Functions::relu_forward,
       &Functions::relu_backward,
       [](const Tensor& z) { return F::relu(z); },
       kKinked,
       {0, 0, 0, 0, 0.25, 1, 2.5},
       {0, 0, 0, 0, -2, 0.5, 4}},
      {"3.2",
       "leaky_relu",
       &Functions::leaky_relu_forward,
       &Functions::leaky_relu_backward,
       [](const Tensor& z) { return F::leaky_relu(z); },
       kKinked,
       {-0.03, -0.015, -0.005, 0, 0.25, 1, 2.5},
       {0.02, -0.01, 0.03, 0.015, -2, 0.5, 4}},
      {"3.3",
       "tanh",
       &Functions::tanh_forward,
       &Functions::tanh_backward,
       [](const Tensor& z) { return torch::tanh(z); },
       kSmooth,
       {-0.995054753687, -0.905148253645, -0.46211715726, 0, 0.244918662404, 0.761594155956, 0.986614298151},
       {0.0197320743309, -0.180706638924, 2.3593431989, 1.5, -1.88002969761, 0.209987170807, 0.106368906733}},
      {"3.4",
       "sigmoid",
       &Functions::sigmoid_forward,
       &Functions::sigmoid_backward,
       [](const Tensor& z) { return torch::sigmoid(z); },
       kSmooth,
       {0.0474258731776, 0.182425523806, 0.377540668798, 0.5, 0.562176500886, 0.73105857863, 0.924141819979},
       {0.0903533194618, -0.14914645207, 0.705011136605, 0.375, -0.492268165475, 0.0983059666207, 0.28041486618}},
      {"3.5",
       "gelu",
       &Functions::gelu_forward,
       &Functions::gelu_backward,
       [](const Tensor& z) { return torch::gelu(z); },
       kSmooth,
       {-0.00404969409489, -0.100210801903, -0.154268769363, 0, 0.149676581421, 0.841344746069, 2.48447583669},
       {-0.0238912944084, 0.12746919223, 0.397514626032, 0.75, -1.39074670977, 0.541657735294, 4.15044434363}}};
  return all;
}

/// Backward is given the a that belongs to z, by LibTorch: a wrong forward shall not spoil it.
Tensor slope_of(const Activation& it, const Functions& f, const Tensor& z, const Tensor& g) {
  return (f.*it.backward)(z, it.reference(z), g);
}

void values(const Activation& it, const Functions& f) {
  const Tensor z = numbers(kPoints, {7}), g = numbers(kGradients, {7});
  expect_close("a", (f.*it.forward)(z), numbers(it.values, {7}), 1e-8, {{"z", z}});
  expect_close("dL/dz", slope_of(it, f, z, g), numbers(it.slopes, {7}), 1e-8, {{"z", z}, {"g", g}});
}

void agrees(const Activation& it, const Functions& f) {
  for (const auto& shape : std::vector<std::vector<int64_t>>{{1}, {1, 1}, {3, 2}, {1, 7}, {5, 3, 2}, {37, 19}}) {
    const Tensor z = some(shape) * 1.5, g = some(shape);
    expect_close("a", (f.*it.forward)(z), it.reference(z), 1e-10, {{"z", z}});
    const Tensors want = autograd_of([&](const Tensors& in) { return it.reference(in[0]); }, {z}, g);
    expect_close("dL/dz", slope_of(it, f, z, g), want[0], 1e-10, {{"z", z}, {"g", g}});
  }
}

void slopes(const Activation& it, const Functions& f) {
  for (const auto& shape : std::vector<std::vector<int64_t>>{{1, 1}, {1, 24}, {13, 11}}) {
    const Tensor z = some(shape), g = some(shape);  // sizes from 0.5 on: far from the kink
    expect_slopes("dL/dz", it.reference, z, g, slope_of(it, f, z, g), it.tolerance, {{"z", z}, {"g", g}});
  }
}

void slope_at_zero(const Activation& it, const Functions& f) {
  const Tensor z = numbers({0}, {1}), g = numbers({1}, {1});
  const double want = it.name == "relu" ? 0 : 0.01;
  expect_close("the slope at exactly 0", slope_of(it, f, z, g), numbers({want}, {1}), 1e-8, {{"z", z}, {"g", g}});
}

void far_out(const Activation& it, const Functions& f) {
  for (const auto type : {torch::kFloat64, torch::kFloat32}) {
    const Tensor z = numbers({-1000, -50, 50, 1000}, {4}).to(type), g = torch::ones_like(z);
    const Tensor a = (f.*it.forward)(z), slope = slope_of(it, f, z, g);
    expect_form("a", a, {4}, type, {{"z", z}});
    expect_form("dL/dz", slope, {4}, type, {{"z", z}});
    expect(a.isfinite().all().item<bool>(), "a is not finite: ", show(a), ", given z = ", show(z));
    expect(slope.isfinite().all().item<bool>(), "dL/dz is not finite: ", show(slope), ", given z = ", show(z));
  }
}

void add_checks(const Activation& it, std::vector<Check>& checks) {
  using Law = void (*)(const Activation&, const Functions&);
  const auto add = [&](const std::string& name, const std::string& law, Law hold) {
    checks.push_back({it.task, it.name + ": " + name, law, [&it, hold](const Functions& f) { hold(it, f); }});
  };
  add("values by hand", "Seven points, known to 10 digits.", values);
  if (it.tolerance == kKinked)
    add("the slope at 0", "At the kink the slope is a convention: exercise.h says which.", slope_at_zero);
  add("far out", "At 50 and 1000, on both sides, value and slope are finite.", far_out);
  add("centred differences", "A gradient is the slope of the loss, number by number.", slopes);
  add("agrees with LibTorch", "Any shape; to 1e-10, values and slopes.", agrees);
  const auto forward = [&it](const Functions& f, const Tensors& in) { return Tensors{(f.*it.forward)(in[0])}; };
  const auto backward = [&it](const Functions& f, const Tensors& in) {
    return Tensors{(f.*it.backward)(in[0], in[1], in[2])};
  };
  checks.push_back(keeps_its_contract(Pure{it.task, it.name + "_forward", {"z"}, {"a"}, forward, [] {
                                             return Tensors{some({3, 4})};
                                           }}));
  checks.push_back(keeps_its_contract(Pure{it.task, it.name + "_backward", {"z", "a", "g"}, {"dL/dz"}, backward, [&it] {
                                             const Tensor z = some({3, 4});
                                             return Tensors{z, it.reference(z), some({3, 4})};
                                           }}));
}

}  // namespace activations_laws

std::vector<Check> activation_checks() {
  using namespace activations_laws;
  std::vector<Check> checks;
  for (const Activation& it : activations()) add_checks(it, checks);
  return checks;
}

}  // namespace glassbox::mlp::exercise
