/// The format and size of an image file, from its first bytes: known before a decoder spends memory on it.
/// No OpenCV here, so that a fuzzer can try millions of files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace glassbox {

constexpr const char* kImageFormats = "PNG, JPEG, BMP, WebP, TIFF, PNM or JPEG 2000";

struct ImageHeader {
  std::string format;             ///< one of kImageFormats, or GIF; empty: none of these
  int64_t width = 0, height = 0;  ///< as stored, before a camera's turn is undone; 0 = not found in the bytes given
  bool alpha = false;             ///< some pixels may be transparent (said of PNG, WebP and JPEG 2000)

  bool has_size() const { return width > 0 && height > 0; }
};

/// Tells by content, never by name. `bytes` may be the beginning of a file only; where the size lies farther behind,
/// as in many TIFFs and in a JPEG behind a large thumbnail, width and height are 0. Never throws.
ImageHeader parse_image_header(std::string_view bytes);

/// Where the marker segments before a JPEG's pixels lie (ITU-T T.81, annex B), found as libjpeg finds them: bytes
/// between two of them are passed over. What libjpeg takes for an error ends the walk.
struct JpegSegments {
  size_t frame = std::string_view::npos;  ///< the first start of frame's FF; npos = none
  std::string_view exif;                  ///< the content of the first segment of Exif; empty = none
  size_t end = 0;                         ///< FF of the first scan, or where the walk ended without one
};

/// `bytes` may be the beginning of a JPEG only; then `end` may lie behind it. Never throws.
JpegSegments find_jpeg_segments(std::string_view bytes);

/// Throws UserError, "source: want ...", unless the whole file `bytes` is an image of one of kImageFormats with a
/// readable size of 1 to 2^26 pixels.
ImageHeader check_image_header(std::string_view bytes, const std::string& source);

}  // namespace glassbox
