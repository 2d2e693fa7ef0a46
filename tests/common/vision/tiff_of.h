/// TIFF files by hand.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace glassbox {

/// A TIFF of these entries (number, type, value) alone, as a block of Exif has them too.
inline std::string tiff_of(const std::vector<std::array<uint32_t, 3>>& entries) {
  std::string bytes("II*\0\x08\0\0\0", 8);  // low bytes first; the directory is at 8
  const auto put = [&](uint32_t number, int count) {
    for (int i = 0; i < count; ++i) bytes += char(number >> 8 * i & 255);
  };
  put(uint32_t(entries.size()), 2);
  for (const auto& [number, type, value] : entries) {
    put(number, 2);
    put(type, 2);
    put(1, 4);  // one value
    put(value, 4);
  }
  return bytes;
}

}  // namespace glassbox
