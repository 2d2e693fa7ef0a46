/// What the looks into a network say, in plain sentences: what is wrong, why, and what to change.
#pragma once

#include <vector>

#include "apps/mlp/inside/looks.h"
#include "common/report/text.h"

namespace glassbox::mlp {

enum class Subject { kUnits, kUpdates, kGradients };

struct Finding {
  Subject subject;
  bool trouble;  ///< false: a sentence that says all is well
  Text text;
};

/// At least one finding for every subject that was measured: units always, updates and gradients where `looks` has
/// steps. Empty `looks` give none.
std::vector<Finding> diagnose(const std::vector<Look>& looks, const ModelConfig& model);

/// "layer 2", "第 2 层"; the last of `layers` is "the output layer".
Text layer_name(size_t index, size_t layers);

}  // namespace glassbox::mlp
