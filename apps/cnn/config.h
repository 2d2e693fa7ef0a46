/// A cnn experiment: what may stand in configs/cnn/*.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/data/augment.h"
#include "common/data/open.h"
#include "common/train/fit.h"
#include "common/train/optimizer.h"
#include "common/train/schedule.h"

namespace glassbox::cnn {

/// The "model" section.
struct ModelConfig {
  std::string name = "lenet5";                  ///< lenet5, small_vgg, resnet20, fast, layers
  std::vector<std::string> layers;              ///< name "layers": a line each, as layers.h says
  std::vector<int64_t> widths = {32, 64, 128};  ///< small_vgg, fast: channels of each stage
  std::string shortcut = "pad";                 ///< resnet20: option A (pad) or B (conv) of He et al. 2015
  bool whiten = true;                 ///< fast: patches made uncorrelated first, else a convolution that learns
  bool dirac = true;                  ///< fast: convolutions begin as the identity
  std::string activation = "relu";    ///< fast: behind each convolution, an "act" of layers.h
  double dropout = 0;                 ///< small_vgg, fast: before the last layer; small_vgg: half of it behind pools
  std::string layout = "auto";        ///< order of a picture's numbers in memory
  std::string precision = "float32";  ///< of the arithmetic

  void read(ConfigReader json);

  /// Fields that differ from their defaults although the network `name` does not read them, each a sentence.
  std::vector<std::string> ignored_fields() const;
};

struct Experiment {
  std::string name = "experiment";
  int64_t seed = 1;
  std::string engine = "autograd";  ///< by_hand = the functions of apps/cnn/exercise
  int64_t looks = 24;               ///< times the inside of the network is recorded in a run; 0 = never
  double label_smoothing = 0;       ///< share of each target that is spread over all classes
  std::string test_time = "none";   ///< views of a picture whose answers are averaged when scoring
  DataConfig data;
  AugmentConfig augment;
  ModelConfig model;
  OptimizerConfig optimizer;
  ScheduleConfig schedule;
  FitConfig train;

  void read(ConfigReader json);
};

}  // namespace glassbox::cnn
