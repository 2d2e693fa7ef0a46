/// What a network must beat: k nearest neighbours and support vector machines, by OpenCV's ml module.
/// N samples, F inputs, K classes.
#pragma once

#include <torch/types.h>

#include <string>

#include "common/classify/open.h"

namespace glassbox::mlp {

/// A method whose settings were chosen on the validation part, and its answers to the test part.
struct SimpleAnswers {
  std::string settings;   ///< "k = 3"
  torch::Tensor answers;  ///< int64 [N], the classes it says
  int64_t learned_from = 0;
  int64_t numbers = 0;  ///< kept for answering: all samples, or the support vectors and their weights
  double learn_seconds = 0, answer_seconds = 0;  ///< learning includes the choice of the settings
};

/// k nearest neighbours (Cover and Hart 1967) by Euclidean distance on the normalised inputs; k out of 1, 3, 5, 7, 9.
SimpleAnswers nearest_neighbours(const DataSplits& data);

/// A support vector machine (Cortes and Vapnik 1995), one against one, kernel "linear" or "rbf"; C and the kernel's
/// gamma out of small grids. Learns from at most `most_samples` of the training part: its time grows with their square.
SimpleAnswers support_vectors(const DataSplits& data, const std::string& kernel, int64_t most_samples);

}  // namespace glassbox::mlp
