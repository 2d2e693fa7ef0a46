#include "common/train/checkpoint.h"

#include <cstring>
#include <utility>
#include <vector>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/safetensors.h"

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

torch::Tensor tensor_from(const TensorEntry& entry, std::string_view bytes, const std::string& source) {
  torch::Tensor tensor = torch::empty(entry.shape, dtype_of(entry.dtype));
  if (tensor.numel() > 0) std::memcpy(tensor.data_ptr(), bytes.data() + entry.begin, entry.end - entry.begin);
  require(!tensor.is_floating_point() || torch::isfinite(tensor).all().item<bool>(), source, ": tensor ", entry.name,
          ": want finite numbers, got NaN or infinity; take an earlier checkpoint");
  return tensor;
}

}  // namespace

void save_safetensors(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  std::vector<TensorEntry> entries;
  std::vector<torch::Tensor> tensors;
  for (const auto& [name, tensor] : checkpoint.tensors) {
    tensors.push_back(tensor.detach().cpu().contiguous());
    entries.push_back({name, dtype_name(tensor.scalar_type()), tensor.sizes().vec()});
  }
  AtomicFile file(path);
  file.write(make_safetensors_header(entries, checkpoint.metadata));
  for (const torch::Tensor& tensor : tensors) file.write(tensor.data_ptr(), tensor.nbytes());
  file.commit();
}

Checkpoint load_safetensors(const std::filesystem::path& path) {
  const MappedFile file(path);
  const SafetensorsHeader header = parse_safetensors(file.bytes(), path.string());
  Checkpoint checkpoint;
  checkpoint.metadata = header.metadata;
  const std::string_view bytes = file.bytes().substr(header.data_start);
  for (const TensorEntry& entry : header.tensors) {
    checkpoint.tensors[entry.name] = tensor_from(entry, bytes, path.string());
  }
  return checkpoint;
}

NamedTensors state_dict(const torch::nn::Module& model, const std::string& prefix) {
  NamedTensors tensors;
  for (const auto& item : model.named_parameters()) tensors[prefix + item.key()] = item.value();
  for (const auto& item : model.named_buffers()) tensors[prefix + item.key()] = item.value();
  return tensors;
}

void copy_tensors(const NamedTensors& targets, const NamedTensors& tensors, const std::string& source) {
  std::string problems;
  for (const auto& [name, target] : targets) {
    const auto found = tensors.find(name);
    if (found == tensors.end()) {
      problems += "\n  " + name + ": missing";
    } else if (found->second.sizes() != target.sizes()) {
      problems += as_text("\n  ", name, ": want shape ", target.sizes(), ", got ", found->second.sizes());
    } else if (found->second.scalar_type() != target.scalar_type()) {
      problems += as_text("\n  ", name, ": want ", dtype_name(target.scalar_type()), ", got ",
                          dtype_name(found->second.scalar_type()));
    }
  }
  for (const auto& [name, tensor] : tensors) {
    if (targets.count(name) == 0) problems += as_text("\n  ", name, ": unknown to the model, shape ", tensor.sizes());
  }
  require(problems.empty(), source, " does not fit the model; take the checkpoint of the same experiment:", problems);
  torch::NoGradGuard no_grad;
  for (const auto& [name, target] : targets) torch::Tensor(target).copy_(tensors.at(name));
}

void load_state_dict(const torch::nn::Module& model, const NamedTensors& tensors, const std::string& source) {
  copy_tensors(state_dict(model), tensors, source);
}

}  // namespace glassbox
