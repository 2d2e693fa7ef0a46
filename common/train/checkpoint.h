/// Tensors on disk as safetensors, with PyTorch's names, so that Python opens them too.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>

namespace glassbox {

using NamedTensors = std::map<std::string, torch::Tensor>;

struct Checkpoint {
  NamedTensors tensors;
  std::map<std::string, std::string> metadata;
};

/// Writes atomically: a killed run leaves the old file or the new one.
void save_safetensors(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Reads through a memory map; the tensors are copies. Throws UserError for anything parse_safetensors() rejects, and
/// for NaN or infinity in a float tensor.
Checkpoint load_safetensors(const std::filesystem::path& path);

/// Parameters and buffers by name ("layers.0.weight", "norms.0.running_mean"), each behind `prefix`. Shares memory with
/// the model.
NamedTensors state_dict(const torch::nn::Module& model, const std::string& prefix = "");

/// Copies every tensor of `targets` from `tensors`. Lists every tensor that is missing, unknown, misshapen or of
/// another number type in one UserError and changes nothing then. `source` names the file in the message.
void copy_tensors(const NamedTensors& targets, const NamedTensors& tensors, const std::string& source);

/// copy_tensors() into the model's own state_dict().
void load_state_dict(const torch::nn::Module& model, const NamedTensors& tensors, const std::string& source);

}  // namespace glassbox
