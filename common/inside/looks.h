/// Looks into a network while it learns, a few dozen times a run: runs/.../inside.jsonl, one line a look.
/// An app describes its network as a Watched; what a layer is called and how it is drawn stays with the app.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/run_folder.h"
#include "common/data/dataset.h"
#include "common/train/fit.h"

namespace glassbox {

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
  Histogram activations;     ///< over the probe samples; empty for a layer without activation
  double dead = 0;           ///< fraction of units that are 0 for every probe sample, at every position (relu)
  double saturated = 0;      ///< fraction of activations where the slope is below 0.02 (tanh, sigmoid)
  double twins = 0;          ///< fraction of units whose incoming weights and bias equal those of another unit, to 1e-6
                             ///< of the layer's largest weight
};

struct Look {
  int64_t step = 0;  ///< steps done; 0 = the first weights
  double epoch = 0;
  std::vector<LayerLook> layers;  ///< in the order of Watched::layers
  std::vector<float> state;       ///< what Watched::state gave
};

/// A layer whose weights learn. A unit is a row of a matrix, or a channel of a convolution.
struct WatchedLayer {
  std::string name;        ///< of its parameters in a checkpoint: "layers.0", "conv1"
  torch::Tensor weight;    ///< [units, ...]: the model's own, which the optimizer moves
  torch::Tensor bias;      ///< [units], or undefined
  std::string activation;  ///< that bends its output: "relu", ...; "" = none
};

/// A network as the looks see it.
struct Watched {
  std::vector<WatchedLayer> layers;  ///< from the input to the output
  /// For a probe [N, ...] on `device`: each layer's activations [N, units] or [N, units, H, W] in eval mode and without
  /// a graph, undefined where the layer has none. Must leave the model in the mode it was in.
  std::function<std::vector<torch::Tensor>(const torch::Tensor& probe)> activations;
  torch::Device device = torch::kCPU;
  std::function<std::vector<float>()> state = nullptr;  ///< numbers to be kept with each look; null = none
};

/// When it is looked.
struct LookPlan {
  int64_t looks = 0;            ///< in the whole run; 0 = never
  int64_t accumulate = 1;       ///< train.accumulate: batches a step
  int64_t probe_samples = 256;  ///< training samples whose activations are measured
};

/// The steps that are looked at: `looks` of them from 0 to `steps`, close together at the beginning, where most
/// happens. Of the same step twice one stays; a single look is the last step.
std::vector<int64_t> look_steps(int64_t looks, int64_t steps);

/// Adds the watchers that write inside.jsonl. `train` gives the probe samples. Draws no random numbers: the weights
/// are the same bits with and without it. A resumed run takes back the lines that come after its state, and ends with
/// the same lines as one that never stopped. The model behind `net` and `run` must outlive the watchers.
void watch_inside(Watchers& watch, const LookPlan& plan, Watched net, const Dataset& train, const RunFolder& run);

/// The looks of a run, in order; none if it was not looked at.
std::vector<Look> read_looks(const RunFolder& run);

/// The figures of a network that stands still: gradients and updates are left out. `probe` float32 [N, ...].
Look look_at(const Watched& net, const torch::Tensor& probe);

/// `count` samples spread evenly over `data`, or all if there are fewer: the input of a look.
torch::Tensor probe_samples(const Dataset& data, int64_t count = 256);

}  // namespace glassbox
