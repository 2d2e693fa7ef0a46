/// What makes text and pixels fit for a page: XML escaping, base64, PNG.
#pragma once

#include <string>
#include <string_view>

#include "common/report/canvas.h"

namespace cv {
class Mat;
}

namespace glassbox {

/// `text` for XML content and attributes: & < > " ' become entities; bytes that are no UTF-8 and characters that
/// XML forbids (control characters) become U+FFFD.
std::string escape_xml(std::string_view text);

/// RFC 4648, section 4, with padding.
std::string base64(std::string_view bytes);

/// A PNG file's bytes. `image` is 8-bit with 1 channel (grey) or 3 (BGR) or 4 (BGRA). Throws std::logic_error
/// otherwise.
std::string encode_png(const cv::Mat& image);

std::string encode_png(const Raster& raster);

/// "data:image/png;base64,..." of a PNG file's bytes.
std::string png_data_uri(std::string_view png);

struct PngSize {
  int width = 0, height = 0;
};

/// What the file's header says. Throws std::logic_error for bytes that are no PNG file.
PngSize png_size(std::string_view png);

}  // namespace glassbox
