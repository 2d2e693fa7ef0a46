#include "common/base/safetensors.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "common/base/error.h"
#include "common/base/strict_json.h"

namespace glassbox {
namespace {

using nlohmann::json;

constexpr uint64_t kLengthBytes = 8;
constexpr uint64_t kMostHeaderBytes = 8 << 20;
constexpr size_t kMostSides = 16;
const char* const kMetadata = "__metadata__";

uint64_t read_length(std::string_view file) {
  uint64_t length = 0;
  for (size_t i = kLengthBytes; i-- > 0;) length = length << 8 | static_cast<unsigned char>(file[i]);
  return length;
}

/// The length of the JSON header of a file of `size` bytes that begins with `file`.
uint64_t header_bytes(std::string_view file, uint64_t size, const std::string& source) {
  require(file.size() >= kLengthBytes, source, ": want 8 bytes with the header's length, got a file of ", size,
          "; is it complete?");
  const uint64_t length = read_length(file), rest = size - kLengthBytes;
  require(length <= kMostHeaderBytes, source, ": want a header of at most ", kMostHeaderBytes, " bytes, got ", length,
          "; is it a safetensors file?");
  require(length <= rest, source, ": want a header of ", length, " bytes, got only ", rest, "; is the file complete?");
  return length;
}

/// A whole number from 0 to 2^63 - 1. Larger ones come from the parser as unsigned or rounded to a double.
uint64_t read_count(const json& value, const std::string& where) {
  const bool fits =
      value.is_number_unsigned() && value.get<uint64_t>() <= uint64_t(std::numeric_limits<int64_t>::max());
  require(fits, where, ": want a whole number from 0 to 2^63 - 1, got ", describe_json(value));
  return value.get<uint64_t>();
}

uint64_t multiply(uint64_t a, uint64_t b, const std::string& where) {
  uint64_t product = 0;
  require(!__builtin_mul_overflow(a, b, &product), where, ": want fewer than 2^64 bytes, got a larger shape");
  return product;
}

/// dtype x shape, in bytes.
uint64_t tensor_bytes(const TensorEntry& tensor, const std::string& where) {
  uint64_t bytes = dtype_bytes(tensor.dtype, where);
  for (int64_t side : tensor.shape) bytes = multiply(bytes, uint64_t(side), where);
  return bytes;
}

/// One entry of the header: {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}.
TensorEntry read_entry(const std::string& name, const json& value, const std::string& where) {
  const bool complete = value.is_object() && value.size() == 3 && value.contains("dtype") && value.contains("shape") &&
                        value.contains("data_offsets");
  require(complete, where, ": want an object with dtype, shape and data_offsets, got ", describe_json(value));
  const json &dtype = value["dtype"], &shape = value["shape"], &offsets = value["data_offsets"];
  require(dtype.is_string(), where, ": want a dtype such as \"F32\", got ", describe_json(dtype));
  require(shape.is_array(), where, ": want a list as shape, got ", describe_json(shape));
  require(offsets.is_array() && offsets.size() == 2, where, ": want two data_offsets, got ", describe_json(offsets));

  TensorEntry tensor{name, dtype.get<std::string>(), {}, read_count(offsets[0], where), read_count(offsets[1], where)};
  require(shape.size() <= kMostSides, where, ": want a shape of at most ", kMostSides, " sides, got ", shape.size());
  for (const json& side : shape) tensor.shape.push_back(int64_t(read_count(side, where)));
  const uint64_t bytes = tensor_bytes(tensor, where);
  require(tensor.begin <= tensor.end && tensor.end - tensor.begin == bytes, where, ": want ", bytes, " bytes for ",
          tensor.dtype, " ", shape.dump(), ", got data_offsets ", offsets.dump());
  return tensor;
}

std::map<std::string, std::string> read_metadata(const json& value, const std::string& where) {
  require(value.is_object(), where, ": want an object of texts, got ", describe_json(value));
  std::map<std::string, std::string> metadata;
  for (const auto& item : value.items()) {
    require(item.value().is_string(), where, ".", describe_name(item.key()), ": want text, got ",
            describe_json(item.value()));
    metadata[item.key()] = item.value().get<std::string>();
  }
  return metadata;
}

std::string dump_utf8(const json& object) {
  try {
    return object.dump();
  } catch (const json::exception&) {
    fail("safetensors: want names and metadata in UTF-8, got other bytes");
  }
}

/// Sorts the tensors by place. Each must begin where the one before ended, and the last end with the file.
void check_cover(std::vector<TensorEntry>& tensors, uint64_t data_bytes, const std::string& source) {
  std::sort(tensors.begin(), tensors.end(), [](const TensorEntry& a, const TensorEntry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  uint64_t covered = 0;
  for (const TensorEntry& tensor : tensors) {
    require(tensor.begin == covered, source, ": ", describe_name(tensor.name), ": want its bytes to begin at ", covered,
            ", got ", tensor.begin,
            tensor.begin > covered ? ", which leaves a hole" : ", which overlaps another tensor");
    covered = tensor.end;
  }
  require(covered == data_bytes, source, ": want ", covered, " bytes of tensors after the header, got ", data_bytes,
          covered > data_bytes ? "; is the file complete?" : "; what follows belongs to no tensor");
}

}  // namespace

uint64_t dtype_bytes(const std::string& dtype, const std::string& source) {
  static const std::map<std::string, uint64_t> kBytes = {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},
                                                         {"I32", 4}, {"I16", 2}, {"I8", 1},  {"U8", 1},   {"BOOL", 1}};
  const auto known = kBytes.find(dtype);
  require(known != kBytes.end(), source, ": want a dtype out of F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL, got ",
          describe_json(dtype));
  return known->second;
}

namespace {

/// text: the header's JSON. file_bytes: of the whole file.
SafetensorsHeader parse_header(std::string_view text, uint64_t file_bytes, const std::string& source) {
  require(!text.empty() && text[0] == '{', source, ": want a header that begins with {, got ",
          text.empty() ? "nothing" : "something else", "; is it a safetensors file?");
  const json object = parse_strict_json(text, source + ": header", JsonComments::kForbidden);
  SafetensorsHeader header;
  header.data_start = kLengthBytes + text.size();
  for (const auto& item : object.items()) {
    const std::string where = source + ": " + describe_name(item.key());
    if (item.key() == kMetadata) {
      header.metadata = read_metadata(item.value(), where);
    } else {
      header.tensors.push_back(read_entry(item.key(), item.value(), where));
    }
  }
  check_cover(header.tensors, file_bytes - header.data_start, source);
  return header;
}

}  // namespace

SafetensorsHeader parse_safetensors(std::string_view file, const std::string& source) {
  const uint64_t length = header_bytes(file, file.size(), source);
  return parse_header(file.substr(kLengthBytes, size_t(length)), file.size(), source);
}

SafetensorsHeader read_safetensors_header(Descriptor& file, const FileAt& at) {
  const uint64_t size = file_size(file, at.path());
  std::string begin(kLengthBytes, '\0');
  begin.resize(file.read(begin.data(), begin.size()));
  std::string text(size_t(header_bytes(begin, size, at.string())), '\0');
  text.resize(file.read(text.data(), text.size()));
  return parse_header(text, size, at.string());
}

SafetensorsHeader read_safetensors_header(const FileAt& at) {
  Descriptor file = open_to_read(at);
  return read_safetensors_header(file, at);
}

std::string make_safetensors_header(std::vector<TensorEntry>& tensors,
                                    const std::map<std::string, std::string>& metadata) {
  json object = json::object();
  if (!metadata.empty()) object[kMetadata] = metadata;
  uint64_t covered = 0;
  for (TensorEntry& tensor : tensors) {
    const bool taken = object.contains(tensor.name) || tensor.name == kMetadata;
    if (taken) throw std::logic_error("safetensors: the name " + tensor.name + " is taken");
    tensor.begin = covered;
    const bool overflow = __builtin_add_overflow(covered, tensor_bytes(tensor, tensor.name), &covered);
    require(!overflow, tensor.name, ": want fewer than 2^64 bytes in all tensors, got more");
    tensor.end = covered;
    object[tensor.name] = {
        {"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {tensor.begin, tensor.end}}};
  }
  std::string text = dump_utf8(object);
  require(text.size() <= kMostHeaderBytes, "writing safetensors: want at most ", kMostHeaderBytes,
          " bytes of names and metadata, got ", text.size());
  text.resize((text.size() + 7) / 8 * 8, ' ');

  std::string length;
  for (size_t i = 0; i < kLengthBytes; ++i) length += char(text.size() >> (8 * i) & 0xFF);
  return length + text;
}

}  // namespace glassbox
