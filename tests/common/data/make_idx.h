/// Small idx files for tests, written byte by byte as the format's description says.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/base/atomic_file.h"

namespace glassbox {

/// Magic 0x08 (unsigned bytes) and the number of dimensions, each size in 4 bytes big-endian, the bytes.
inline std::string idx_bytes(const std::vector<uint32_t>& shape, const std::vector<uint8_t>& values) {
  std::string text = {0, 0, 8, char(shape.size())};
  for (uint32_t side : shape) {
    for (int shift : {24, 16, 8, 0}) text += char(side >> shift & 0xFF);
  }
  return text.append(values.begin(), values.end());
}

/// `count` images of 28x28; all pixels of image i are `first` + i. Labels are i mod 10.
inline void write_idx_part(const std::filesystem::path& folder, const std::string& part, uint32_t count, int first) {
  std::vector<uint8_t> pixels, labels;
  for (uint32_t i = 0; i < count; ++i) {
    pixels.insert(pixels.end(), 28 * 28, uint8_t(first + int(i)));
    labels.push_back(uint8_t(i % 10));
  }
  std::filesystem::create_directories(folder);
  write_file(folder / (part + "-images-idx3-ubyte"), idx_bytes({count, 28, 28}, pixels));
  write_file(folder / (part + "-labels-idx1-ubyte"), idx_bytes({count}, labels));
}

}  // namespace glassbox
