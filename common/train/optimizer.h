/// Optimizers: gradient descent with momentum, Adam, AdamW. One pass over memory a step on the CPU.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/base/config.h"

namespace glassbox {

/// The "optimizer" section.
struct OptimizerConfig {
  std::string name = "adam";
  double learning_rate = 1e-3;                        ///< the highest of the run; the schedule scales it
  double momentum = 0;                                ///< sgd
  bool nesterov = false;                              ///< sgd
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;  ///< adam, adamw
  double weight_decay = 0;  ///< sgd, adam: L2 in the gradient; adamw: decoupled (Loshchilov and Hutter 2019)

  double bias_scale = 1;  ///< biases, also those of batch norm, take steps this many times as long (Jordan 2024)

  void read(ConfigReader json);
};

/// One step of one parameter, for whoever wants to write the arithmetic by hand. w and its gradient g (weight decay of
/// sgd and adam included) have the same shape, as have the memories: first (momentum, or Adam's m) and second (Adam's
/// v; undefined for sgd), which begin as zeros. `steps` counts from 1.
using UpdateRule = std::function<void(torch::Tensor& w, const torch::Tensor& g, torch::Tensor& first,
                                      torch::Tensor& second, double learning_rate, int64_t steps)>;

/// Weight decay touches weight matrices and kernels only: pulling a bias or a normalisation's scale towards 0
/// regularises nothing.
class Optimizer {
 public:
  /// `model` must outlive it and stay on its device. `by_hand` replaces the arithmetic of `config.name`.
  Optimizer(const torch::nn::Module& model, OptimizerConfig config, UpdateRule by_hand = nullptr);

  /// Moves every parameter that has a gradient. `learning_rate` >= 0 is this step's.
  void step(double learning_rate);

  /// Forgets the gradients.
  void zero_grad();

  const OptimizerConfig& config() const { return config_; }
  std::vector<torch::Tensor> parameters() const;

  /// The optimizer state by name (PREFIX + "steps", "fc1.weight.first", ...): what a resumed run needs. Shares memory.
  std::map<std::string, torch::Tensor> state(const std::string& prefix = "optimizer.") const;

 private:
  struct Slot {
    std::string name;
    torch::Tensor parameter, first, second;  // momentum, or Adam's m and v; same shape as the parameter
    double scale;                            // of the learning rate
  };
  void update(Slot& slot, double learning_rate, int64_t steps);
  void update_with_tensors(Slot& slot, double learning_rate, int64_t steps);

  OptimizerConfig config_;
  UpdateRule by_hand_;
  std::vector<Slot> slots_;
  torch::Tensor steps_ = torch::zeros({}, torch::kInt64);
};

}  // namespace glassbox
