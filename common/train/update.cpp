#include "common/train/update.h"

#include <cmath>

#include "common/base/vector_width.h"

namespace glassbox {

GLASSBOX_EACH_VECTOR_WIDTH
void adam_update(float* __restrict w, const float* __restrict g, float* __restrict m, float* __restrict v, int64_t n,
                 const AdamStep& step) {
  const AdamStep s = step;
  for (int64_t i = 0; i < n; ++i) {
    const float gradient = g[i] + s.l2 * w[i];
    m[i] = s.beta1 * m[i] + s.gain1 * gradient;
    v[i] = s.beta2 * v[i] + s.gain2 * gradient * gradient;
    w[i] = s.shrink * w[i] - s.step_size * m[i] / (s.v_correction * std::sqrt(v[i]) + s.epsilon);
  }
}

GLASSBOX_EACH_VECTOR_WIDTH
void sgd_update(float* __restrict w, const float* __restrict g, float* __restrict u, int64_t n, const SgdStep& step) {
  const SgdStep s = step;
  for (int64_t i = 0; i < n; ++i) {
    const float gradient = g[i] + s.l2 * w[i];
    u[i] = s.momentum * u[i] + gradient;
    w[i] -= s.learning_rate * (s.nesterov ? gradient + s.momentum * u[i] : u[i]);
  }
}

}  // namespace glassbox
