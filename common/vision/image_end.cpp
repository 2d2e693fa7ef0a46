#include "common/vision/image_end.h"

#include "common/base/error.h"
#include "common/vision/image_header.h"

namespace glassbox {
namespace {

size_t byte_of(std::string_view bytes, size_t at) { return static_cast<unsigned char>(bytes[at]); }

/// True for a PNG whose chunks end before the last one, IEND; some versions of OpenCV would leave the rest black.
bool is_cut_png(std::string_view bytes) {
  for (size_t at = 8; at + 12 <= bytes.size();) {
    if (bytes.substr(at + 4, 4) == "IEND") return false;
    size_t length = 0;
    for (size_t i = 0; i < 4; ++i) length = length << 8 | byte_of(bytes, at + i);
    at += 12 + length;
  }
  return true;
}

}  // namespace

void require_whole(std::string_view bytes, const std::string& source) {
  const bool cut = parse_image_header(bytes).format == "PNG" && is_cut_png(bytes);
  require(!cut, source, ": want a whole PNG image, got one that ends too early (", bytes.size(),
          " bytes); fetch or save it again");
}

// RFC 9649, section 2.7: the second bit of an extended header.
bool is_animated_webp(std::string_view bytes) {
  return bytes.size() > 20 && bytes.substr(8, 8) == "WEBPVP8X" && (byte_of(bytes, 20) & 2) != 0;
}

}  // namespace glassbox
