/// Convolutional networks, each a list of layers (layers.h). N batch, C channels, H x W an image, K classes.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

#include <string>
#include <vector>

#include "common/nets/layers.h"
#include "common/nets/network_config.h"
#include "common/nets/shapes.h"
#include "common/nets/size.h"

namespace glassbox {

/// relu(norm(conv(relu(norm(conv(x))))) + shortcut(x)), 3x3 kernels (He et al. 2015, figure 2). Where the shape changes
/// the shortcut takes every `stride`-th place and pads with channels of zeros on both sides (option A, no parameters)
/// or is a 1x1 convolution with batch norm (option B).
class ResidualImpl : public torch::nn::Module {
 public:
  ResidualImpl(int64_t inputs, const LayerLine& line);
  torch::Tensor forward(const torch::Tensor& x);  ///< [N, C, H, W] -> [N, outputs, H / stride, W / stride], rounded up
  torch::Tensor shortcut(const torch::Tensor& x);

  torch::nn::Conv2d conv1{nullptr}, conv2{nullptr}, downsample_conv{nullptr};
  torch::nn::BatchNorm2d bn1{nullptr}, bn2{nullptr}, downsample_norm{nullptr};

 private:
  int64_t inputs_, outputs_, stride_;
};
TORCH_MODULE(Residual);

/// What dropout multiplies x by: 0 with `probability` (below 1), else 1 / (1 - probability). Drawn from LibTorch's
/// generator in the order of the indices, so that a seed gives one mask however x lies in memory.
torch::Tensor dropout_mask(const torch::Tensor& x, double probability);

/// One layer with its parameters, if it has any, and what comes out of it.
struct Layer {
  LayerLine line;
  std::vector<int64_t> out;  ///< shape of one sample behind it: {C, H, W}, or {F} from the first linear layer on
  std::shared_ptr<torch::nn::Conv2dImpl> conv;  ///< conv, whiten
  std::shared_ptr<torch::nn::BatchNorm2dImpl> norm;
  std::shared_ptr<torch::nn::LinearImpl> linear;
  std::shared_ptr<ResidualImpl> residual;

  bool is(const std::string& kind) const { return line.kind == kind; }
  std::shared_ptr<torch::nn::Module> module() const;  ///< whichever of them it has, or none
};

/// A layer that is not built yet: of one sample, what goes in and what comes out.
struct LayerShapes {
  LayerLine line;
  std::vector<int64_t> in, out;
};

/// The layers of the network that `config` describes for a sample {C, H, W}. Throws UserError that names the layer and
/// both shapes where one does not fit the one before it, or would need more memory than is sensible.
std::vector<LayerShapes> shapes_of(const std::vector<int64_t>& sample, int64_t classes, const NetworkConfig& config);

NetworkSize size_of(const std::vector<LayerShapes>& layers);

class NetworkImpl : public torch::nn::Module {
 public:
  /// sample: {C, H, W}. Draws the first weights from LibTorch's generator. Throws UserError as shapes_of() does, and if
  /// there is not enough memory for the weights.
  NetworkImpl(const std::vector<int64_t>& sample, int64_t classes, const NetworkConfig& config);

  /// x: float32 [N, C, H, W], normalised. Returns logits float32 [N, K] (float64 with that precision).
  torch::Tensor forward(torch::Tensor x);

  /// What comes out of each layer, in order, one layer at a time: for the views inside.
  std::vector<torch::Tensor> outputs(torch::Tensor x);

  /// `layer` alone, on what came out of the one before it.
  torch::Tensor apply_layer(const Layer& layer, torch::Tensor x);

  const std::vector<Layer>& layers() const { return layers_; }
  const NetworkConfig& config() const { return config_; }
  const std::vector<int64_t>& sample() const { return sample_; }
  bool is_batch_last() const { return batch_last_; }
  const NetworkSize& size() const { return size_; }
  /// Numbers of a channel side by side: oneDNN's bfloat16 kernels are half as fast again with them.
  bool is_channels_first() const;

 private:
  void add_layer(const LayerShapes& shapes);
  torch::Tensor arrange(const torch::Tensor& x) const;
  torch::Tensor run(torch::Tensor x);

  NetworkConfig config_;
  std::vector<int64_t> sample_;
  NetworkSize size_;
  std::vector<Layer> layers_;
  bool batch_last_ = false;
};
TORCH_MODULE(Network);

}  // namespace glassbox
