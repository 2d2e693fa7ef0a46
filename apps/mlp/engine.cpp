/// A network's forward and backward pass without autograd, layer by layer: the functions of exercise/ in a row.
#include "apps/mlp/engine.h"

#include <torch/utils.h>

#include <map>
#include <memory>

#include "apps/mlp/exercise/exercise.h"
#include "common/train/hand_loss.h"

namespace glassbox::mlp {
namespace {

using torch::Tensor;

struct Activation {
  Tensor (*forward)(const Tensor& z);
  Tensor (*backward)(const Tensor& z, const Tensor& a, const Tensor& g);
};

const std::map<std::string, Activation> kActivations = {
    {"relu", {exercise::relu_forward, exercise::relu_backward}},
    {"leaky_relu", {exercise::leaky_relu_forward, exercise::leaky_relu_backward}},
    {"tanh", {exercise::tanh_forward, exercise::tanh_backward}},
    {"sigmoid", {exercise::sigmoid_forward, exercise::sigmoid_backward}},
    {"gelu", {exercise::gelu_forward, exercise::gelu_backward}}};

/// What a layer's backward pass needs of its forward pass.
struct LayerTrace {
  Tensor x;                        // [N, F]: what went in
  exercise::BatchNormResult norm;  // with batch norm
  Tensor z, a;                     // [N, H]: before and after the activation
  Tensor mask;                     // [N, H]: with dropout
};

struct Trace {
  std::vector<LayerTrace> layers;  // hidden layers, then the output layer
  Tensor logits, target;           // [N, K], [N]
};

/// The layer's numbers as the exercise wants them; they share memory with the module.
exercise::BatchNorm numbers_of(const torch::nn::BatchNorm1d& norm) {
  return {norm->weight,       norm->bias, norm->running_mean, norm->running_var, *norm->options.momentum(),
          norm->options.eps()};
}

Tensor normalise(MlpImpl& model, size_t i, const Tensor& x, LayerTrace& trace) {
  exercise::BatchNorm norm = numbers_of(model.norms()[i]);
  if (!model.is_training()) return exercise::batch_norm_eval(x, norm);
  Tensor batches = model.norms()[i]->num_batches_tracked;
  batches.add_(1);
  trace.norm = exercise::batch_norm_train(x, norm);
  return trace.norm.y;
}

/// Logits [N, K] of `input` [N, ...]; notes in `trace` what the way back needs.
Tensor forward(MlpImpl& model, const Tensor& input, Trace& trace) {
  const ModelConfig& config = model.config();
  const auto& layers = model.layers();
  trace.layers.assign(layers.size(), {});

  Tensor x = input.flatten(1).to(layers.front()->weight.scalar_type());  // [N, F]
  if (model.is_training() && config.input_dropout > 0) {
    x = exercise::dropout_forward(x, exercise::dropout_mask(x, config.input_dropout), config.input_dropout);
  }
  for (size_t i = 0; i + 1 < layers.size(); ++i) {
    LayerTrace& layer = trace.layers[i];
    layer.x = x;
    layer.z = exercise::linear_forward(x, layers[i]->weight, layers[i]->bias);  // [N, H]
    if (!model.norms().empty()) layer.z = normalise(model, i, layer.z, layer);
    x = layer.a = kActivations.at(config.activation).forward(layer.z);
    if (model.is_training() && config.dropout > 0) {
      layer.mask = exercise::dropout_mask(x, config.dropout);
      x = exercise::dropout_forward(x, layer.mask, config.dropout);
    }
  }
  trace.layers.back().x = x;
  x = exercise::linear_forward(x, layers.back()->weight, layers.back()->bias);  // [N, K], or [N, 1] with the sigmoid
  return config.output == "sigmoid" ? as_two_logits(x) : x;
}

/// Batches of one step add up.
void add_gradient(const Tensor& parameter, const Tensor& gradient) {
  Tensor& sum = parameter.mutable_grad();
  if (sum.defined()) {
    sum.add_(gradient);
  } else {
    sum = gradient;
  }
}

/// The way of forward(), backwards: g is always dL/d(what forward() had there). Adds weight x dL/dw to each parameter.
void backward(MlpImpl& model, const Trace& trace, double weight) {
  const ModelConfig& config = model.config();
  const auto& layers = model.layers();

  Tensor g = exercise::cross_entropy_backward(trace.logits, trace.target) * weight;  // [N, K]
  if (config.output == "sigmoid") g = g.narrow(/*dim=*/1, 1, 1);  // [N, 1]: the first of the two logits is always 0
  for (size_t i = layers.size(); i-- > 0;) {
    const LayerTrace& layer = trace.layers[i];
    if (i + 1 < layers.size()) {  // a hidden layer: back through what follows its linear map
      if (layer.mask.defined()) g = exercise::dropout_backward(layer.mask, config.dropout, g);
      g = kActivations.at(config.activation).backward(layer.z, layer.a, g);
      if (!model.norms().empty()) {
        const auto& norm = model.norms()[i];
        const exercise::BatchNormGradients gradients = exercise::batch_norm_backward(layer.norm, norm->weight, g);
        add_gradient(norm->weight, gradients.scale);
        add_gradient(norm->bias, gradients.shift);
        g = gradients.x;
      }
    }
    const exercise::LinearGradients gradients = exercise::linear_backward(layer.x, layers[i]->weight, g);
    add_gradient(layers[i]->weight, gradients.weight);
    add_gradient(layers[i]->bias, gradients.bias);
    g = gradients.x;  // [N, F], for the layer below
  }
}

}  // namespace

Forward forward_of(MlpImpl& model, const std::string& engine) {
  if (engine == "autograd") return [&model](const Batch& batch) { return model.forward(batch.input); };
  return [&model](const Batch& batch) {
    const torch::NoGradGuard by_hand;
    Trace unused;
    return forward(model, batch.input, unused);
  };
}

std::function<LossTerms(const Batch&)> loss_by_hand(MlpImpl& model) {
  return [&model](const Batch& batch) -> LossTerms {
    const torch::NoGradGuard by_hand;
    const auto trace = std::make_shared<Trace>();
    trace->logits = forward(model, batch.input, *trace);
    trace->target = batch.target;
    const auto walk_back = [trace, &model](double weight) { backward(model, *trace, weight); };
    const Tensor loss = exercise::cross_entropy_forward(trace->logits, trace->target);
    return {{"cross_entropy", glassbox::loss_by_hand(loss, walk_back)}};
  };
}

UpdateRule update_rule(const Experiment& ask) {
  if (ask.engine == "autograd") return nullptr;
  const OptimizerConfig& config = ask.optimizer;
  if (config.name == "sgd" && config.momentum == 0) {
    return [](Tensor& w, const Tensor& g, Tensor&, Tensor&, double learning_rate, int64_t) {
      exercise::sgd_step(w, g, learning_rate);
    };
  }
  if (config.name == "sgd") {
    return [config](Tensor& w, const Tensor& g, Tensor& velocity, Tensor&, double learning_rate, int64_t) {
      exercise::momentum_step(w, g, velocity, learning_rate, config.momentum);
    };
  }
  return [config](Tensor& w, const Tensor& g, Tensor& m, Tensor& v, double learning_rate, int64_t step) {
    exercise::adam_step(w, g, m, v, step, {learning_rate, config.beta1, config.beta2, config.epsilon});
  };
}

}  // namespace glassbox::mlp
