/// Every number of one forward and backward pass of a small network: what `explain --trace` shows.
#pragma once

#include <torch/types.h>

#include <nlohmann/json.hpp>

#include "apps/mlp/model.h"
#include "common/classify/labelled.h"

namespace glassbox::mlp {

/// Larger networks have more numbers than a page can show.
constexpr int64_t kMostTraced = 2000;

/// The pass of one sample in evaluation mode (dropout off, batch norm with its running figures), in float64, by plain
/// loops: no autograd. input float32 of info.sample_shape, normalised; target in 0 .. K-1.
/// Groups of values ("x", "layers.0.weight", "z0", "a0", ..., "p", "loss") in the order of the forward pass, each value
/// with the terms whose sum it is, its gradient with the terms of its chain rule, and beside it the centred difference
/// (L(v + h) - L(v - h)) / 2h of the whole network. Throws UserError for more than kMostTraced parameters.
nlohmann::ordered_json trace_sample(const MlpImpl& model, const DatasetInfo& info, const torch::Tensor& input,
                                    int64_t target);

}  // namespace glassbox::mlp
