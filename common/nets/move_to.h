/// A network on another device, in another precision.
#pragma once

#include <torch/nn/module.h>

namespace glassbox {

/// Moves parameters and buffers to `device`; those that are floating-point numbers become `type`. Module::to() would
/// make floats of batch norm's counter num_batches_tracked too, and PyTorch could not exchange checkpoints with us.
void move_to(torch::nn::Module& model, torch::Device device, torch::Dtype type);

}  // namespace glassbox
