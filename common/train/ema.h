/// An exponential moving average of the weights: a smoother network than the one that is being trained.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <map>
#include <string>

namespace glassbox {

/// average = d average + (1 - d) weights after every step, with d = min(decay, (1 + step) / (10 + step)), so that the
/// first weights are soon forgotten (as TensorFlow's ExponentialMovingAverage). Parameters are averaged, buffers are
/// not.
class Ema {
 public:
  /// decay 0 = off: update() and swap() do nothing.
  Ema(const torch::nn::Module& model, double decay);

  void update(int64_t step);

  /// Exchanges the model's parameters and the averages, exactly; call it again to change back.
  void swap();

  /// PREFIX + "NAME": shares memory.
  std::map<std::string, torch::Tensor> state(const std::string& prefix = "ema.") const;

 private:
  double decay_;
  struct Slot {
    std::string name;
    torch::Tensor parameter, average;
  };
  std::vector<Slot> slots_;
};

/// The averages are in the model while it lives.
class EmaScope {
 public:
  explicit EmaScope(Ema& ema) : ema_(ema) { ema_.swap(); }
  ~EmaScope() { ema_.swap(); }
  EmaScope(const EmaScope&) = delete;
  EmaScope& operator=(const EmaScope&) = delete;

 private:
  Ema& ema_;
};

}  // namespace glassbox
