/// The words of mlp for what common/inside/diagnose.h finds.
#pragma once

#include <string>
#include <vector>

#include "apps/mlp/config.h"
#include "common/inside/diagnose.h"

namespace glassbox::mlp {

/// What the looks say, in plain sentences, with the fields of mlp's experiments as remedies.
std::vector<Finding> diagnose(const std::vector<Look>& looks, const ModelConfig& model);

/// "layer 2", "第 2 层"; the last of `layers` is "the output layer".
Text layer_name(size_t index, size_t layers);

/// Of `layers` layers, the last of which is the output layer.
std::vector<NamedLayer> named_layers(const ModelConfig& model, size_t layers);

}  // namespace glassbox::mlp
