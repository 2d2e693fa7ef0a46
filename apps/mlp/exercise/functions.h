/// The functions of the exercise as values, so that the checks can be run against others than the linked ones.
#pragma once

#include <functional>

#include "apps/mlp/exercise/exercise.h"

namespace glassbox::mlp::exercise {

/// By default each is the linked solution's.
struct Functions {
  using Update = std::function<bool(const Tensor&, int64_t, Tensor&, Tensor&)>;
  using One = std::function<Tensor(const Tensor&)>;
  using Two = std::function<Tensor(const Tensor&, const Tensor&)>;
  using Three = std::function<Tensor(const Tensor&, const Tensor&, const Tensor&)>;

  Update perceptron_update = exercise::perceptron_update;

  Three linear_forward = exercise::linear_forward;
  std::function<LinearGradients(const Tensor&, const Tensor&, const Tensor&)> linear_backward =
      exercise::linear_backward;

  One relu_forward = exercise::relu_forward;
  Three relu_backward = exercise::relu_backward;
  One leaky_relu_forward = exercise::leaky_relu_forward;
  Three leaky_relu_backward = exercise::leaky_relu_backward;
  One tanh_forward = exercise::tanh_forward;
  Three tanh_backward = exercise::tanh_backward;
  One sigmoid_forward = exercise::sigmoid_forward;
  Three sigmoid_backward = exercise::sigmoid_backward;
  One gelu_forward = exercise::gelu_forward;
  Three gelu_backward = exercise::gelu_backward;

  One softmax = exercise::softmax;
  Two cross_entropy_forward = exercise::cross_entropy_forward;
  Two cross_entropy_backward = exercise::cross_entropy_backward;

  std::function<Tensor(const Tensor&, double)> dropout_mask = exercise::dropout_mask;
  std::function<Tensor(const Tensor&, const Tensor&, double)> dropout_forward = exercise::dropout_forward;
  std::function<Tensor(const Tensor&, double, const Tensor&)> dropout_backward = exercise::dropout_backward;

  std::function<BatchNormResult(const Tensor&, BatchNorm&)> batch_norm_train = exercise::batch_norm_train;
  std::function<Tensor(const Tensor&, const BatchNorm&)> batch_norm_eval = exercise::batch_norm_eval;
  std::function<BatchNormGradients(const BatchNormResult&, const Tensor&, const Tensor&)> batch_norm_backward =
      exercise::batch_norm_backward;

  std::function<void(Tensor&, const Tensor&, double)> sgd_step = exercise::sgd_step;
  std::function<void(Tensor&, const Tensor&, Tensor&, double, double)> momentum_step = exercise::momentum_step;
  std::function<void(Tensor&, const Tensor&, Tensor&, Tensor&, int64_t, const AdamRates&)> adam_step =
      exercise::adam_step;
};

}  // namespace glassbox::mlp::exercise
