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

/// The outputs of each layer, the last one's too.
std::vector<int64_t> widths_of(const ModelConfig& config, int64_t classes) {
  const bool one_unit = config.output == "sigmoid" || config.name == "perceptron";
  require(!one_unit || classes == 2, "model.output: want two classes for sigmoid, got ", classes);
  std::vector<int64_t> widths;
  if (config.name == "mlp") widths = config.hidden;
  widths.push_back(one_unit ? 1 : classes);
  return widths;
}

int64_t bytes_a_number(const Experiment& ask) { return ask.precision == "float64" ? 8 : 4; }

}  // namespace

torch::Tensor as_two_logits(const torch::Tensor& z) { return torch::cat({torch::zeros_like(z), z}, 1); }

MlpImpl::MlpImpl(int64_t features, int64_t classes, const ModelConfig& config) : config_(config) {
  if (config_.name != "mlp") config_.hidden.clear();
  if (config_.name == "perceptron") config_.output = "sigmoid";
  torch::nn::ModuleList layers = register_module("layers", torch::nn::ModuleList());
  torch::nn::ModuleList norms = register_module("norms", torch::nn::ModuleList());
  const std::vector<int64_t> widths = widths_of(config, classes);
  int64_t width = features;
  for (size_t i = 0; i < widths.size(); ++i) {
    layers_.push_back(torch::nn::Linear(width, widths[i]));
    layers->push_back(layers_.back());
    initialise(layers_.back(), config_);
    if (config_.batch_norm && i + 1 < widths.size()) {
      norms_.push_back(torch::nn::BatchNorm1d(widths[i]));
      norms->push_back(norms_.back());
    }
    width = widths[i];
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
  require_memory_to_hold(size_of(info, ask.model), bytes_a_number(ask), "model.hidden");
  torch::manual_seed(uint64_t(ask.seed));
  Mlp model(info.features(), int64_t(info.classes.size()), ask.model);
  move_to(*model, device, ask.precision == "float64" ? torch::kFloat64 : torch::kFloat32);
  return model;
}

Mlp make_model_to_train(const DatasetInfo& info, const Experiment& ask, torch::Device device) {
  if (device.is_cpu()) {
    require_memory_to_train(size_of(info, ask.model), bytes_a_number(ask), memories_of(ask.optimizer),
                            ask.data.batch_size, "model.hidden");
  }
  return make_model(info, ask, device);
}

NetworkSize size_of(const DatasetInfo& info, const ModelConfig& config) {
  NetworkSize size{0, info.features()};
  for (const LayerRow& row : describe_layers(info, config)) size.parameters += row.parameters;
  for (const int64_t width : widths_of(config, int64_t(info.classes.size()))) size.activations += width;
  return size;
}

std::vector<LayerRow> describe_layers(const DatasetInfo& info, const ModelConfig& config) {
  std::vector<LayerRow> rows;
  const std::vector<int64_t> widths = widths_of(config, int64_t(info.classes.size()));
  int64_t in = info.features();
  for (size_t i = 0; i < widths.size(); ++i) {
    const int64_t out = widths[i];
    rows.push_back(
        {as_text("layers.", i, "  linear ", in, " -> ", out), as_text("[N, ", out, "]"), in * out + out, 2 * in * out});
    if (i + 1 == widths.size()) break;
    if (config.batch_norm) rows.push_back({as_text("norms.", i, "  batch norm"), rows.back().output, 2 * out, 2 * out});
    rows.push_back({"          " + config.activation, rows.back().output, 0, out});
    in = out;
  }
  return rows;
}

}  // namespace glassbox::mlp
