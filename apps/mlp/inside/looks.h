/// Looks into the network while it learns, a few dozen times a run: runs/.../inside.jsonl, one line a look.
#pragma once

#include <memory>
#include <string>

#include "apps/mlp/config.h"
#include "apps/mlp/model.h"
#include "common/base/run_folder.h"
#include "common/data/dataset.h"
#include "common/train/fit.h"

namespace glassbox::mlp {

/// Counts in bins of equal width over [low, high]. Values that are not finite are left out.
struct Histogram {
  double low = 0, high = 0;
  std::vector<int64_t> counts;  ///< kBins of them; none if there was no value
};
constexpr int64_t kBins = 32;

/// Only a relu unit can be dead: it then lets no gradient through. Only tanh and sigmoid have two flat ends.
inline bool can_die(const std::string& activation) { return activation == "relu"; }
inline bool can_saturate(const std::string& activation) { return activation == "tanh" || activation == "sigmoid"; }

/// What one layer does at one moment. A figure that was not measured is NaN.
struct LayerLook {
  double weight_size = 0;    ///< root mean square of the weights
  double gradient_size = 0;  ///< root mean square of the gradients of the weights
  double update_ratio = 0;   ///< length of the step / length of the weights; about 1e-3 is healthy
  Histogram gradients;       ///< log10 |gradient| of the weights; exact zeros are left out
  Histogram activations;     ///< over the probe samples; empty for the output layer
  double dead = 0;           ///< share of units that are 0 for every probe sample (relu)
  double saturated = 0;      ///< share of activations where the slope is below 0.02 (tanh, sigmoid)
  double twins = 0;          ///< share of units whose incoming weights and bias equal those of another unit, to 1e-6
                             ///< of the layer's largest weight
};

struct Look {
  int64_t step = 0;  ///< steps done; 0 = the first weights
  double epoch = 0;
  std::vector<LayerLook> layers;  ///< hidden layers, then the output layer
  std::vector<float> state;       ///< two inputs, small nets: all parameters and buffers, in the order of state_dict()
};

/// The steps that are looked at: `looks` of them from 0 to `steps`, close together at the beginning, where most
/// happens. Of the same step twice one stays; a single look is the last step.
std::vector<int64_t> look_steps(int64_t looks, int64_t steps);

/// Adds the watchers that write inside.jsonl. `train` gives the probe samples. Draws no random numbers: the weights
/// are the same bits with and without it. A resumed run takes back the lines that come after its state, and ends with
/// the same lines as one that never stopped. `model` and `run` must outlive the watchers.
void watch_inside(Watchers& watch, const Experiment& ask, MlpImpl& model, std::shared_ptr<const Dataset> train,
                  const RunFolder& run);

/// The looks of a run, in order; none if it was not looked at.
std::vector<Look> read_looks(const RunFolder& run);

/// The figures of a network that stands still: gradients and updates are left out. `input` float32 [N, ...].
Look look_at(MlpImpl& model, const torch::Tensor& input);

/// The activations of each hidden layer [N, H] in eval mode, without a graph. `input` float32 [N, ...].
std::vector<torch::Tensor> hidden_activations(MlpImpl& model, const torch::Tensor& input);

/// `count` samples spread evenly over `data`, or all if there are fewer: the input of a look.
torch::Tensor probe_samples(const Dataset& data, int64_t count = 256);

/// Puts the state of a look back into a network of the same shape.
void set_state(MlpImpl& model, const std::vector<float>& state);

}  // namespace glassbox::mlp
