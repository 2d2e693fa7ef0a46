#include "common/train/optimizer.h"

#include <ATen/Parallel.h>

#include <cmath>

#include "common/train/update.h"

namespace glassbox {
namespace {

bool is_bias(const std::string& name) {
  return name == "bias" || (name.size() > 5 && name.compare(name.size() - 5, 5, ".bias") == 0);
}

}  // namespace

void OptimizerConfig::read(ConfigReader json) {
  json.field("name", name, one_of({"sgd", "adam", "adamw"}), "the update rule");
  json.field("learning_rate", learning_rate, between(0, 1e6), "the highest step size of the run");
  json.field("momentum", momentum, from_below(0, 1), "sgd: fraction of the last step that is kept");
  json.field("nesterov", nesterov, "sgd: look ahead before the gradient counts");
  json.field("beta1", beta1, from_below(0, 1), "adam, adamw: memory of the mean gradient");
  json.field("beta2", beta2, from_below(0, 1), "adam, adamw: memory of the mean squared gradient");
  json.field("epsilon", epsilon, greater_than(0), "adam, adamw: keeps the division finite");
  json.field("weight_decay", weight_decay, between(0, 1e3), "pull of weight matrices towards 0");
  json.field("bias_scale", bias_scale, between(0, 1e4),
             "steps of biases and of batch norm's shifts, in learning rates");
}

Optimizer::Optimizer(const torch::nn::Module& model, OptimizerConfig config, UpdateRule by_hand)
    : config_(std::move(config)), by_hand_(std::move(by_hand)) {
  const bool adam = config_.name != "sgd";
  for (const auto& item : model.named_parameters()) {
    const torch::Tensor& parameter = item.value();
    if (!parameter.requires_grad()) continue;
    slots_.push_back({item.key(), parameter, torch::zeros_like(parameter),
                      adam ? torch::zeros_like(parameter) : torch::Tensor(),
                      is_bias(item.key()) ? config_.bias_scale : 1});
  }
}

void Optimizer::step(double learning_rate) {
  torch::NoGradGuard no_grad;
  steps_ += 1;
  const auto steps = steps_.item<int64_t>();
  for (Slot& slot : slots_) {
    if (!slot.parameter.grad().defined()) continue;
    // Kernels may be channels-last: any order of memory will do if weights and gradients have the same without gaps.
    const bool plain = !by_hand_ && slot.parameter.is_cpu() && slot.parameter.scalar_type() == torch::kFloat32 &&
                       slot.parameter.is_non_overlapping_and_dense() &&
                       slot.parameter.strides() == slot.parameter.grad().strides() &&
                       slot.parameter.strides() == slot.first.strides();
    const double own_rate = slot.scale * learning_rate;
    plain ? update(slot, own_rate, steps) : update_with_tensors(slot, own_rate, steps);
  }
}

void Optimizer::update(Slot& slot, double learning_rate, int64_t steps) {
  const double decay = slot.parameter.dim() > 1 ? config_.weight_decay : 0;
  float* w = slot.parameter.data_ptr<float>();
  const float* g = slot.parameter.grad().data_ptr<float>();
  float* first = slot.first.data_ptr<float>();
  const int64_t grain = 1 << 14;
  if (config_.name == "sgd") {
    const SgdStep step{float(learning_rate), float(config_.momentum), float(decay), config_.nesterov};
    at::parallel_for(0, slot.parameter.numel(), grain, [&](int64_t begin, int64_t end) {
      sgd_update(w + begin, g + begin, first + begin, end - begin, step);
    });
    return;
  }
  const bool decoupled = config_.name == "adamw";
  const AdamStep step{float(learning_rate / (1 - std::pow(config_.beta1, double(steps)))),
                      float(1 / std::sqrt(1 - std::pow(config_.beta2, double(steps)))),
                      float(config_.beta1),
                      float(config_.beta2),
                      float(config_.epsilon),
                      float(1 - config_.beta1),
                      float(1 - config_.beta2),
                      float(decoupled ? 0 : decay),
                      float(decoupled ? 1 - learning_rate * decay : 1)};
  float* second = slot.second.data_ptr<float>();
  at::parallel_for(0, slot.parameter.numel(), grain, [&](int64_t begin, int64_t end) {
    adam_update(w + begin, g + begin, first + begin, second + begin, end - begin, step);
  });
}

// The same formulas for CUDA and other number types, or those of the hand.
void Optimizer::update_with_tensors(Slot& slot, double learning_rate, int64_t steps) {
  torch::Tensor w = slot.parameter;
  const double decay = w.dim() > 1 ? config_.weight_decay : 0;
  const bool decoupled = config_.name == "adamw";
  const torch::Tensor g = decoupled || decay == 0 ? w.grad() : w.grad() + decay * w;
  if (decoupled && decay > 0) w.mul_(1 - learning_rate * decay);
  if (by_hand_) return by_hand_(w, g, slot.first, slot.second, learning_rate, steps);
  if (config_.name == "sgd") {
    slot.first.mul_(config_.momentum).add_(g);
    w.sub_(config_.nesterov ? g + config_.momentum * slot.first : slot.first, learning_rate);
    return;
  }
  slot.first.mul_(config_.beta1).add_(g, 1 - config_.beta1);
  slot.second.mul_(config_.beta2).addcmul_(g, g, 1 - config_.beta2);
  const double m_correction = 1 - std::pow(config_.beta1, double(steps));
  const double v_correction = std::sqrt(1 - std::pow(config_.beta2, double(steps)));
  w.addcdiv_(slot.first, slot.second.sqrt().div_(v_correction).add_(config_.epsilon), -learning_rate / m_correction);
}

void Optimizer::zero_grad() {
  for (Slot& slot : slots_) slot.parameter.mutable_grad().reset();
}

std::vector<torch::Tensor> Optimizer::parameters() const {
  std::vector<torch::Tensor> parameters;
  for (const Slot& slot : slots_) parameters.push_back(slot.parameter);
  return parameters;
}

std::map<std::string, torch::Tensor> Optimizer::state(const std::string& prefix) const {
  std::map<std::string, torch::Tensor> state = {{prefix + "steps", steps_}};
  for (const Slot& slot : slots_) {
    state[prefix + slot.name + ".first"] = slot.first;
    if (slot.second.defined()) state[prefix + slot.name + ".second"] = slot.second;
  }
  return state;
}

}  // namespace glassbox
