/// Tensors on disk as safetensors, with PyTorch's names, so that Python opens them too.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <map>
#include <string>

#include "common/base/file_at.h"

namespace glassbox {

using NamedTensors = std::map<std::string, torch::Tensor>;

struct Checkpoint {
  NamedTensors tensors;
  std::map<std::string, std::string> metadata;
};

/// Writes atomically: a killed run leaves the old file or the new one.
void save_safetensors(const FileAt& file, const Checkpoint& checkpoint);

/// All of a file. Throws UserError for anything read_safetensors_header() rejects, for NaN or infinity in a float
/// tensor, and for more than the machine has memory for.
Checkpoint load_safetensors(const FileAt& file);

/// Parameters and buffers by name ("layers.0.weight", "norms.0.running_mean"), each behind `prefix`. Shares memory with
/// the model.
NamedTensors state_dict(const torch::nn::Module& model, const std::string& prefix = "");

/// Copies every tensor of `targets` from `tensors`. Names what is missing, unknown, misshapen or of another number type
/// in one UserError and changes nothing then. `source` names the file in the message.
void copy_tensors(const NamedTensors& targets, const NamedTensors& tensors, const std::string& source);

/// copy_tensors() into the model's own state_dict().
void load_state_dict(const torch::nn::Module& model, const NamedTensors& tensors, const std::string& source);

/// copy_tensors() from a file: its header is compared with `targets` before a number is read, so that no file takes
/// more memory than the model. Returns its metadata.
std::map<std::string, std::string> load_into(const NamedTensors& targets, const FileAt& file);

/// Those tensors of a file that `like` has too, under the same name, of the same shape and type; no other is read.
NamedTensors load_alike(const NamedTensors& like, const FileAt& file);

}  // namespace glassbox
