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
#include "common/inside/look_file.h"
#include "common/train/fit.h"

namespace glassbox {

/// Only a relu unit can be dead: it then lets no gradient through. Only tanh and sigmoid have two flat ends.
inline bool can_die(const std::string& activation) { return activation == "relu"; }
inline bool can_saturate(const std::string& activation) { return activation == "tanh" || activation == "sigmoid"; }

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
std::vector<Look> read_looks(const RunFolder& run, const Watched& net);

/// The figures of a network that stands still: gradients and updates are left out. `probe` float32 [N, ...].
Look look_at(const Watched& net, const torch::Tensor& probe);

/// `count` samples spread evenly over `data`, or all if there are fewer: the input of a look.
torch::Tensor probe_samples(const Dataset& data, int64_t count = 256);

}  // namespace glassbox
