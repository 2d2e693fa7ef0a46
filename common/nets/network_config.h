/// Which convolutional network: the "model" section of an experiment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/config.h"

namespace glassbox {

constexpr size_t kMostLayers = 1000;

/// The "model" section.
struct NetworkConfig {
  std::string name = "lenet5";                  ///< lenet5, small_vgg, resnet20, fast, layers
  std::vector<std::string> layers;              ///< name "layers": a line each, as layers.h says
  std::vector<int64_t> widths = {32, 64, 128};  ///< small_vgg, fast: channels of each stage
  std::string shortcut = "pad";                 ///< resnet20: option A (pad) or B (conv) of He et al. 2015
  bool whiten = true;                 ///< fast: patches made uncorrelated first, else a convolution that learns
  bool dirac = true;                  ///< fast: convolutions begin as the identity
  std::string activation = "relu";    ///< fast: behind each convolution, an "act" of layers.h
  double dropout = 0;                 ///< small_vgg, fast: before the last layer; small_vgg: half of it behind pools
  std::string layout = "auto";        ///< order of an image's numbers in memory
  std::string precision = "float32";  ///< of the arithmetic

  void read(ConfigReader json);

  int64_t bytes_a_number() const { return precision == "float64" ? 8 : 4; }                       ///< as a weight
  std::string field() const { return name == "layers" ? "model.layers" : "model.name " + name; }  ///< for messages

  /// Fields that differ from their defaults although the network `name` does not read them, each a sentence.
  std::vector<std::string> ignored_fields() const;
};

}  // namespace glassbox
