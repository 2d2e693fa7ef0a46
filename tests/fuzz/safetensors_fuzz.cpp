/// Any bytes as a safetensors file, and as the header of one.
#include <string>

#include "common/base/error.h"
#include "common/base/safetensors.h"
#include "tests/fuzz/expect.h"

namespace glassbox {
namespace {

bool same(const TensorEntry& a, const TensorEntry& b) {
  return a.name == b.name && a.dtype == b.dtype && a.shape == b.shape && a.begin == b.begin && a.end == b.end;
}

void check_rebuilt(const SafetensorsHeader& header) {
  std::vector<TensorEntry> tensors = header.tensors;
  std::string file = make_safetensors_header(tensors, header.metadata);
  if (!tensors.empty()) file.resize(file.size() + tensors.back().end);
  const SafetensorsHeader again = parse_safetensors(file, "again");
  expect(again.metadata == header.metadata, "metadata survives");
  expect(again.tensors.size() == header.tensors.size(), "no tensor is lost");
  for (size_t i = 0; i < again.tensors.size(); ++i) {
    expect(same(again.tensors[i], header.tensors[i]), "a rebuilt header has the same entries");
  }
}

void try_safetensors(std::string_view file) {
  try {
    const SafetensorsHeader header = parse_safetensors(file, "x");
    uint64_t covered = 0;
    for (const TensorEntry& tensor : header.tensors) {
      expect(tensor.begin == covered && tensor.begin <= tensor.end, "no hole, no overlap");
      covered = tensor.end;
    }
    expect(header.data_start + covered == file.size(), "the tensors end with the file");
    check_rebuilt(header);
  } catch (const UserError&) {
  }
}

/// The right length in front and as many bytes of tensors as the first byte says: the JSON alone is left to be guessed.
std::string with_length(std::string_view bytes) {
  const size_t length = bytes.size() - 1;
  std::string file;
  for (int i = 0; i < 8; ++i) file += char(length >> (8 * i) & 0xFF);
  return file + std::string(bytes.substr(1)) + std::string(static_cast<unsigned char>(bytes[0]), 'x');
}

}  // namespace
}  // namespace glassbox

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  glassbox::try_safetensors(bytes);
  if (!bytes.empty()) glassbox::try_safetensors(glassbox::with_length(bytes));
  return 0;
}
