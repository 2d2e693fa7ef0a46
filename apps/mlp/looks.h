/// Looks into the network while it learns, a few dozen times a run: runs/.../inside.jsonl, one line a look.
#pragma once

#include <memory>

#include "apps/mlp/config.h"
#include "apps/mlp/model.h"
#include "common/base/run_folder.h"
#include "common/data/dataset.h"
#include "common/train/fit.h"

namespace glassbox::mlp {

/// What one layer does at one moment. Histograms have 32 bins of equal width.
struct LayerLook {
  double weight_size = 0;                      ///< root mean square of the weights
  double update_ratio = 0;                     ///< length of the step / length of the weights; about 1e-3 is healthy
  double gradient_low = 0, gradient_high = 0;  ///< range of log10 |gradient| over the weights
  std::vector<int64_t> gradients;              ///< histogram of log10 |gradient|; exact zeros are left out
  double activation_low = 0, activation_high = 0;  ///< range of the activations over the probe samples
  std::vector<int64_t> activations;                ///< histogram; empty for the output layer
  double dead = 0;                                 ///< share of units that are 0 (relu) for every probe sample
  double saturated = 0;  ///< share of activations where the slope is below 0.02 (tanh, sigmoid)
  double twins = 0;      ///< share of units whose incoming weights equal those of another unit to 1e-6
};

struct Look {
  int64_t step = 0;
  double epoch = 0;
  std::vector<LayerLook> layers;  ///< hidden layers, then the output layer
};

/// Adds the watchers that write inside.jsonl (and, for two inputs, the weights of every look, for the animation).
/// `train` gives the probe samples. Draws no random numbers: the weights are the same bits with and without it.
void watch_inside(Watchers& watch, const Experiment& ask, MlpImpl& model, std::shared_ptr<const Dataset> train,
                  const RunFolder& run);

/// The looks of a run, in order; none if it was not looked at.
std::vector<Look> read_looks(const RunFolder& run);

/// The figures of a network that stands still: gradients and updates are left out. `input` float32 [N, ...].
Look look_at(MlpImpl& model, const torch::Tensor& input);

}  // namespace glassbox::mlp
