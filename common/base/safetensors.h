/// The header rules of the safetensors format (Hugging Face, format description in the project's README):
/// 8 bytes little-endian header length N, N bytes JSON, then the tensors' bytes without hole or overlap.
/// No tensor library here, so that a fuzzer can try millions of files; common/train/checkpoint.h makes tensors of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/posix.h"

namespace glassbox {

struct TensorEntry {
  std::string name;
  std::string dtype;            ///< "F64" "F32" "F16" "BF16" "I64" "I32" "I16" "I8" "U8" "BOOL"
  std::vector<int64_t> shape;   ///< {} is a scalar
  uint64_t begin = 0, end = 0;  ///< bytes, counted from the end of the header
};

struct SafetensorsHeader {
  std::vector<TensorEntry> tensors;             ///< in the order of their bytes
  std::map<std::string, std::string> metadata;  ///< "__metadata__": text to text
  uint64_t data_start = 0;                      ///< where the tensors' bytes begin in the file
};

/// Checks everything the format promises: the header lies inside the file, is a JSON object in UTF-8 without duplicate
/// names, every dtype is known, every length is dtype x shape, the tensors cover the rest of the file without hole or
/// overlap; and that it is below 8 MB (a tensor takes some 100 bytes) and no shape has more than 16 sides. `source`
/// names the file in messages. Throws UserError otherwise.
SafetensorsHeader parse_safetensors(std::string_view file, const std::string& source);

/// The header of an open file; its tensors are not looked at.
SafetensorsHeader read_safetensors_header(Descriptor& file, const FileAt& at);
SafetensorsHeader read_safetensors_header(const FileAt& file);

/// The first bytes of a file: length and JSON, padded with spaces to a multiple of 8. `tensors` have name, dtype and
/// shape; begin and end are filled in, one after the other.
std::string make_safetensors_header(std::vector<TensorEntry>& tensors,
                                    const std::map<std::string, std::string>& metadata);

/// Bytes of one element; throws UserError for an unknown dtype.
uint64_t dtype_bytes(const std::string& dtype, const std::string& source);

}  // namespace glassbox
