/// The network of mlp as common/inside/looks.h sees it: runs/.../inside.jsonl.
#pragma once

#include <memory>
#include <vector>

#include "apps/mlp/config.h"
#include "apps/mlp/model.h"
#include "common/inside/looks.h"

namespace glassbox::mlp {

/// Hidden layers, then the output layer. With two inputs and few weights each look keeps all parameters and buffers, in
/// the order of state_dict(), so that the plane can be drawn at every look. `model` must outlive what is returned.
Watched watched_of(MlpImpl& model);

/// Adds the watchers that write inside.jsonl. `model` and `run` must outlive them.
void watch_inside(Watchers& watch, const Experiment& ask, MlpImpl& model, std::shared_ptr<const Dataset> train,
                  const RunFolder& run);

/// The figures of a network that stands still: gradients and updates are left out. `input` float32 [N, ...].
Look look_at(MlpImpl& model, const torch::Tensor& input);

/// The activations of each hidden layer [N, H] in eval mode, without a graph. `input` float32 [N, ...].
std::vector<torch::Tensor> hidden_activations(MlpImpl& model, const torch::Tensor& input);

/// Puts the state of a look back into a network of the same shape.
void set_state(MlpImpl& model, const std::vector<float>& state);

}  // namespace glassbox::mlp
