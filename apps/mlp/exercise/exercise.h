/// What you write in assignment 1: a perceptron, and a network's forward pass, backward pass and optimizers without
/// autograd. The bodies are in solution.cpp; `mlp_check` says which of them are right.
/// N samples of a batch, F inputs and H outputs of a layer, K classes. L is the loss, a mean over the batch. Every
/// function takes float32 and float64 and returns new tensors of the same type, unless it says that it works in place.
#pragma once

#include <torch/types.h>

#include <cstdint>

#include "apps/mlp/exercise/not_written.h"

namespace glassbox::mlp::exercise {

using torch::Tensor;

// ---- Task 1: the perceptron (Rosenblatt 1958) ----

/// 1.1 One look at one sample. The perceptron answers +1 if w'x + b > 0 and -1 otherwise. If that is not y (+1 or -1):
///   w <- w + y x,   b <- b + y    (in place)
/// x [F], weight [F], bias []. Returns whether it was a mistake.
bool perceptron_update(const Tensor& x, int64_t y, Tensor& weight, Tensor& bias);

// ---- Task 2: the linear layer ----

/// 2.1 y = x W' + b. x [N, F], weight [H, F], bias [H]. Returns [N, H].
Tensor linear_forward(const Tensor& x, const Tensor& weight, const Tensor& bias);

struct LinearGradients {
  Tensor x;       ///< dL/dx [N, F] = g W
  Tensor weight;  ///< dL/dW [H, F] = g' x
  Tensor bias;    ///< dL/db [H] = the sum of g over the batch
};
/// 2.2 From g = dL/dy [N, H] to the gradients of all that went in.
LinearGradients linear_backward(const Tensor& x, const Tensor& weight, const Tensor& g);

// ---- Task 3: activations. z any shape; a = f(z); g = dL/da. The backward functions return dL/dz = g f'(z). ----

/// 3.1 max(z, 0). The slope at 0 is taken as 0.
Tensor relu_forward(const Tensor& z);
Tensor relu_backward(const Tensor& z, const Tensor& a, const Tensor& g);

/// 3.2 z where z > 0, else 0.01 z: a unit that is off still learns (Maas et al. 2013). The slope at 0 is 0.01.
Tensor leaky_relu_forward(const Tensor& z);
Tensor leaky_relu_backward(const Tensor& z, const Tensor& a, const Tensor& g);

/// 3.3 tanh z, whose slope is 1 - a^2.
Tensor tanh_forward(const Tensor& z);
Tensor tanh_backward(const Tensor& z, const Tensor& a, const Tensor& g);

/// 3.4 1 / (1 + e^-z), whose slope is a (1 - a).
Tensor sigmoid_forward(const Tensor& z);
Tensor sigmoid_backward(const Tensor& z, const Tensor& a, const Tensor& g);

/// 3.5 z P(z), P the standard normal distribution's fraction below z, p its density (Hendrycks and Gimpel 2016). The
/// slope is P(z) + z p(z).
Tensor gelu_forward(const Tensor& z);
Tensor gelu_backward(const Tensor& z, const Tensor& a, const Tensor& g);

// ---- Task 4: softmax and cross-entropy ----

/// 4.1 p_k = e^(z_k) / sum_j e^(z_j), each row for itself. logits [N, K], any size of numbers: 1000 must not overflow.
/// Returns [N, K].
Tensor softmax(const Tensor& logits);

/// 4.2 The mean over the batch of -ln p[target], in nats. logits [N, K], target int64 [N]. Returns []; finite even
/// where p[target] is too small for a number.
Tensor cross_entropy_forward(const Tensor& logits, const Tensor& target);

/// 4.3 dL/dlogits [N, K] = (p - y) / N, y being 1 at the target and 0 elsewhere.
Tensor cross_entropy_backward(const Tensor& logits, const Tensor& target);

// ---- Task 5: dropout (Srivastava et al. 2014), the inverted kind: what is kept grows, so that the mean stays ----

/// 5.1 Ones (keep) and zeros (drop) in the shape and type of x; each is 0 with `probability` in [0, 1),
/// independently, drawn from LibTorch's generator.
Tensor dropout_mask(const Tensor& x, double probability);

/// 5.2 x mask / (1 - probability), and dL/dx from g = dL/dy.
Tensor dropout_forward(const Tensor& x, const Tensor& mask, double probability);
Tensor dropout_backward(const Tensor& mask, double probability, const Tensor& g);

// ---- Task 6: batch norm (Ioffe and Szegedy 2015) ----

/// The layer's numbers, [H] each.
struct BatchNorm {
  Tensor scale, shift;               ///< learned: gamma and beta
  Tensor running_mean, running_var;  ///< what evaluation uses; training moves them, in place
  double momentum = 0.1;             ///< fraction of the new batch in the running figures
  double epsilon = 1e-5;             ///< keeps the root away from 0
};

/// What the backward pass needs to remember.
struct BatchNormResult {
  Tensor y;            ///< [N, H] = scale x_hat + shift
  Tensor x_hat;        ///< [N, H] = (x - mean) inverse_std
  Tensor inverse_std;  ///< [H] = 1 / sqrt(var + epsilon); var is the batch's mean squared deviation (divided by N)
};

/// 6.1 Training. x [N, H], N >= 2. Also moves the running figures in place:
///   running <- (1 - momentum) running + momentum batch,   with the variance divided by N - 1 this time.
BatchNormResult batch_norm_train(const Tensor& x, BatchNorm& norm);

/// 6.2 Evaluation: y with the running figures in place of the batch's. Changes nothing.
Tensor batch_norm_eval(const Tensor& x, const BatchNorm& norm);

struct BatchNormGradients {
  Tensor x;             ///< [N, H]; mean and variance depend on every sample, so there are three paths back to x
  Tensor scale, shift;  ///< [H]
};
/// 6.3 From g = dL/dy [N, H], in training. Sums run over the batch, each column for itself:
///   dL/dscale = sum of g x_hat,   dL/dshift = sum of g,   dL/dx_hat = g scale
/// dL/dx adds up three paths from x to x_hat. Mean and variance are shared by all samples: dL/dmean and dL/dvar are
/// sums over the batch, of which each x then gets its part.
///   directly               dx_hat/dx = inverse_std
///   through the mean       dx_hat/dmean = -inverse_std,                  dmean/dx = 1 / N
///   through the variance   dx_hat/dvar = -x_hat inverse_std^2 / 2,       dvar/dx = 2 (x - mean) / N
/// where x - mean = x_hat / inverse_std. (dvar/dmean is 0: deviations from the mean add up to 0.)
BatchNormGradients batch_norm_backward(const BatchNormResult& forward, const Tensor& scale, const Tensor& g);

// ---- Task 7: optimizers. w a parameter, g its gradient, same shape. They work in place on w and their memories. ----

/// 7.1 w <- w - learning_rate g
void sgd_step(Tensor& w, const Tensor& g, double learning_rate);

/// 7.2 velocity <- momentum velocity + g,   w <- w - learning_rate velocity    (velocity begins as zeros)
void momentum_step(Tensor& w, const Tensor& g, Tensor& velocity, double learning_rate, double momentum);

struct AdamRates {
  double learning_rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
};
/// 7.3 Adam (Kingma and Ba 2015, algorithm 1). m and v begin as zeros; `step` counts from 1.
///   m <- beta1 m + (1 - beta1) g,   v <- beta2 v + (1 - beta2) g^2
///   w <- w - learning_rate (m / (1 - beta1^step)) / (sqrt(v / (1 - beta2^step)) + epsilon)
void adam_step(Tensor& w, const Tensor& g, Tensor& m, Tensor& v, int64_t step, const AdamRates& rates);

}  // namespace glassbox::mlp::exercise
