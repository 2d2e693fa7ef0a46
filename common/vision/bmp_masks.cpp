#include "common/vision/bmp_masks.h"

#include <algorithm>

#include "common/base/error.h"
#include "common/vision/byte_reader.h"

namespace glassbox {
namespace {

constexpr uint64_t kHeaderLength = 14, kHeight = 22, kBits = 28, kCompression = 30, kMasks = 54;  // offsets, [MS-WMF]
constexpr uint64_t kBitfields = 3, kAlphaBitfields = 6;

/// The bits under `mask` as 0 to 255; 0 without a mask.
uint8_t bits_of(uint64_t pixel, uint64_t mask) {
  if (mask == 0) return 0;
  const uint64_t lowest = mask & (~mask + 1);
  return uint8_t((pixel & mask) / lowest * 255 / (mask / lowest));
}

}  // namespace

bool has_masks(std::string_view bmp) {
  const ByteReader bytes(bmp);
  const uint64_t compression = bytes.number(kCompression, 4);
  return bytes.number(kHeaderLength, 4) >= 40 && (compression == kBitfields || compression == kAlphaBitfields);
}

std::vector<uint8_t> decode_masked_bmp(std::string_view bmp, const ImageHeader& header, const std::string& source) {
  const ByteReader bytes(bmp);
  const uint64_t bits = bytes.number(kBits, 2), begin = bytes.number(10, 4);
  require(bits == 16 || bits == 32, source, ": want a BMP with masks of 16 or 32 bits a pixel, got ", bits,
          "; save it as PNG");
  const auto width = uint64_t(header.width), height = uint64_t(header.height);
  const uint64_t row_bytes = (width * bits / 8 + 3) / 4 * 4;
  require(bytes.reaches(begin + row_bytes * height), source, ": want a whole BMP image, got one that ends too early (",
          bmp.size(), " bytes); fetch or save it again");
  const bool has_alpha = bytes.number(kHeaderLength, 4) >= 56 || bytes.number(kCompression, 4) == kAlphaBitfields;
  const uint64_t red = bytes.number(kMasks, 4), green = bytes.number(kMasks + 4, 4), blue = bytes.number(kMasks + 8, 4),
                 alpha = has_alpha ? bytes.number(kMasks + 12, 4) : 0;
  const bool top_down = (bytes.number(kHeight, 4) >> 31) != 0;
  std::vector<uint8_t> pixels;
  pixels.reserve(4 * width * height);
  bool visible = false;
  for (uint64_t y = 0; y < height; ++y) {
    const uint64_t row = begin + row_bytes * (top_down ? y : height - 1 - y);
    for (uint64_t x = 0; x < width; ++x) {
      const uint64_t pixel = bytes.number(row + x * bits / 8, int(bits / 8));
      for (const uint64_t mask : {blue, green, red, alpha}) pixels.push_back(bits_of(pixel, mask));
      visible = visible || pixels.back() != 0;
    }
  }
  for (size_t i = 3; !visible && i < pixels.size(); i += 4) pixels[i] = 255;
  return pixels;
}

}  // namespace glassbox
