/// The multi-layer perceptron (Rumelhart, Hinton, Williams 1986), and softmax regression as its case without hidden
/// layers. N batch, F features, H width of a hidden layer, K classes.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

#include <string>
#include <vector>

#include "apps/mlp/config.h"
#include "common/classify/classifier.h"
#include "common/classify/evaluate.h"
#include "common/classify/labelled.h"
#include "common/nets/size.h"

namespace glassbox::mlp {

/// One output unit for two classes: the softmax of (0, z) is the sigmoid of z. z [N, 1]. Returns logits [N, 2].
torch::Tensor as_two_logits(const torch::Tensor& z);

class MlpImpl : public torch::nn::Module {
 public:
  /// features, classes >= 1. Draws the first weights from LibTorch's generator.
  MlpImpl(int64_t features, int64_t classes, const ModelConfig& config);

  /// x: float32 [N, ...] with F numbers a sample. Returns logits [N, K]; cross_entropy() applies the softmax.
  torch::Tensor forward(torch::Tensor x);

  /// Hidden layers, then the output layer; weights [out, in] as PyTorch's nn.Linear.
  const std::vector<torch::nn::Linear>& layers() const { return layers_; }
  const std::vector<torch::nn::BatchNorm1d>& norms() const { return norms_; }
  const ModelConfig& config() const { return config_; }

  /// Of the output of a hidden layer's linear map (batch norm already done), in place where the gradient allows it.
  torch::Tensor activate(torch::Tensor x) const;

 private:
  ModelConfig config_;
  std::vector<torch::nn::Linear> layers_;      // registered as "layers.0", "layers.1", ...
  std::vector<torch::nn::BatchNorm1d> norms_;  // "norms.0", ...: one a hidden layer, or none
};
TORCH_MODULE(Mlp);

/// The network an experiment describes, with its first weights (a function of ask.seed) and its precision.
Mlp make_model(const DatasetInfo& info, const Experiment& ask, torch::Device device);

/// The same to be trained. Throws UserError if a batch of its activations, gradients and optimizer state are more than
/// the free memory.
Mlp make_model_to_train(const DatasetInfo& info, const Experiment& ask, torch::Device device);

/// What it would be, without building it.
NetworkSize size_of(const DatasetInfo& info, const ModelConfig& config);

/// The table of describe.
std::vector<LayerRow> describe_layers(const DatasetInfo& info, const ModelConfig& config);

}  // namespace glassbox::mlp
