/// The sanity check of Adebayo et al. 2018: a map that explains a network must change when the network is another.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "apps/cnn/model.h"

namespace glassbox::cnn {

/// The network after some of its layers, counted from the last, have got random weights.
struct CascadeStage {
  std::string layer;  ///< the one that was randomised last; "" = none yet, the trained network
  double cam = 1;     ///< Spearman's correlation of Grad-CAM's map with that of the trained network: the mean over the
                      ///< images; NaN if it is a constant for all of them
  double gradient = 1;    ///< the same of |df/dx|
  torch::Tensor cam_map;  ///< of the first image, [h, w]
};

/// Randomises a copy of the model from the last layer to the first, batch norm with the layer before it ("cascading
/// randomization", section 3.1). images [M, C, H, W], targets [M]: the classes explained. The model must have a
/// cam_layer(). A function of `seed` alone.
std::vector<CascadeStage> randomisation_cascade(NetworkImpl& model, const torch::Tensor& images,
                                                const torch::Tensor& targets, uint64_t seed);

/// A network of the same layers and numbers, which share no memory, in eval mode.
Network copy_of(const NetworkImpl& model);

/// New weights of variance 2 / (inputs of a unit), biases 0, batch norm that changes nothing.
void randomise(const Layer& layer, torch::Generator& generator);

}  // namespace glassbox::cnn
