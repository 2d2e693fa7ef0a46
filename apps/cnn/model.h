/// The network of an experiment of assignment 2: made, prepared, and asked. N batch, C channels, H x W an image, K
/// classes.
#pragma once

#include <string>

#include "apps/cnn/config.h"
#include "common/classify/labelled.h"
#include "common/nets/network.h"

namespace glassbox::cnn {

/// The network an experiment describes, with its first weights (a function of ask.seed) and its precision.
Network make_model(const DatasetInfo& info, const Experiment& ask, torch::Device device);

/// The same to be trained. Throws UserError if a batch of its activations, gradients and optimizer state are more than
/// the free memory.
Network make_model_to_train(const DatasetInfo& info, const Experiment& ask, torch::Device device);

/// Fills the filters of `whiten` layers from up to 5,000 training images: the eigenvectors of the patches'
/// covariance, each divided by the root of its eigenvalue, and their negatives (Coates and Ng 2012). They do not learn.
void fill_whitening(NetworkImpl& model, const LabelledDataset& train);

/// Mean of the logits over the views of `test_time`: "none" the image; "flip" it and its mirror image; "flip_shift"
/// both, also moved by one pixel up-left and down-right (Jordan 2024).
torch::Tensor answer(NetworkImpl& model, const torch::Tensor& x, const std::string& test_time);

}  // namespace glassbox::cnn
