/// Any bytes as an image file: what it begins with, how it ends, which way it was held, and a BMP's pixels.
#include <string>

#include "common/base/error.h"
#include "common/vision/bmp_masks.h"
#include "common/vision/exif.h"
#include "common/vision/image_end.h"
#include "common/vision/image_header.h"
#include "tests/fuzz/expect.h"

namespace glassbox {
namespace {

void try_header(std::string_view bytes) {
  const ImageHeader whole = parse_image_header(bytes);
  expect(whole.width >= 0 && whole.height >= 0, "sides are not negative");
  // A part of the file says nothing else than the whole: the same format and the same size, or less.
  for (size_t length : {bytes.size() / 2, bytes.size() - bytes.size() / 8}) {
    const ImageHeader part = parse_image_header(bytes.substr(0, length));
    expect(part.format.empty() || part.format == whole.format, "the beginning tells the format");
    const bool same = part.width == whole.width && part.height == whole.height;
    expect(!part.has_size() || whole.format == "TIFF" || same, "a size that was found stays");
  }
  const JpegSegments segments = find_jpeg_segments(bytes);
  expect(segments.frame == bytes.npos || segments.frame < segments.end, "a frame lies before the pixels");
  is_animated_webp(bytes);
  const int orientation = find_orientation(bytes);
  expect(orientation >= 1 && orientation <= 8, "there are eight orientations");
  try {
    require_whole(bytes, "x");
    const ImageHeader header = check_image_header(bytes, "x");
    expect(header.has_size() && header.width <= (1 << 26) / header.height, "what is accepted is small enough");
    if (header.format != "BMP" || !has_masks(bytes)) return;
    const std::vector<uint8_t> pixels = decode_masked_bmp(bytes, header, "x");
    expect(pixels.size() == size_t(4 * header.width * header.height), "every pixel has four numbers");
  } catch (const UserError&) {
  }
}

}  // namespace
}  // namespace glassbox

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  glassbox::try_header({reinterpret_cast<const char*>(data), size});
  return 0;
}
