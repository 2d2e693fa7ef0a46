/// Assignment 1: the functions of exercise.h. Formulas and shapes stand there; each is a few lines here.
#include "apps/mlp/exercise/exercise.h"

#include <cmath>

namespace glassbox::mlp::exercise {

// ---- Task 1: the perceptron ----

bool perceptron_update(const Tensor& x, int64_t y, Tensor& weight, Tensor& bias) {
  // BEGIN SOLUTION task 1.1
  const double sum = ((weight * x).sum() + bias).item<double>();
  const int64_t answer = sum > 0 ? 1 : -1;
  if (answer == y) return false;
  weight.add_(x, y);
  bias.add_(y);
  return true;
  // END SOLUTION
}

// ---- Task 2: the linear layer ----

Tensor linear_forward(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  // BEGIN SOLUTION task 2.1
  return torch::addmm(bias, x, weight.t());  // [H] in every row, plus [N, F] [F, H]
  // END SOLUTION
}

LinearGradients linear_backward(const Tensor& x, const Tensor& weight, const Tensor& g) {
  // BEGIN SOLUTION task 2.2
  LinearGradients gradients;
  gradients.x = torch::mm(g, weight);      // [N, H] [H, F]
  gradients.weight = torch::mm(g.t(), x);  // [H, N] [N, F]: the product also adds up the samples
  gradients.bias = g.sum(/*dim=*/0);       // the bias takes part in every row
  return gradients;
  // END SOLUTION
}

// ---- Task 3: activations ----

Tensor relu_forward(const Tensor& z) {
  // BEGIN SOLUTION task 3.1
  return z.clamp_min(0);
  // END SOLUTION
}

Tensor relu_backward(const Tensor& z, const Tensor& a, const Tensor& g) {
  // BEGIN SOLUTION task 3.1
  return g * (z > 0);
  // END SOLUTION
}

Tensor leaky_relu_forward(const Tensor& z) {
  // BEGIN SOLUTION task 3.2
  return torch::where(z > 0, z, 0.01 * z);
  // END SOLUTION
}

Tensor leaky_relu_backward(const Tensor& z, const Tensor& a, const Tensor& g) {
  // BEGIN SOLUTION task 3.2
  return torch::where(z > 0, g, 0.01 * g);
  // END SOLUTION
}

Tensor tanh_forward(const Tensor& z) {
  // BEGIN SOLUTION task 3.3
  return z.tanh();
  // END SOLUTION
}

Tensor tanh_backward(const Tensor& z, const Tensor& a, const Tensor& g) {
  // BEGIN SOLUTION task 3.3
  return g * (1 - a * a);
  // END SOLUTION
}

Tensor sigmoid_forward(const Tensor& z) {
  // BEGIN SOLUTION task 3.4
  return 1 / (1 + (-z).exp());
  // END SOLUTION
}

Tensor sigmoid_backward(const Tensor& z, const Tensor& a, const Tensor& g) {
  // BEGIN SOLUTION task 3.4
  return g * a * (1 - a);
  // END SOLUTION
}

Tensor gelu_forward(const Tensor& z) {
  // BEGIN SOLUTION task 3.5
  const Tensor fraction_below = (z / std::sqrt(2.0)).erf_().add_(1).mul_(0.5);  // P(z)
  return z * fraction_below;
  // END SOLUTION
}

Tensor gelu_backward(const Tensor& z, const Tensor& a, const Tensor& g) {
  // BEGIN SOLUTION task 3.5
  const Tensor fraction_below = torch::where(z == 0, 0.5, a / z);  // P(z) again, which is half at 0
  const Tensor density = (z * z).mul_(-0.5).exp_().mul_(1 / std::sqrt(2 * std::acos(-1.0)));  // p(z); acos(-1) is pi
  return torch::addcmul(fraction_below, z, density).mul_(g);
  // END SOLUTION
}

// ---- Task 4: softmax and cross-entropy ----

Tensor softmax(const Tensor& logits) {
  // BEGIN SOLUTION task 4.1
  // A shift of the whole row changes nothing, and with the largest at 0 no power overflows.
  const Tensor powers = (logits - logits.amax(/*dim=*/1, /*keepdim=*/true)).exp_();
  return powers / powers.sum(/*dim=*/1, /*keepdim=*/true);
  // END SOLUTION
}

Tensor cross_entropy_forward(const Tensor& logits, const Tensor& target) {
  // BEGIN SOLUTION task 4.2
  // -ln p[target] = ln sum_j e^(z_j) - z[target]: p itself, which may be too small for a number, is never made.
  const Tensor shifted = logits - logits.amax(/*dim=*/1, /*keepdim=*/true);
  const Tensor at_target = shifted.gather(/*dim=*/1, target.unsqueeze(1)).squeeze(1);  // [N]
  return (shifted.exp().sum(/*dim=*/1).log() - at_target).mean();
  // END SOLUTION
}

Tensor cross_entropy_backward(const Tensor& logits, const Tensor& target) {
  // BEGIN SOLUTION task 4.3
  const Tensor y = torch::zeros_like(logits).scatter_(/*dim=*/1, target.unsqueeze(1), 1.0);
  return (softmax(logits) - y) / logits.size(0);
  // END SOLUTION
}

// ---- Task 5: dropout ----

Tensor dropout_mask(const Tensor& x, double probability) {
  // BEGIN SOLUTION task 5.1
  return torch::empty_like(x).bernoulli_(1 - probability);
  // END SOLUTION
}

Tensor dropout_forward(const Tensor& x, const Tensor& mask, double probability) {
  // BEGIN SOLUTION task 5.2
  return x * (mask / (1 - probability));
  // END SOLUTION
}

Tensor dropout_backward(const Tensor& mask, double probability, const Tensor& g) {
  // BEGIN SOLUTION task 5.2
  return g * (mask / (1 - probability));
  // END SOLUTION
}

// ---- Task 6: batch norm ----

BatchNormResult batch_norm_train(const Tensor& x, BatchNorm& norm) {
  // BEGIN SOLUTION task 6.1
  const auto n = double(x.size(0));
  const Tensor mean = x.mean(/*dim=*/0);                // [H]
  const Tensor centred = x - mean;                      // [N, H]
  const Tensor var = centred.square().mean(/*dim=*/0);  // [H]

  // A batch's own mean is nearer to its samples than the true mean is; N - 1 makes up for that.
  norm.running_mean.mul_(1 - norm.momentum).add_(mean, norm.momentum);
  norm.running_var.mul_(1 - norm.momentum).add_(var, norm.momentum * n / (n - 1));

  BatchNormResult result;
  result.inverse_std = 1 / (var + norm.epsilon).sqrt();
  result.x_hat = centred * result.inverse_std;
  result.y = norm.scale * result.x_hat + norm.shift;
  return result;
  // END SOLUTION
}

Tensor batch_norm_eval(const Tensor& x, const BatchNorm& norm) {
  // BEGIN SOLUTION task 6.2
  const Tensor inverse_std = 1 / (norm.running_var + norm.epsilon).sqrt();
  return norm.scale * (x - norm.running_mean) * inverse_std + norm.shift;
  // END SOLUTION
}

BatchNormGradients batch_norm_backward(const BatchNormResult& forward, const Tensor& scale, const Tensor& g) {
  // BEGIN SOLUTION task 6.3
  BatchNormGradients gradients;
  gradients.scale = (g * forward.x_hat).sum(/*dim=*/0);  // [H]
  gradients.shift = g.sum(/*dim=*/0);                    // [H]

  // The direct path, less what flows through the mean, less what flows through the variance.
  const auto n = double(g.size(0));
  const Tensor through_all = g - gradients.shift / n - forward.x_hat * (gradients.scale / n);
  gradients.x = scale * forward.inverse_std * through_all;
  return gradients;
  // END SOLUTION
}

// ---- Task 7: optimizers ----

void sgd_step(Tensor& w, const Tensor& g, double learning_rate) {
  // BEGIN SOLUTION task 7.1
  w.sub_(g, learning_rate);
  // END SOLUTION
}

void momentum_step(Tensor& w, const Tensor& g, Tensor& velocity, double learning_rate, double momentum) {
  // BEGIN SOLUTION task 7.2
  velocity.mul_(momentum).add_(g);
  w.sub_(velocity, learning_rate);
  // END SOLUTION
}

void adam_step(Tensor& w, const Tensor& g, Tensor& m, Tensor& v, int64_t step, const AdamRates& rates) {
  // BEGIN SOLUTION task 7.3
  m.lerp_(g, 1 - rates.beta1);  // a step from m towards g
  v.mul_(rates.beta2).addcmul_(g, g, 1 - rates.beta2);

  // Both began as zeros, and are too small by just these factors.
  const double m_fraction = 1 - std::pow(rates.beta1, double(step));
  const double v_fraction = 1 - std::pow(rates.beta2, double(step));
  w.addcdiv_(m, (v / v_fraction).sqrt_().add_(rates.epsilon), -rates.learning_rate / m_fraction);
  // END SOLUTION
}

}  // namespace glassbox::mlp::exercise
