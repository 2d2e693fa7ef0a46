/// Task 8: the functions of tasks 2 to 7 as one network. Nothing is written for it; it shows whether the parts fit.
#include <torch/utils.h>

#include <cmath>

#include "apps/mlp/exercise/checks.h"

namespace glassbox::mlp::exercise {
namespace network_laws {

/// The first 16 or 17 flowers of each kind in Fisher's iris data (1936): sepal length and width, petal length and
/// width in tenths of centimetres, and the kind.
const std::vector<int64_t> kFlowers = {
    51, 35, 14, 2,  0,  49, 30, 14, 2,  0,  47, 32, 13, 2,  0,  46, 31, 15, 2,  0,  50, 36, 14, 2,  0,  54, 39, 17,
    4,  0,  46, 34, 14, 3,  0,  50, 34, 15, 2,  0,  44, 29, 14, 2,  0,  49, 31, 15, 1,  0,  54, 37, 15, 2,  0,  48,
    34, 16, 2,  0,  48, 30, 14, 1,  0,  43, 30, 11, 1,  0,  58, 40, 12, 2,  0,  57, 44, 15, 4,  0,  70, 32, 47, 14,
    1,  64, 32, 45, 15, 1,  69, 31, 49, 15, 1,  55, 23, 40, 13, 1,  65, 28, 46, 15, 1,  57, 28, 45, 13, 1,  63, 33,
    47, 16, 1,  49, 24, 33, 10, 1,  66, 29, 46, 13, 1,  52, 27, 39, 14, 1,  50, 20, 35, 10, 1,  59, 30, 42, 15, 1,
    60, 22, 40, 10, 1,  61, 29, 47, 14, 1,  56, 29, 36, 13, 1,  67, 31, 44, 14, 1,  56, 30, 45, 15, 1,  63, 33, 60,
    25, 2,  58, 27, 51, 19, 2,  71, 30, 59, 21, 2,  63, 29, 56, 18, 2,  65, 30, 58, 22, 2,  76, 30, 66, 21, 2,  49,
    25, 45, 17, 2,  73, 29, 63, 18, 2,  67, 25, 58, 18, 2,  72, 36, 61, 25, 2,  65, 32, 51, 20, 2,  64, 27, 53, 19,
    2,  68, 30, 55, 21, 2,  57, 25, 50, 20, 2,  58, 28, 51, 24, 2,  64, 32, 53, 23, 2,  65, 30, 55, 18, 2};

struct Samples {
  Tensor x, target;
};

Samples flowers() {
  const Tensor table = torch::tensor(kFlowers, torch::kInt64).view({50, 5});
  const Tensor x = table.narrow(1, 0, 4).to(torch::kFloat64);
  return {(x - x.mean(0)) / x.std(0), table.select(1, 4)};
}

/// Two linear layers with relu between them, and Adam's memories.
class Network {
 public:
  Network(const Functions& functions, int64_t features, int64_t width, int64_t classes, double scale)
      : f_(functions),
        weights_{torch::randn({width, features}, torch::kFloat64) * scale, torch::zeros({width}, torch::kFloat64),
                 torch::randn({classes, width}, torch::kFloat64) * scale, torch::zeros({classes}, torch::kFloat64)} {
    for (const Tensor& w : weights_) {
      first_.push_back(torch::zeros_like(w));
      second_.push_back(torch::zeros_like(w));
    }
  }

  Tensor logits(const Tensor& x) {
    z_ = f_.linear_forward(x, weights_[0], weights_[1]);
    a_ = f_.relu_forward(z_);
    return f_.linear_forward(a_, weights_[2], weights_[3]);
  }

  /// One step of Adam; returns the loss before it.
  double learn(const Samples& samples, int64_t step) {
    const Tensor out = logits(samples.x);
    const LinearGradients top = f_.linear_backward(a_, weights_[2], f_.cross_entropy_backward(out, samples.target));
    const LinearGradients bottom = f_.linear_backward(samples.x, weights_[0], f_.relu_backward(z_, a_, top.x));
    const Tensors gradients = {bottom.weight, bottom.bias, top.weight, top.bias};
    for (size_t i = 0; i < weights_.size(); ++i) {
      f_.adam_step(weights_[i], gradients[i], first_[i], second_[i], step, {0.02, 0.9, 0.999, 1e-8});
    }
    return f_.cross_entropy_forward(out, samples.target).item<double>();
  }

 private:
  const Functions& f_;
  Tensors weights_, first_, second_;
  Tensor z_, a_;
};

void first_loss(const Functions& f) {
  for (const int64_t classes : {2, 3, 10}) {
    Network network(f, 20, 16, classes, 0.01);
    const Tensor x = torch::randn({64, 20}, torch::kFloat64), target = torch::randint(classes, {64}, torch::kInt64);
    const double loss = f.cross_entropy_forward(network.logits(x), target).item<double>(),
                 want = std::log(double(classes));
    expect(std::abs(loss - want) <= 0.05 * want, "a network with small random weights and ", classes,
           " classes: got the first loss ", loss, ", want ", want, " within 5 %");
  }
}

void by_heart(const Functions& f) {
  const Samples samples = flowers();
  Network network(f, 4, 32, 3, 0.5);
  const int64_t steps = 400;
  double first = 0, last = 0;
  for (int64_t step = 1; step <= steps; ++step) (step == 1 ? first : last) = network.learn(samples, step);
  const auto right = (network.logits(samples.x).argmax(1) == samples.target).sum().item<int64_t>();
  expect(right == 50, "after ", steps, " steps of Adam the network knows ", right,
         " of its 50 flowers; the loss went from ", first, " to ", last);
}

/// The same with batch norm, gelu, dropout and momentum in it.
void by_heart_with_all_parts(const Functions& f) {
  const Samples samples = flowers();
  const auto randn = [](at::IntArrayRef shape) { return torch::randn(shape, torch::kFloat64) * 0.5; };
  Tensors w = {randn({32, 4}), torch::zeros({32}, torch::kFloat64), randn({3, 32}), torch::zeros({3}, torch::kFloat64)},
          velocity;
  BatchNorm norm{torch::ones_like(w[1]), torch::zeros_like(w[1]), torch::zeros_like(w[1]), torch::ones_like(w[1])};
  for (const Tensor& weight : {w[0], w[1], w[2], w[3], norm.scale, norm.shift})
    velocity.push_back(torch::zeros_like(weight));
  const double probability = 0.1;
  const int64_t steps = 600;
  for (int64_t step = 1; step <= steps; ++step) {
    const BatchNormResult normed = f.batch_norm_train(f.linear_forward(samples.x, w[0], w[1]), norm);
    const Tensor a = f.gelu_forward(normed.y), mask = f.dropout_mask(a, probability),
                 dropped = f.dropout_forward(a, mask, probability);
    const Tensor g = f.cross_entropy_backward(f.linear_forward(dropped, w[2], w[3]), samples.target);
    const LinearGradients top = f.linear_backward(dropped, w[2], g);
    const Tensor of_y = f.gelu_backward(normed.y, a, f.dropout_backward(mask, probability, top.x));
    const BatchNormGradients middle = f.batch_norm_backward(normed, norm.scale, of_y);
    const LinearGradients bottom = f.linear_backward(samples.x, w[0], middle.x);
    const Tensors gradients = {bottom.weight, bottom.bias, top.weight, top.bias, middle.scale, middle.shift};
    Tensors parameters = {w[0], w[1], w[2], w[3], norm.scale, norm.shift};
    for (size_t i = 0; i < parameters.size(); ++i) f.momentum_step(parameters[i], gradients[i], velocity[i], 0.05, 0.9);
  }
  const Tensor normed = f.batch_norm_eval(f.linear_forward(samples.x, w[0], w[1]), norm);
  const Tensor logits = f.linear_forward(f.gelu_forward(normed), w[2], w[3]);
  const auto right = (logits.argmax(1) == samples.target).sum().item<int64_t>();
  expect(right == 50, "after ", steps, " steps with momentum the network knows ", right,
         " of its 50 flowers; the loss is ", f.cross_entropy_forward(logits, samples.target).item<double>());
}

}  // namespace network_laws

std::vector<Check> network_checks() {
  using namespace network_laws;
  return {{"8.1", "the first loss",
           "Before it learns, a network with small weights guesses: its loss is ln C within 5 %.", first_loss},
          {"8.2", "50 flowers by heart", "Linear layers, relu, cross-entropy and Adam learn 50 samples to 100 %.",
           by_heart},
          {"8.2", "50 flowers by heart, all parts", "The same with batch norm, gelu, dropout and momentum.",
           by_heart_with_all_parts}};
}

}  // namespace glassbox::mlp::exercise
