/// What a look into a network saw, and the same as a line of inside.jsonl.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace glassbox {

/// Counts in bins of equal width over [low, high]. Values that are not finite are left out.
struct Histogram {
  double low = 0, high = 0;
  std::vector<int64_t> counts;  ///< kBins of them; none if there was no value
};
constexpr int64_t kBins = 32;

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

constexpr const char* kLookFile = "inside.jsonl";

std::string look_to_line(const Look& look);

/// Throws UserError naming `source` if the line is not a look.
Look look_from_line(const std::string& line, const std::string& source);

/// Its step alone, without reading the rest.
int64_t step_of_line(const std::string& line, const std::string& source);

}  // namespace glassbox
