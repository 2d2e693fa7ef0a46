#include "common/train/ema.h"

#include <algorithm>

namespace glassbox {

Ema::Ema(const torch::nn::Module& model, double decay) : decay_(decay) {
  if (decay_ <= 0) return;
  for (const auto& item : model.named_parameters()) {
    slots_.push_back({item.key(), item.value(), item.value().detach().clone()});
  }
}

void Ema::update(int64_t step) {
  torch::NoGradGuard no_grad;
  const double decay = std::min(decay_, double(1 + step) / double(10 + step));
  for (Slot& slot : slots_) slot.average.lerp_(slot.parameter, 1 - decay);
}

void Ema::swap() {
  torch::NoGradGuard no_grad;
  for (Slot& slot : slots_) {
    const torch::Tensor kept = slot.parameter.detach().clone();
    slot.parameter.copy_(slot.average);
    slot.average.copy_(kept);
  }
}

std::map<std::string, torch::Tensor> Ema::state(const std::string& prefix) const {
  std::map<std::string, torch::Tensor> state;
  for (const Slot& slot : slots_) state[prefix + slot.name] = slot.average;
  return state;
}

}  // namespace glassbox
