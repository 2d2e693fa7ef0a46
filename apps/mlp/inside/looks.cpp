#include "apps/mlp/inside/looks.h"

#include <torch/utils.h>

#include "common/base/error.h"
#include "common/train/checkpoint.h"

namespace glassbox::mlp {
namespace {

constexpr int64_t kLargestState = 20000;  // numbers; beyond it a line a look would be megabytes

std::vector<float> state_of(const MlpImpl& model) {
  std::vector<float> state;
  for (const auto& [name, tensor] : state_dict(model)) {
    const torch::Tensor own = tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous();
    state.insert(state.end(), own.data_ptr<float>(), own.data_ptr<float>() + own.numel());
  }
  return state;
}

/// Two inputs: the weights are kept, so that the plane can be drawn at every look.
bool keeps_state(const MlpImpl& model) {
  return model.layers().front()->options.in_features() == 2 && count_parameters(model) <= kLargestState;
}

}  // namespace

Watched watched_of(MlpImpl& model) {
  Watched net;
  const size_t layers = model.layers().size();
  for (size_t i = 0; i < layers; ++i) {
    const torch::nn::Linear& own = model.layers()[i];
    const std::string activation = i + 1 < layers ? model.config().activation : "";
    net.layers.push_back({as_text("layers.", i), own->weight, own->bias, activation});
  }
  net.device = model.layers().front()->weight.device();
  net.activations = [&model](const torch::Tensor& probe) {
    const bool was_training = model.is_training();
    std::vector<torch::Tensor> activations = hidden_activations(model, probe);
    model.train(was_training);
    activations.emplace_back();  // the output layer has none
    return activations;
  };
  if (keeps_state(model)) net.state = [&model] { return state_of(model); };
  return net;
}

void watch_inside(Watchers& watch, const Experiment& ask, MlpImpl& model, std::shared_ptr<const Dataset> train,
                  const RunFolder& run) {
  glassbox::watch_inside(watch, {ask.looks, ask.train.accumulate}, watched_of(model), *train, run);
}

Look look_at(MlpImpl& model, const torch::Tensor& input) { return glassbox::look_at(watched_of(model), input); }

std::vector<torch::Tensor> hidden_activations(MlpImpl& model, const torch::Tensor& input) {
  const torch::NoGradGuard no_graph;
  model.eval();
  std::vector<torch::Tensor> activations;
  torch::Tensor x = input.flatten(1).to(model.layers().front()->weight.scalar_type());  // [N, F]
  for (size_t i = 0; i + 1 < model.layers().size(); ++i) {
    torch::nn::Linear linear = model.layers()[i];
    x = linear(x);  // [N, H]
    if (!model.norms().empty()) x = torch::nn::BatchNorm1d(model.norms()[i])(x);
    x = model.activate(x);
    activations.push_back(x);
  }
  return activations;
}

void set_state(MlpImpl& model, const std::vector<float>& state) {
  const torch::NoGradGuard no_graph;
  int64_t at = 0;
  const torch::Tensor all = torch::tensor(state);
  for (const auto& [name, tensor] : state_dict(model)) {
    require(at + tensor.numel() <= all.numel(), "the looks of this run: want the weights of its network, got fewer");
    tensor.copy_(all.slice(0, at, at + tensor.numel()).view(tensor.sizes()));
    at += tensor.numel();
  }
}

}  // namespace glassbox::mlp
