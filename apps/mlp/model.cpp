#include "apps/mlp/model.h"

#include <torch/nn/functional/activation.h>
#include <torch/nn/init.h>
#include <torch/utils.h>

#include <algorithm>

#include "common/base/error.h"
#include "common/nets/linear.h"
#include "common/nets/move_to.h"

namespace glassbox::mlp {
namespace {

/// xavier: variance 2 / (in + out), keeps the scale both ways (Glorot and Bengio 2010). he: variance 2 / in, makes up
/// for the half that relu cuts off (He et al. 2015). zeros: all units of a layer stay twins for ever.
void initialise(torch::nn::Linear& layer, const ModelConfig& config) {
  const std::string& how = config.init;
  torch::NoGradGuard no_grad;
  if (how == "zeros") torch::nn::init::zeros_(layer->weight);
  if (how == "normal") torch::nn::init::normal_(layer->weight, 0, 0.01);
  if (how == "xavier") torch::nn::init::xavier_normal_(layer->weight);
  if (how == "he") torch::nn::init::kaiming_normal_(layer->weight, 0, torch::kFanIn, torch::kReLU);
  if (config.init_scale != 1) layer->weight.mul_(config.init_scale);
  torch::nn::init::zeros_(layer->bias);
}

}  // namespace

torch::Tensor as_two_logits(const torch::Tensor& z) { return torch::cat({torch::zeros_like(z), z}, 1); }

MlpImpl::MlpImpl(int64_t features, int64_t classes, const ModelConfig& config) : config_(config) {
  if (config_.name != "mlp") config_.hidden.clear();
  if (config_.name == "perceptron") config_.output = "sigmoid";
  require(config_.output != "sigmoid" || classes == 2, "model.output: want two classes for sigmoid, got ", classes);
  torch::nn::ModuleList layers = register_module("layers", torch::nn::ModuleList());
  torch::nn::ModuleList norms = register_module("norms", torch::nn::ModuleList());
  int64_t width = features;
  for (size_t i = 0; i <= config_.hidden.size(); ++i) {
    const bool is_output = i == config_.hidden.size();
    const int64_t outputs = config_.output == "sigmoid" ? 1 : classes;
    const int64_t next = is_output ? outputs : config_.hidden[i];
    layers_.push_back(torch::nn::Linear(width, next));
    layers->push_back(layers_.back());
    initialise(layers_.back(), config_);
    if (config_.batch_norm && !is_output) {
      norms_.push_back(torch::nn::BatchNorm1d(next));
      norms->push_back(norms_.back());
    }
    width = next;
  }
}

torch::Tensor MlpImpl::forward(torch::Tensor x) {
  x = x.flatten(1).to(layers_.front()->weight.scalar_type());  // [N, F]
  if (config_.input_dropout > 0) x = torch::dropout(x, config_.input_dropout, is_training());
  for (size_t i = 0; i + 1 < layers_.size(); ++i) {
    x = linear_layer(x, layers_[i]->weight, layers_[i]->bias);  // [N, H]
    if (!norms_.empty()) x = norms_[i](x);
    x = activate(x);
    if (config_.dropout > 0) x = torch::dropout(x, config_.dropout, is_training());
  }
  x = linear_layer(x, layers_.back()->weight, layers_.back()->bias);  // [N, K], or [N, 1] with the sigmoid
  return config_.output == "sigmoid" ? as_two_logits(x) : x;
}

// relu and leaky_relu work in place: their gradient can be told from their output.
torch::Tensor MlpImpl::activate(torch::Tensor x) const {
  if (config_.activation == "relu") return x.relu_();
  if (config_.activation == "leaky_relu") return torch::leaky_relu_(x, 0.01);
  if (config_.activation == "tanh") return x.tanh_();
  if (config_.activation == "sigmoid") return x.sigmoid_();
  return torch::gelu(x);
}

Mlp make_model(const DatasetInfo& info, const Experiment& ask, torch::Device device) {
  torch::manual_seed(uint64_t(ask.seed));
  Mlp model(info.features(), int64_t(info.classes.size()), ask.model);
  move_to(*model, device, ask.precision == "float64" ? torch::kFloat64 : torch::kFloat32);
  return model;
}

std::vector<LayerRow> describe_layers(const MlpImpl& model, const ModelConfig& config) {
  std::vector<LayerRow> rows;
  for (size_t i = 0; i < model.layers().size(); ++i) {
    const auto& layer = model.layers()[i];
    const int64_t in = layer->options.in_features(), out = layer->options.out_features();
    const std::string number = std::to_string(i);
    rows.push_back({"layers." + number + "  linear " + std::to_string(in) + " -> " + std::to_string(out),
                    "[N, " + std::to_string(out) + "]", in * out + out, 2 * in * out});
    if (i + 1 == model.layers().size()) break;
    if (!model.norms().empty())
      rows.push_back({"norms." + number + "  batch norm", rows.back().output, 2 * out, 2 * out});
    rows.push_back({"          " + config.activation, rows.back().output, 0, out});
  }
  return rows;
}

}  // namespace glassbox::mlp
