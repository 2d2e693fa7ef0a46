/// The optimizers' arithmetic over raw memory: each number is read and written once.
#pragma once

#include <cstdint>

namespace glassbox {

/// One step of Adam, with the bias corrections already in `step_size` and `v_correction`.
struct AdamStep {
  float step_size;     ///< learning_rate / (1 - beta1^t)
  float v_correction;  ///< 1 / sqrt(1 - beta2^t)
  float beta1, beta2, epsilon;
  float gain1, gain2;  ///< 1 - beta1 and 1 - beta2, subtracted in double: in float 1 - 0.999f is off by 1e-5
  float l2;            ///< adam: added to the gradient as l2 * w
  float shrink;        ///< adamw: w is first multiplied by this, 1 - learning_rate * weight_decay
};

/// m = beta1 m + gain1 g;  v = beta2 v + gain2 g^2;  w -= step_size m / (v_correction sqrt(v) + epsilon)
/// w weights, g gradients, m and v running means; n float32 each (Kingma and Ba 2015, algorithm 1).
void adam_update(float* w, const float* g, float* m, float* v, int64_t n, const AdamStep& step);

/// One step of gradient descent with momentum, as PyTorch defines it.
struct SgdStep {
  float learning_rate, momentum, l2;
  bool nesterov;
};

/// u = momentum u + g;  w -= learning_rate u   (nesterov: w -= learning_rate (g + momentum u)). u begins as zeros.
void sgd_update(float* w, const float* g, float* u, int64_t n, const SgdStep& step);

}  // namespace glassbox
