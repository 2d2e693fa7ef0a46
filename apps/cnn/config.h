/// A cnn experiment: what may stand in configs/cnn/*.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/classify/open.h"
#include "common/data/augment.h"
#include "common/nets/network_config.h"
#include "common/run/sweep.h"
#include "common/train/fit.h"
#include "common/train/optimizer.h"
#include "common/train/schedule.h"

namespace glassbox::cnn {

struct Experiment {
  std::string name = "experiment";
  int64_t seed = 1;
  std::string engine = "autograd";  ///< by_hand = the functions of apps/cnn/exercise
  int64_t looks = 24;               ///< times the inside of the network is recorded in a run; 0 = never
  double label_smoothing = 0;       ///< fraction of each target that is spread over all classes
  std::string test_time = "none";   ///< views of an image whose answers are averaged when scoring
  DataConfig data;
  AugmentConfig augment;
  NetworkConfig model;
  OptimizerConfig optimizer;
  ScheduleConfig schedule;
  FitConfig train;
  SweepConfig sweep;

  void read(ConfigReader json);
};

}  // namespace glassbox::cnn
