/// Maps over an image that say what an answer rests on. x is float32 [1, C, H, W], normalised; the model is in eval
/// mode; f is the logit of class `target`. Gradients are wanted: not to be called in inference mode.
#pragma once

#include <torch/types.h>

#include <optional>

#include "apps/cnn/model.h"

namespace glassbox::cnn {

/// Where Grad-CAM looks: the last layer with positions (conv or residual) with the norm and activation right behind it.
/// None if the network has no such layer.
std::optional<size_t> cam_layer(const NetworkImpl& model);

/// Grad-CAM (Selvaraju et al. 2017, eq. 1 and 2) of what layer number `layer` gives, A [K, h, w]:
/// relu(sum_k a_k A_k) with a_k the mean of df/dA_k over the positions. Returns [h, w], nowhere negative.
torch::Tensor grad_cam(NetworkImpl& model, const torch::Tensor& x, int64_t target, size_t layer);

/// |df/dx|, the largest over the channels (Simonyan et al. 2014). Returns [H, W].
torch::Tensor gradient_map(NetworkImpl& model, const torch::Tensor& x, int64_t target);

/// Integrated gradients (Sundararajan et al. 2017, eq. 1): (x - x0) times the mean gradient on the straight way from
/// the baseline x0 to x. Completeness (proposition 1): they add up to f(x) - f(x0), up to the error of the sum that
/// stands for the integral.
struct IntegratedGradients {
  torch::Tensor map;              ///< float64 [C, H, W]
  double sum = 0, change = 0;     ///< of all of them; f(x) - f(x0)
  double error() const;           ///< |sum - change|
  double relative_error() const;  ///< the same as a fraction of |change|
};
/// The mean is taken at the middles of `steps` equal parts of the way. baseline: like x.
IntegratedGradients integrated_gradients(NetworkImpl& model, const torch::Tensor& x, const torch::Tensor& baseline,
                                         int64_t target, int64_t steps = 64);

/// Occlusion (Zeiler and Fergus 2014): a square of `patch` pixels is covered with `fill` [C], wherever it can lie on a
/// grid of `stride` and at the far edges. Returns float64 [H, W]: by how much the probability of the class falls, the
/// mean over the squares that cover the pixel. Negative: covered, the class is more likely.
torch::Tensor occlusion_map(NetworkImpl& model, const torch::Tensor& x, int64_t target, const torch::Tensor& fill,
                            int64_t patch, int64_t stride);

/// Nothing to be seen, as a normalised number a channel, [C]: black for grey images, whose ink is bright; the mean
/// colour of the training set for photographs.
torch::Tensor background(const DatasetInfo& info);

}  // namespace glassbox::cnn
