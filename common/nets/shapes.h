/// The shape of one sample on its way through a network, layer by layer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/nets/layers.h"

namespace glassbox {

std::string shape_text(const std::vector<int64_t>& shape);  ///< "[6, 28, 28]"

int64_t numbers_in(const std::vector<int64_t>& shape);  ///< the product of its sides

/// The numbers of `line`, which makes `out` of `in`: weights, biases, those of batch norm.
int64_t parameters_of(const LayerLine& line, const std::vector<int64_t>& in, const std::vector<int64_t>& out);

/// One sample's shape behind `line`: [C, H, W], or [F] behind a linear layer. Throws UserError that names the layer
/// (`where`) and both shapes if it does not fit what is in front of it (`before` gives `in`), and if it would have more
/// than 2 10^8 weights or 10^8 numbers a sample.
std::vector<int64_t> shape_behind(const LayerLine& line, const std::vector<int64_t>& in, int64_t classes,
                                  const std::string& where, const std::string& before);

}  // namespace glassbox
