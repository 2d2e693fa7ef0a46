/// An mlp experiment: what may stand in configs/mlp/*.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/classify/open.h"
#include "common/run/sweep.h"
#include "common/train/fit.h"
#include "common/train/optimizer.h"
#include "common/train/schedule.h"

namespace glassbox::mlp {

/// The "model" section.
struct ModelConfig {
  std::string name = "mlp";                  ///< linear, mlp; history: perceptron, threshold_units
  std::vector<int64_t> hidden = {256, 128};  ///< width of each hidden layer
  std::string activation = "relu";
  double dropout = 0;        ///< fraction of hidden units silenced in training
  double input_dropout = 0;  ///< fraction of inputs silenced in training
  bool batch_norm = false;
  std::string init = "he";
  double init_scale = 1;           ///< multiplies the first weights
  std::string output = "softmax";  ///< sigmoid = one output unit for two classes
  std::vector<std::string> units;  ///< threshold_units: "AND = a + b >= 2"
  std::vector<std::string> truth;  ///< threshold_units: "AND = 0001", what a unit should say

  void read(ConfigReader json);
};

struct Experiment {
  std::string name = "experiment";
  int64_t seed = 1;
  std::string engine = "autograd";    ///< by_hand = the functions of apps/mlp/exercise
  std::string precision = "float32";  ///< of weights and arithmetic
  int64_t looks = 24;                 ///< times the inside of the network is recorded in a run; 0 = never
  DataConfig data;
  ModelConfig model;
  OptimizerConfig optimizer;
  ScheduleConfig schedule;
  FitConfig train;
  SweepConfig sweep;

  void read(ConfigReader json);
};

}  // namespace glassbox::mlp
