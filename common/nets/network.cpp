#include "common/nets/network.h"

#include <ATen/autocast_mode.h>
#include <torch/nn/functional/padding.h>
#include <torch/nn/init.h>
#include <torch/utils.h>
#include <torch/version.h>

#include "common/base/error.h"
#include "common/nets/batch_last.h"
#include "common/nets/conv.h"
#include "common/nets/linear.h"
#include "common/nets/norm_act.h"

namespace glassbox {
namespace {

using torch::Tensor;
namespace F = torch::nn::functional;

torch::nn::Conv2d make_conv(int64_t inputs, int64_t outputs, int64_t kernel_h, int64_t kernel_w, int64_t stride,
                            int64_t padding, bool bias) {
  torch::nn::Conv2d conv(
      torch::nn::Conv2dOptions(inputs, outputs, {kernel_h, kernel_w}).stride(stride).padding(padding).bias(bias));
  const torch::NoGradGuard no_graph;
  // Variance 2 / (inputs of a unit): relu cuts off half of what comes (He et al. 2015).
  torch::nn::init::kaiming_normal_(conv->weight, 0, torch::kFanIn, torch::kReLU);
  if (bias) torch::nn::init::zeros_(conv->bias);
  return conv;
}

/// Puts `module` where its name says: "layer1.0" is child "0" of child "layer1".
void register_at(torch::nn::Module& root, const std::string& name, std::shared_ptr<torch::nn::Module> module) {
  const size_t dot = name.find('.');
  if (dot == std::string::npos) {
    root.register_module(name, std::move(module));
    return;
  }
  const std::string first = name.substr(0, dot);
  const auto children = root.named_children();  // find() points into it
  const auto* known = children.find(first);
  const auto child = known != nullptr ? *known : root.register_module(first, std::make_shared<torch::nn::Module>());
  register_at(*child, name.substr(dot + 1), std::move(module));
}

/// oneDNN's gelu, five times as fast as LibTorch's own, wants numbers in the order of the sides; of a gradient in
/// another order LibTorch 1.13 makes nonsense.
Tensor fast_gelu(const Tensor& x) {
  const bool turned = !x.is_contiguous() && x.is_contiguous(at::MemoryFormat::ChannelsLast);
  const Tensor y = torch::gelu(turned ? x.permute({0, 2, 3, 1}) : x);
  if (y.requires_grad()) y.register_hook([](const Tensor& gradient) { return gradient.contiguous(); });
  return turned ? y.permute({0, 3, 1, 2}) : y;
}

Tensor activate(const Tensor& x, const std::string& mode) {
  if (mode == "relu") return torch::relu(x);
  if (mode == "leaky_relu") return torch::leaky_relu(x, 0.01);
  if (mode == "tanh") return torch::tanh(x);
  if (mode == "sigmoid") return torch::sigmoid(x);
  if (mode == "gelu") return fast_gelu(x);
  return torch::silu(x);
}

Tensor pool(const Tensor& x, const LayerLine& line) {
  const bool max = line.mode == "max";
  if (line.kernel_h == 0) return max ? x.amax({2, 3}, /*keepdim=*/true) : x.mean({2, 3}, /*keepdim=*/true);
  const std::vector<int64_t> kernel = {line.kernel_h, line.kernel_w};
  return max ? max_pool(x, kernel, line.stride, line.padding) : average_pool(x, kernel, line.stride, line.padding);
}

/// Few channels, no batch norm between them: LeNet. Vectors of 16 channels would be mostly empty.
bool suits_batch_last(const std::vector<Layer>& layers) {
  bool any = false;
  for (const Layer& layer : layers) {
    const LayerLine& line = layer.line;
    if (line.kind == "residual" || line.kind == "whiten" || (line.kind == "norm" && layer.out.size() == 3))
      return false;
    if (line.kind != "conv") continue;
    if (line.stride != 1 || line.padding >= line.kernel_h || line.padding >= line.kernel_w || line.outputs > 24)
      return false;
    any = true;
  }
  return any;
}

/// The layer as the experiment names it.
std::string which(const NetworkConfig& config, size_t place, const LayerLine& line) {
  if (config.name == "layers") return as_text("model.layers[", place, "] (", line.text, ")");
  return as_text("model.name ", config.name, ", layer ", place + 1, " (", line.text, ")");
}

/// Operations that gain by it compute in bfloat16 from now on. LibTorch 2.4 has other names for this.
void set_cpu_autocast(bool on) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
  at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
  at::autocast::set_autocast_enabled(at::kCPU, on);
#else
  at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
  at::autocast::set_cpu_enabled(on);
#endif
}

}  // namespace

Tensor dropout_mask(const Tensor& x, double probability) {
  return torch::empty(x.sizes(), x.options()).bernoulli_(1 - probability).div_(1 - probability);
}

std::shared_ptr<torch::nn::Module> Layer::module() const {
  if (conv) return conv;
  if (norm) return norm;
  if (linear) return linear;
  return residual;
}

ResidualImpl::ResidualImpl(int64_t inputs, const LayerLine& line)
    : inputs_(inputs), outputs_(line.outputs), stride_(line.stride) {
  conv1 = register_module("conv1", make_conv(inputs, outputs_, 3, 3, stride_, 1, /*bias=*/false));
  bn1 = register_module("bn1", torch::nn::BatchNorm2d(outputs_));
  conv2 = register_module("conv2", make_conv(outputs_, outputs_, 3, 3, 1, 1, /*bias=*/false));
  bn2 = register_module("bn2", torch::nn::BatchNorm2d(outputs_));
  if (line.mode != "conv" || (stride_ == 1 && inputs == outputs_)) return;
  const auto downsample = register_module("downsample", std::make_shared<torch::nn::Module>());
  downsample_conv = downsample->register_module("0", make_conv(inputs, outputs_, 1, 1, stride_, 0, /*bias=*/false));
  downsample_norm = downsample->register_module("1", torch::nn::BatchNorm2d(outputs_));
}

Tensor ResidualImpl::shortcut(const Tensor& x) {
  if (stride_ == 1 && inputs_ == outputs_) return x;
  if (downsample_conv) return norm_act(downsample_conv(x), *downsample_norm, {}, /*relu=*/false);
  const int64_t more = outputs_ - inputs_;
  const Tensor fewer = x.slice(2, 0, x.size(2), stride_).slice(3, 0, x.size(3), stride_);
  return F::pad(fewer, F::PadFuncOptions({0, 0, 0, 0, more / 2, more - more / 2}));
}

Tensor ResidualImpl::forward(const Tensor& x) {
  Tensor y = norm_act(conv1(x), *bn1, {}, /*relu=*/true);  // [N, outputs, H / stride, W / stride]
  return norm_act(conv2(y), *bn2, shortcut(x), /*relu=*/true);
}

std::vector<LayerShapes> shapes_of(const std::vector<int64_t>& sample, int64_t classes, const NetworkConfig& config) {
  std::vector<LayerShapes> layers;
  std::vector<int64_t> shape = sample;
  std::string before = "the image is";
  for (const LayerLine& line : layers_of(config)) {
    const std::string where = which(config, layers.size(), line);
    require(line.kind != "whiten" || layers.empty(), where,
            ": want \"whiten\" as the first layer, got it behind another");
    layers.push_back({line, shape, shape_behind(line, shape, classes, where, before)});
    shape = layers.back().out;
    before = line.text + " gives";
  }
  require(shape == std::vector<int64_t>{classes}, "model.layers: want logits [", classes,
          "] at the end, one a class, got ", shape_text(shape), " from ", layers.back().line.text,
          "; end with \"linear classes\"");
  return layers;
}

NetworkSize size_of(const std::vector<LayerShapes>& layers) {
  NetworkSize size{0, numbers_in(layers.front().in)};
  for (const LayerShapes& layer : layers) {
    size.parameters += parameters_of(layer.line, layer.in, layer.out);
    const bool is_kept = layer.line.kind == "conv" || layer.line.kind == "linear" || layer.line.kind == "norm";
    if (is_kept) size.activations += numbers_in(layer.out);
    if (layer.line.kind == "residual") size.activations += 2 * numbers_in(layer.out);
  }
  return size;
}

NetworkImpl::NetworkImpl(const std::vector<int64_t>& sample, int64_t classes, const NetworkConfig& config)
    : config_(config), sample_(sample) {
  const std::vector<LayerShapes> layers = shapes_of(sample, classes, config);
  size_ = size_of(layers);
  require_memory_to_hold(size_, config.bytes_a_number(), config.field());
  for (const LayerShapes& layer : layers) add_layer(layer);
  const bool in_float = config.precision == "float32";
  batch_last_ = config.layout == "batch_last" || (config.layout == "auto" && in_float && suits_batch_last(layers_));
  require(!batch_last_ || in_float, "model.layout: batch_last wants model.precision float32, got ", config.precision);
  require(!batch_last_ || suits_batch_last(layers_),
          "model.layout: batch_last wants convolutions of stride 1 with at most 24 outputs and neither batch norm nor "
          "residual blocks; take \"auto\"");
}

void NetworkImpl::add_layer(const LayerShapes& shapes) {
  const auto& [line, in, out] = shapes;
  Layer layer;
  layer.line = line;
  layer.out = out;
  if (line.kind == "conv") {
    layer.conv =
        make_conv(in[0], line.outputs, line.kernel_h, line.kernel_w, line.stride, line.padding, line.bias).ptr();
    if (line.dirac) {
      const torch::NoGradGuard no_graph;  // the first outputs begin as copies of the inputs
      const int64_t same = std::min(in[0], line.outputs);
      torch::nn::init::dirac_(layer.conv->weight.slice(0, 0, same));
    }
  } else if (line.kind == "whiten") {
    layer.conv = make_conv(in[0], layer.out[0], line.kernel_h, line.kernel_w, 1, 0, /*bias=*/false).ptr();
    layer.conv->weight.set_requires_grad(false);
  } else if (line.kind == "residual") {
    layer.residual = std::make_shared<ResidualImpl>(in[0], line);
  } else if (line.kind == "norm") {
    layer.norm = torch::nn::BatchNorm2d(in[0]).ptr();
  } else if (line.kind == "linear") {
    layer.linear = torch::nn::Linear(torch::nn::LinearOptions(numbers_in(in), layer.out[0]).bias(line.bias)).ptr();
  }
  if (const auto module = layer.module()) register_at(*this, line.name, module);
  layers_.push_back(std::move(layer));
}

bool NetworkImpl::is_channels_first() const {
  return config_.layout == "channels_first" || (config_.layout == "auto" && config_.precision == "bf16");
}

Tensor NetworkImpl::arrange(const Tensor& x) const {
  const Tensor typed = config_.precision == "float64" ? x.to(torch::kFloat64) : x;
  if (batch_last_ && fits_batch_last(typed)) return batch_last(typed);
  if (is_channels_first()) return typed.contiguous();
  return typed.contiguous(at::MemoryFormat::ChannelsLast);
}

Tensor NetworkImpl::apply_layer(const Layer& layer, Tensor x) {
  const LayerLine& line = layer.line;
  if (layer.conv) return conv(x, layer.conv->weight, layer.conv->bias, line.stride, line.padding);
  if (layer.norm) return norm_act(x, *layer.norm, {}, /*relu=*/false);
  if (layer.residual) return layer.residual->forward(x);
  if (layer.linear) return linear_layer(x.flatten(1), layer.linear->weight, layer.linear->bias);
  if (line.kind == "pool") return pool(x, line);
  if (line.kind == "act") return activate(x, line.mode);
  if (line.kind == "dropout") return is_training() && line.number > 0 ? x * dropout_mask(x, line.number) : x;
  return x * line.number;  // scale
}

std::vector<Tensor> NetworkImpl::outputs(Tensor x) {
  std::vector<Tensor> all;
  x = arrange(x);
  for (const Layer& layer : layers_) all.push_back(x = apply_layer(layer, x));
  return all;
}

// The same numbers as one layer after the other, with less memory read and written: batch norm and relu are one
// function, relu works in place, and behind a maximum there are fewer numbers to cut at 0 than in front of it.
Tensor NetworkImpl::run(Tensor x) {
  x = arrange(x);
  const auto is_relu = [&](size_t i) {
    return i < layers_.size() && layers_[i].is("act") && layers_[i].line.mode == "relu";
  };
  for (size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    const bool relu_follows = is_relu(i + 1);
    if (layer.norm && relu_follows) {
      x = norm_act(x, *layer.norm, {}, /*relu=*/true);
      ++i;
    } else if (relu_follows && (layer.conv || layer.linear)) {
      x = apply_layer(layer, x);
      const bool maximum_follows =
          i + 2 < layers_.size() && layers_[i + 2].is("pool") && layers_[i + 2].line.mode == "max";
      x = maximum_follows ? torch::relu(apply_layer(layers_[i + 2], x)) : x.relu_();
      i += maximum_follows ? 2 : 1;
    } else {
      x = apply_layer(layer, x);
    }
  }
  return x;
}

Tensor NetworkImpl::forward(Tensor x) {
  if (config_.precision != "bf16") return run(std::move(x));
  struct Autocast {
    Autocast() { set_cpu_autocast(true); }
    ~Autocast() {
      at::autocast::clear_cache();
      set_cpu_autocast(false);
    }
  } in_bfloat16;
  return run(std::move(x)).to(torch::kFloat32);
}

}  // namespace glassbox
