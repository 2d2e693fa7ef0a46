#include "apps/mlp/inside/trace_pass.h"

#include <algorithm>
#include <cmath>

#include "common/base/error.h"

namespace glassbox::mlp::trace {
namespace {

constexpr double kBothZero = 1e-10;

double activate(const std::string& name, double z) {
  if (name == "relu") return std::max(z, 0.0);
  if (name == "leaky_relu") return z > 0 ? z : 0.01 * z;
  if (name == "tanh") return std::tanh(z);
  if (name == "sigmoid") return 1 / (1 + std::exp(-z));
  return z * 0.5 * (1 + std::erf(z / std::sqrt(2.0)));  // gelu
}

/// The largest logit is subtracted first, so that no exponential overflows.
Vector softmax(const Vector& logits) {
  double largest = logits[0], sum = 0;
  for (double z : logits) largest = std::max(largest, z);
  Vector p;
  for (double z : logits) sum += std::exp(z - largest);
  for (double z : logits) p.push_back(std::exp(z - largest) / sum);
  return p;
}

/// -ln of the target's probability, from the logits: the probability itself can be too small for a double.
double cross_entropy(const Vector& logits, size_t target) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (double z : logits) sum += std::exp(z - largest);
  return std::log(sum) - (logits[target] - largest);
}

}  // namespace

Vector numbers(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.detach().to(torch::kCPU, torch::kFloat64).flatten().contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

Net copy_net(const MlpImpl& model, int64_t target) {
  Net net{{}, model.config().activation, model.layers().back()->options.out_features() == 1, target};
  for (size_t l = 0; l < model.layers().size(); ++l) {
    const auto& linear = model.layers()[l];
    Layer layer{linear->options.in_features(),
                linear->options.out_features(),
                numbers(linear->weight),
                numbers(linear->bias),
                {},
                {},
                l + 1 == model.layers().size()};
    if (!layer.is_output && !model.norms().empty()) {
      const auto& norm = model.norms()[l];
      const torch::Tensor var = norm->running_var.to(torch::kFloat64), mean = norm->running_mean.to(torch::kFloat64);
      const torch::Tensor scale = norm->weight.detach().to(torch::kFloat64) / (var + norm->options.eps()).sqrt();
      layer.scale = numbers(scale);
      layer.shift = numbers(norm->bias.detach().to(torch::kFloat64) - mean * scale);
    }
    net.layers.push_back(std::move(layer));
  }
  return net;
}

double slope(const std::string& name, double z, double a) {
  if (name == "relu") return z > 0 ? 1 : 0;
  if (name == "leaky_relu") return z > 0 ? 1 : 0.01;
  if (name == "tanh") return 1 - a * a;
  if (name == "sigmoid") return a * (1 - a);
  const double fraction = 0.5 * (1 + std::erf(z / std::sqrt(2.0)));
  return fraction + z * std::exp(-z * z / 2) / std::sqrt(2 * 3.14159265358979323846);  // gelu
}

std::string slope_name(const std::string& activation) {
  if (activation == "relu") return "z > 0 ? 1 : 0";
  if (activation == "leaky_relu") return "z > 0 ? 1 : 0.01";
  if (activation == "tanh") return "1 - a²";
  if (activation == "sigmoid") return "a (1 - a)";
  return "Φ(z) + z φ(z)";
}

Pass run(const Net& net, Vector x, const Nudge& nudge) {
  Pass pass;
  nudge.apply("x", x);
  pass.x = x;
  Vector input = x;
  for (size_t l = 0; l < net.layers.size(); ++l) {
    const Layer& layer = net.layers[l];
    Vector z = layer.bias, n;
    for (int64_t i = 0; i < layer.out; ++i) {
      for (int64_t j = 0; j < layer.in; ++j) z[size_t(i)] += layer.weight[size_t(i * layer.in + j)] * input[size_t(j)];
    }
    nudge.apply(in_layer("z", l), z);
    for (size_t i = 0; i < layer.scale.size(); ++i) n.push_back(layer.scale[i] * z[i] + layer.shift[i]);
    nudge.apply(in_layer("n", l), n);
    Vector a;
    if (!layer.is_output) {
      for (double value : n.empty() ? z : n) a.push_back(activate(net.activation, value));
    }
    nudge.apply(in_layer("a", l), a);
    input = a;
    pass.z.push_back(z), pass.n.push_back(n), pass.a.push_back(a);
  }
  const Vector logits = net.sigmoid ? Vector{0, pass.z.back()[0]} : pass.z.back();
  pass.p = softmax(logits);
  pass.loss = cross_entropy(logits, size_t(net.target));
  return pass;
}

Gradients backpropagate(const Net& net, const Pass& pass) {
  Gradients g;
  Vector gz;
  for (size_t k = net.sigmoid ? 1 : 0; k < pass.p.size(); ++k) gz.push_back(pass.p[k] - (int64_t(k) == net.target));
  for (size_t l = net.layers.size(); l-- > 0;) {
    const Layer& layer = net.layers[l];
    const Vector& input = l == 0 ? pass.x : pass.a[l - 1];
    Vector weight, below(size_t(layer.in), 0.0);
    for (size_t i = 0; i < size_t(layer.out); ++i) {
      for (size_t j = 0; j < size_t(layer.in); ++j) {
        weight.push_back(gz[i] * input[j]);
        below[j] += gz[i] * layer.weight[i * size_t(layer.in) + j];
      }
    }
    g[as_text("layers.", l, ".weight")] = weight;
    g[as_text("layers.", l, ".bias")] = g[in_layer("z", l)] = gz;
    g[l == 0 ? "x" : in_layer("a", l - 1)] = below;
    if (l == 0) break;
    const bool norm = !pass.n[l - 1].empty();
    const Vector& bent = norm ? pass.n[l - 1] : pass.z[l - 1];
    for (size_t j = 0; j < below.size(); ++j) below[j] *= slope(net.activation, bent[j], pass.a[l - 1][j]);
    if (norm) g[in_layer("n", l - 1)] = below;
    for (size_t j = 0; norm && j < below.size(); ++j) below[j] *= net.layers[l - 1].scale[j];
    gz = below;
  }
  return g;
}

Vector numeric_gradient(Net net, const Pass& pass, const std::string& group, size_t count) {
  const auto loss = [&](const Nudge& nudge) { return run(net, pass.x, nudge).loss; };
  Vector* parameters = nullptr;
  for (size_t l = 0; l < net.layers.size(); ++l) {
    if (group == as_text("layers.", l, ".weight")) parameters = &net.layers[l].weight;
    if (group == as_text("layers.", l, ".bias")) parameters = &net.layers[l].bias;
  }
  Vector numeric;
  for (size_t i = 0; i < count; ++i) {
    const double kept = parameters ? (*parameters)[i] : 0;
    double sides[2];
    for (int side : {0, 1}) {
      const double by = side == 1 ? kStep : -kStep;
      if (parameters) (*parameters)[i] = kept + by;
      sides[side] = loss(parameters ? Nudge{} : Nudge{group, i, by});
    }
    if (parameters) (*parameters)[i] = kept;
    numeric.push_back((sides[1] - sides[0]) / (2 * kStep));
  }
  return numeric;
}

double relative_error(double a, double n) {
  const double largest = std::max(std::abs(a), std::abs(n));
  return largest < kBothZero ? 0 : std::abs(a - n) / largest;
}

}  // namespace glassbox::mlp::trace
