#include "apps/cnn/inside/watched.h"

#include <algorithm>

#include "common/nets/norm_act.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;

constexpr int64_t kMostActivations = 4'000'000;  // numbers to be counted in a look: a few hundredths of a second
constexpr int64_t kMostInMemory = 100'000'000;   // numbers of all layers: 400 MB

const Remedies kRemedies = {
    {"draw the first weights at random.", "请随机初始化权重。"},
    {"put \"norm\" in front of the activation, or use relu.", "请在激活函数前加入 \"norm\"，或改用 relu。"},
    {"put \"norm\" behind the convolutions, or use residual layers.",
     "请在卷积之后加入 \"norm\"，或使用 residual 层。"},
    {"put \"norm\" behind the convolutions, lower the learning rate, or set train.clip_gradient_norm.",
     "请在卷积之后加入 \"norm\"、降低学习率，或设置 train.clip_gradient_norm。"}};

bool learns(const Layer& layer) { return layer.linear || (layer.conv && !layer.is("whiten")); }

/// In the order of watched_of(): what the watched layers' units say of `probe`.
std::vector<Tensor> activations_of(NetworkImpl& model, const Tensor& probe) {
  const std::vector<Layer>& layers = model.layers();
  const std::vector<Tensor> outputs = model.outputs(probe);
  std::vector<Tensor> activations;
  for (size_t i = 0; i < layers.size(); ++i) {
    if (learns(layers[i])) {
      const size_t behind = activation_behind(layers, i);
      activations.push_back(behind < layers.size() ? outputs[behind] : Tensor());
    } else if (const auto block = layers[i].residual) {
      const Tensor x = i > 0 ? outputs[i - 1] : probe.to(block->conv1->weight.scalar_type());
      activations.push_back(norm_act(block->conv1(x), *block->bn1, {}, /*relu=*/true));
      activations.push_back(outputs[i]);
      if (block->downsample_conv) activations.emplace_back();  // it is added before anything is bent
    }
  }
  return activations;
}

}  // namespace

size_t activation_behind(const std::vector<Layer>& layers, size_t i) {
  for (size_t j = i + 1; j < layers.size(); ++j) {
    if (layers[j].is("act")) return j;
    if (layers[j].module() && !layers[j].norm) break;
  }
  return layers.size();
}

int64_t probe_count(const NetworkImpl& model) {
  int64_t activations = 1, all = 1;  // of one image
  for (const Layer& layer : model.layers()) {
    const int64_t own = numbers_in(layer.out);
    activations += layer.residual ? 2 * own : layer.is("act") ? own : 0;
    all += layer.residual ? 4 * own : own;
  }
  const int64_t wanted = std::clamp<int64_t>(kMostActivations / activations, 64, 256);
  return std::max<int64_t>(std::min(wanted, kMostInMemory / all), 1);
}

Watched watched_of(NetworkImpl& model) {
  Watched net;
  const std::vector<Layer>& layers = model.layers();
  for (size_t i = 0; i < layers.size(); ++i) {
    const std::string& name = layers[i].line.name;
    if (learns(layers[i])) {
      const size_t behind = activation_behind(layers, i);
      const std::string activation = behind < layers.size() ? layers[behind].line.mode : "";
      const Layer& own = layers[i];
      net.layers.push_back({name, own.conv ? own.conv->weight : own.linear->weight,
                            own.conv ? own.conv->bias : own.linear->bias, activation});
    } else if (const auto block = layers[i].residual) {
      net.layers.push_back({name + ".conv1", block->conv1->weight, {}, "relu"});
      net.layers.push_back({name + ".conv2", block->conv2->weight, {}, "relu"});
      if (block->downsample_conv)
        net.layers.push_back({name + ".downsample.0", block->downsample_conv->weight, {}, ""});
    }
  }
  net.device = model.parameters().front().device();
  net.activations = [&model](const Tensor& probe) {
    const torch::NoGradGuard no_graph;
    const bool was_training = model.is_training();
    model.eval();
    std::vector<Tensor> activations = activations_of(model, probe);
    model.train(was_training);
    return activations;
  };
  return net;
}

void watch_inside(Watchers& watch, const Experiment& ask, NetworkImpl& model, std::shared_ptr<const Dataset> train,
                  const RunFolder& run) {
  glassbox::watch_inside(watch, {ask.looks, ask.train.accumulate, probe_count(model)}, watched_of(model), *train, run);
}

std::vector<NamedLayer> named_layers(const Watched& net) {
  std::vector<NamedLayer> named;
  for (const WatchedLayer& layer : net.layers) named.push_back({layer.name, layer.weight.size(0), layer.activation});
  return named;
}

std::vector<Finding> diagnose(const std::vector<Look>& looks, const Watched& net) {
  return glassbox::diagnose(looks, named_layers(net), kRemedies);
}

}  // namespace glassbox::cnn
