#include "apps/cnn/engine.h"

#include <torch/utils.h>

#include "apps/cnn/exercise/exercise.h"
#include "common/base/error.h"
#include "common/train/hand_loss.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;

/// What the backward pass must remember of one layer.
struct LayerTrace {
  Tensor x, y;    // what went in and came out
  Tensor winner;  // max pooling: where the largest pixels were
  Tensor mask;    // dropout: 0 or 1 / (1 - fraction)
};

struct Trace {
  std::vector<LayerTrace> layers;
  Tensor logits, wanted;  // [N, K]; wanted: the probabilities that the targets stand for
};

exercise::Window window_of(const LayerLine& line, const Tensor& x) {
  if (line.kernel_h == 0) return {x.size(2), x.size(3)};  // "all"
  return {line.kernel_h, line.kernel_w, line.stride, line.padding};
}

Tensor bias_of(const Tensor& bias, const Tensor& weight) {
  return bias.defined() ? bias : torch::zeros({weight.size(0)}, weight.options());
}

Tensor activate(const Tensor& x, const std::string& mode) {
  return mode == "relu" ? x.clamp_min(0) : mode == "tanh" ? x.tanh() : x.sigmoid();
}

/// dL/dx from g = dL/dy; the slopes of all three can be told from y.
Tensor activate_backward(const Tensor& y, const Tensor& g, const std::string& mode) {
  if (mode == "relu") return g * (y > 0).to(g.scalar_type());
  return mode == "tanh" ? g * (1 - y * y) : g * y * (1 - y);
}

Tensor layer_forward(const Layer& layer, bool training, LayerTrace& trace) {
  const LayerLine& line = layer.line;
  const Tensor& x = trace.x;
  if (layer.conv) {
    const Tensor& weight = layer.conv->weight;
    return exercise::conv2d_im2col(x, weight, bias_of(layer.conv->bias, weight), line.stride, line.padding);
  }
  if (layer.linear) {
    const Tensor& weight = layer.linear->weight;
    return torch::matmul(x.flatten(1), weight.t()) + bias_of(layer.linear->bias, weight);
  }
  if (line.kind == "pool" && line.mode == "max") {
    const exercise::MaxPoolResult result = exercise::max_pool_forward(x, window_of(line, x));
    trace.winner = result.winner;
    return result.y;
  }
  if (line.kind == "pool") return exercise::avg_pool_forward(x, window_of(line, x));
  if (line.kind == "act") return activate(x, line.mode);
  if (line.kind == "scale") return x * line.number;
  if (!training || line.number == 0) return x;  // dropout
  trace.mask = dropout_mask(x, line.number);
  return x * trace.mask;
}

/// Batches of one step add up.
void add_gradient(const Tensor& parameter, const Tensor& gradient) {
  if (!parameter.defined()) return;
  Tensor& sum = parameter.mutable_grad();
  sum = sum.defined() ? sum + gradient : gradient;
}

/// From g = dL/d(what comes out) to dL/d(what goes in); the layer's parameters get their own gradients.
Tensor layer_backward(const Layer& layer, const LayerTrace& trace, const Tensor& g) {
  const LayerLine& line = layer.line;
  const Tensor& x = trace.x;
  if (layer.conv) {
    const auto gradients = exercise::conv2d_backward(x, layer.conv->weight, g, line.stride, line.padding);
    add_gradient(layer.conv->weight, gradients.weight);
    add_gradient(layer.conv->bias, gradients.bias);
    return gradients.x;
  }
  if (layer.linear) {
    add_gradient(layer.linear->weight, torch::matmul(g.t(), x.flatten(1)));
    add_gradient(layer.linear->bias, g.sum(0));
    return torch::matmul(g, layer.linear->weight).view(x.sizes());
  }
  if (line.kind == "pool" && line.mode == "max")
    return exercise::max_pool_backward(g, trace.winner, x.size(2), x.size(3));
  if (line.kind == "pool") return exercise::avg_pool_backward(g, x.size(2), x.size(3), window_of(line, x));
  if (line.kind == "act") return activate_backward(trace.y, g, line.mode);
  if (line.kind == "scale") return g * line.number;
  return trace.mask.defined() ? g * trace.mask : g;
}

Tensor forward(const NetworkImpl& model, const Tensor& input, Trace& trace) {
  trace.layers.assign(model.layers().size(), {});
  Tensor x = input.to(model.parameters().front().scalar_type());
  for (size_t i = 0; i < trace.layers.size(); ++i) {
    trace.layers[i].x = x;
    x = trace.layers[i].y = layer_forward(model.layers()[i], model.is_training(), trace.layers[i]);
  }
  return x;
}

/// [N, K]: 1 - s at the class and s / K everywhere; of mixed images their classes' probabilities take the class's
/// place.
Tensor wanted_probabilities(const Tensor& target, const Tensor& logits, double label_smoothing) {
  const int64_t classes = logits.size(1);
  const Tensor wanted = target.dim() == 1 ? torch::one_hot(target, classes) : target;
  return wanted.to(logits.scalar_type()) * (1 - label_smoothing) + label_smoothing / double(classes);
}

}  // namespace

void require_by_hand(const NetworkImpl& model) {
  for (const Layer& layer : model.layers()) {
    const LayerLine& line = layer.line;
    const bool known = line.kind == "conv" || line.kind == "pool" || line.kind == "linear" || line.kind == "dropout" ||
                       line.kind == "scale" ||
                       (line.kind == "act" && (line.mode == "relu" || line.mode == "tanh" || line.mode == "sigmoid"));
    require(known, "engine: by_hand knows conv, pool, act relu, tanh and sigmoid, dropout, linear and scale, but ",
            line.name, " is \"", line.text, "\"; take model.name \"lenet5\", or engine \"autograd\"");
  }
  require(model.config().precision != "bf16", "engine: by_hand wants model.precision float32 or float64, got bf16");
}

std::function<LossTerms(const Batch&)> loss_by_hand(NetworkImpl& model, double label_smoothing) {
  require_by_hand(model);
  return [&model, label_smoothing](const Batch& batch) -> LossTerms {
    const torch::NoGradGuard by_hand;
    const auto trace = std::make_shared<Trace>();
    trace->logits = forward(model, batch.input, *trace);
    trace->wanted = wanted_probabilities(batch.target, trace->logits, label_smoothing);
    const Tensor log_p = torch::log_softmax(trace->logits, 1);
    const double samples = double(batch.size());
    const auto backward = [trace, &model, samples](double weight) {
      Tensor g = (torch::softmax(trace->logits, 1) - trace->wanted) * (weight / samples);  // [N, K]
      for (size_t i = trace->layers.size(); i-- > 0;) g = layer_backward(model.layers()[i], trace->layers[i], g);
    };
    return {{"cross_entropy", glassbox::loss_by_hand(-(trace->wanted * log_p).sum() / samples, backward)}};
  };
}

}  // namespace glassbox::cnn
