/// An mlp experiment: what may stand in configs/mlp/*.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/data/open.h"
#include "common/train/fit.h"
#include "common/train/optimizer.h"
#include "common/train/schedule.h"

namespace glassbox::mlp {

/// The "model" section.
struct ModelConfig {
  std::string name = "mlp";                  ///< linear = softmax regression, no hidden layer
  std::vector<int64_t> hidden = {256, 128};  ///< width of each hidden layer
  std::string activation = "relu";
  double dropout = 0;        ///< share of hidden units silenced in training
  double input_dropout = 0;  ///< share of inputs silenced in training
  bool batch_norm = false;
  std::string init = "he";

  void read(ConfigReader json);
};

struct Experiment {
  std::string name = "experiment";
  int64_t seed = 1;
  DataConfig data;
  ModelConfig model;
  OptimizerConfig optimizer;
  ScheduleConfig schedule;
  FitConfig train;

  void read(ConfigReader json);
};

}  // namespace glassbox::mlp
