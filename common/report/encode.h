/// What makes text and pixels fit for a page: XML escaping, base64, PNG.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/report/canvas.h"

namespace glassbox {

constexpr uint32_t kReplacementCode = 0xFFFD;  ///< Unicode's sign for a character that could not be read

/// `text` with kReplacementCode for bytes that are no UTF-8.
std::string valid_utf8(std::string_view text);

/// `text` for XML content and attributes: & < > " ' become entities; bytes that are no UTF-8 and characters that
/// XML forbids (control characters), or that override the direction of writing, become kReplacementCode.
std::string escape_xml(std::string_view text);

/// RFC 4648, section 4, with padding.
std::string base64(std::string_view bytes);

/// The bytes of an RGB PNG file.
std::string encode_png(const Raster& raster);

/// "data:image/png;base64,..." of a PNG file's bytes.
std::string png_data_uri(std::string_view png);

struct PngSize {
  int width = 0, height = 0;
};

/// What the file's header says. Throws std::logic_error for bytes that are no PNG file.
PngSize png_size(std::string_view png);

}  // namespace glassbox
