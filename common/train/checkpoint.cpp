#include "common/train/checkpoint.h"

#include <cstring>
#include <utility>
#include <vector>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/safetensors.h"
#include "common/base/shown.h"

namespace glassbox {
namespace {

const std::vector<std::pair<std::string, torch::ScalarType>> kDtypes = {
    {"F64", torch::kFloat64}, {"F32", torch::kFloat32}, {"F16", torch::kFloat16}, {"BF16", torch::kBFloat16},
    {"I64", torch::kInt64},   {"I32", torch::kInt32},   {"I16", torch::kInt16},   {"I8", torch::kInt8},
    {"U8", torch::kUInt8},    {"BOOL", torch::kBool}};

std::string dtype_name(torch::ScalarType type) {
  for (const auto& [name, scalar] : kDtypes) {
    if (scalar == type) return name;
  }
  throw std::logic_error(as_text("save_safetensors: no name for the number type ", type));
}

torch::ScalarType dtype_of(const std::string& wanted) {
  for (const auto& [name, scalar] : kDtypes) {
    if (name == wanted) return scalar;
  }
  throw std::logic_error("load_safetensors: parse_safetensors() let the number type " + wanted + " pass");
}

/// The next tensor of an open file: they are read in the order of their bytes.
torch::Tensor read_tensor(Descriptor& file, const TensorEntry& entry, const std::string& source) {
  torch::Tensor tensor = torch::empty(entry.shape, dtype_of(entry.dtype));
  const size_t bytes = size_t(entry.end - entry.begin);
  const bool whole = bytes == 0 || file.read(tensor.data_ptr(), bytes) == bytes;
  require(whole, source, ": ends within tensor ", shown(entry.name), "; was it changed while it was read?");
  require(!tensor.is_floating_point() || torch::isfinite(tensor).all().item<bool>(), source, ": tensor ",
          shown(entry.name), ": want finite numbers, got NaN or infinity; take an earlier checkpoint");
  return tensor;
}

NamedTensors read_tensors(Descriptor& file, const SafetensorsHeader& header, const std::string& source) {
  NamedTensors tensors;
  for (const TensorEntry& entry : header.tensors) tensors[entry.name] = read_tensor(file, entry, source);
  return tensors;
}

TensorEntry entry_of(const std::string& name, const torch::Tensor& tensor) {
  return {name, dtype_name(tensor.scalar_type()), tensor.sizes().vec()};
}

/// Throws UserError that names what is missing, unknown, misshapen or of another number type.
void require_fit(const NamedTensors& targets, const std::vector<TensorEntry>& entries, const std::string& source) {
  Problems problems;
  std::map<std::string, const TensorEntry*> found;
  for (const TensorEntry& entry : entries) found[entry.name] = &entry;
  for (const auto& [name, target] : targets) {
    const auto at = found.find(name);
    if (at == found.end()) {
      problems.add(name, ": missing");
    } else if (at->second->shape != target.sizes()) {
      problems.add(name, ": want shape ", target.sizes(), ", got ", at::IntArrayRef(at->second->shape));
    } else if (at->second->dtype != dtype_name(target.scalar_type())) {
      problems.add(name, ": want ", dtype_name(target.scalar_type()), ", got ", at->second->dtype);
    }
  }
  for (const TensorEntry& entry : entries) {
    const bool known = targets.count(entry.name) > 0;
    if (!known) problems.add(shown(entry.name), ": unknown to the model, shape ", at::IntArrayRef(entry.shape));
  }
  require(problems.empty(), source,
          " does not fit the model; take the checkpoint of the same experiment:", problems.text());
}

void copy_each(const NamedTensors& targets, const NamedTensors& tensors) {
  const torch::NoGradGuard no_grad;
  for (const auto& [name, target] : targets) torch::Tensor(target).copy_(tensors.at(name));
}

}  // namespace

void save_safetensors(const FileAt& at, const Checkpoint& checkpoint) {
  std::vector<TensorEntry> entries;
  std::vector<torch::Tensor> tensors;
  for (const auto& [name, tensor] : checkpoint.tensors) {
    tensors.push_back(tensor.detach().cpu().contiguous());
    entries.push_back(entry_of(name, tensor));
  }
  AtomicFile file(at);
  file.write(make_safetensors_header(entries, checkpoint.metadata));
  for (const torch::Tensor& tensor : tensors) file.write(tensor.data_ptr(), tensor.nbytes());
  file.commit();
}

Checkpoint load_safetensors(const FileAt& at) {
  Descriptor file = open_to_read(at);
  const SafetensorsHeader header = read_safetensors_header(file, at);
  const uint64_t bytes = header.tensors.empty() ? 0 : header.tensors.back().end;
  require_memory(bytes, "reading " + at.string(), "its tensors");
  return {read_tensors(file, header, at.string()), header.metadata};
}

NamedTensors load_alike(const NamedTensors& like, const FileAt& at) {
  Descriptor file = open_to_read(at);
  const SafetensorsHeader header = read_safetensors_header(file, at);
  NamedTensors tensors;
  for (const TensorEntry& entry : header.tensors) {
    const auto wanted = like.find(entry.name);
    if (wanted == like.end() || wanted->second.sizes() != entry.shape) continue;
    if (dtype_of(entry.dtype) != wanted->second.scalar_type()) continue;
    file.seek(header.data_start + entry.begin);
    tensors[entry.name] = read_tensor(file, entry, at.string());
  }
  return tensors;
}

std::map<std::string, std::string> load_into(const NamedTensors& targets, const FileAt& at) {
  Descriptor file = open_to_read(at);
  const SafetensorsHeader header = read_safetensors_header(file, at);
  require_fit(targets, header.tensors, at.string());
  require_memory(header.tensors.empty() ? 0 : header.tensors.back().end, "reading " + at.string(), "its tensors");
  copy_each(targets, read_tensors(file, header, at.string()));
  return header.metadata;
}

NamedTensors state_dict(const torch::nn::Module& model, const std::string& prefix) {
  NamedTensors tensors;
  for (const auto& item : model.named_parameters()) tensors[prefix + item.key()] = item.value();
  for (const auto& item : model.named_buffers()) tensors[prefix + item.key()] = item.value();
  return tensors;
}

void copy_tensors(const NamedTensors& targets, const NamedTensors& tensors, const std::string& source) {
  std::vector<TensorEntry> entries;
  for (const auto& [name, tensor] : tensors) entries.push_back(entry_of(name, tensor));
  require_fit(targets, entries, source);
  copy_each(targets, tensors);
}

void load_state_dict(const torch::nn::Module& model, const NamedTensors& tensors, const std::string& source) {
  copy_tensors(state_dict(model), tensors, source);
}

}  // namespace glassbox
