/// One sample's way through a small network and back, in float64 and plain loops: the arithmetic behind a trace.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/mlp/model.h"

namespace glassbox::mlp::trace {

using Vector = std::vector<double>;

/// A layer's numbers.
struct Layer {
  int64_t in = 0, out = 0;
  Vector weight, bias;  ///< weight[i * in + j]: from input j to unit i
  Vector scale, shift;  ///< batch norm in evaluation is n = scale z + shift; empty without it
  bool is_output = false;
};

struct Net {
  std::vector<Layer> layers;
  std::string activation;
  bool sigmoid = false;  ///< one output unit for two classes
  int64_t target = 0;
};

Net copy_net(const MlpImpl& model, int64_t target);

/// Adds `by` to one value while a pass is computed; group "" changes nothing.
struct Nudge {
  std::string group;
  size_t index = 0;
  double by = 0;
  void apply(const std::string& name, Vector& values) const {
    if (name == group) values[index] += by;
  }
};

/// All values of one forward pass. z, n and a by layer; n is empty without batch norm, a for the output layer.
struct Pass {
  Vector x;
  std::vector<Vector> z, n, a;
  Vector p;
  double loss = 0;
};
Pass run(const Net& net, Vector x, const Nudge& nudge = {});

/// The slope of an activation, and how a page names it.
double slope(const std::string& activation, double z, double a);
std::string slope_name(const std::string& activation);

/// dL/d(value) of every group ("x", "layers.0.weight", "z0", ...), by the chain rule from the loss back to x.
using Gradients = std::map<std::string, Vector>;
Gradients backpropagate(const Net& net, const Pass& pass);

constexpr double kStep = 1e-5;  ///< h of the centred difference

/// (L(v + h) - L(v - h)) / 2h for each of the `count` values of a group.
Vector numeric_gradient(Net net, const Pass& pass, const std::string& group, size_t count);

/// |a - n| / max(|a|, |n|); 0 where both are below 1e-10 and agree that there is no slope.
double relative_error(double a, double n);

/// "z" and 2 are "z2".
inline std::string in_layer(const char* name, size_t l) { return name + std::to_string(l); }

/// A tensor's numbers, row by row.
Vector numbers(const torch::Tensor& tensor);

}  // namespace glassbox::mlp::trace
