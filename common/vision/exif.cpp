#include "common/vision/exif.h"

#include <optional>

#include "common/vision/byte_reader.h"
#include "common/vision/image_header.h"

namespace glassbox {
namespace {

/// PNG specification, section 11.3.4.4: the chunk eXIf may stand before or behind the pixels.
std::string_view exif_of_png(std::string_view text) {
  const ByteReader bytes(text, /*big_endian=*/true);
  for (uint64_t at = 8; bytes.reaches(at + 12); at += 12 + bytes.number(at, 4)) {
    if (bytes.has(at + 4, "eXIf")) return bytes.part(at + 8, bytes.number(at, 4));
  }
  return {};
}

/// RFC 9649, section 2.7.1.5: the chunk EXIF; chunks have even lengths.
std::string_view exif_of_webp(std::string_view text) {
  const ByteReader bytes(text);
  for (uint64_t at = 12; bytes.reaches(at + 8);) {
    const uint64_t length = bytes.number(at + 4, 4);
    if (bytes.has(at, "EXIF")) return bytes.part(at + 8, length);
    at += 8 + length + length % 2;
  }
  return {};
}

}  // namespace

// TIFF 6.0, section 2: entries of 12 bytes: number, type (3 = two bytes, 4 = four bytes), count, value. Of entries with
// one number the first counts, as for libtiff.
TiffDirectory read_tiff_directory(std::string_view text) {
  const ByteReader bytes(text, /*big_endian=*/!text.empty() && text[0] == 'M');
  if (!bytes.has(0, {"II*\0", 4}) && !bytes.has(0, {"MM\0*", 4})) return {};
  const uint64_t directory = bytes.number(4, 4), entries = bytes.number(directory, 2);
  std::optional<int64_t> width, height, orientation;
  for (uint64_t i = 0; i < entries && bytes.reaches(directory + 2 + 12 * (i + 1)); ++i) {
    const uint64_t entry = directory + 2 + 12 * i, tag = bytes.number(entry, 2), type = bytes.number(entry + 2, 2);
    std::optional<int64_t>* const found = tag == 256   ? &width
                                          : tag == 257 ? &height
                                          : tag == 274 ? &orientation
                                                       : nullptr;
    if (found == nullptr || *found) continue;
    *found = int64_t(type == 3 ? bytes.number(entry + 8, 2) : type == 4 ? bytes.number(entry + 8, 4) : 0);
  }
  const int64_t turn = orientation.value_or(1);
  return {width.value_or(0), height.value_or(0), turn >= 1 && turn <= 8 ? int(turn) : 1};
}

int find_orientation(std::string_view bytes) {
  const std::string format = parse_image_header(bytes).format;
  std::string_view block;
  if (format == "TIFF") block = bytes;
  if (format == "JPEG") block = find_jpeg_segments(bytes).exif;
  if (format == "PNG") block = exif_of_png(bytes);
  if (format == "WebP") block = exif_of_webp(bytes);
  constexpr std::string_view kMark("Exif\0\0", 6);  // of a JPEG's segment; some writers put it everywhere
  if (block.substr(0, kMark.size()) == kMark) block.remove_prefix(kMark.size());
  return read_tiff_directory(block).orientation;
}

}  // namespace glassbox
