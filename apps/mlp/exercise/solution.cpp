#include "apps/mlp/exercise/exercise.h"
namespace glassbox::mlp::exercise {
bool perceptron_update(const Tensor& x, int64_t y, Tensor& weight, Tensor& bias) {
  const int64_t answer = (torch::dot(weight, x) + bias).item<double>() > 0 ? 1 : -1;
  if (answer == y) return false;
  weight.add_(x, double(y));
  bias.add_(double(y));
  return true;
}
}
