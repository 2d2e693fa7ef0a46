#include "common/report/encode.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <opencv2/core.hpp>
#include <stdexcept>

namespace glassbox {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// One character of UTF-8: its number, and how many bytes it takes. Bytes that are no UTF-8 give {0, 1}.
struct Utf8 {
  uint32_t code = 0;
  size_t bytes = 1;
};

Utf8 decode(std::string_view text) {
  const auto lead = uint8_t(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  uint32_t code = lead & (0x7Fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    const auto next = uint8_t(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    code = code << 6 | (next & 0x3F);
  }
  constexpr std::array<uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool overlong = code < kSmallest[bytes], surrogate = code >= 0xD800 && code <= 0xDFFF;
  return overlong || surrogate || code > 0x10FFFF ? Utf8{} : Utf8{code, bytes};
}

bool allowed_in_xml(uint32_t code) {
  if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
  return (code < 0x7F || code > 0x9F) && code != 0xFFFE && code != 0xFFFF;
}

const char* entity(uint32_t code) {
  switch (code) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return nullptr;
  }
}

uint32_t big_endian_u32(std::string_view bytes) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | uint8_t(bytes[size_t(i)]);
  return value;
}

}  // namespace

std::string escape_xml(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) {
    const Utf8 character = decode(text);
    if (const char* name = entity(character.code)) {
      escaped += name;
    } else if (allowed_in_xml(character.code)) {
      escaped += text.substr(0, character.bytes);
    } else {
      escaped += kReplacement;
    }
    text.remove_prefix(character.bytes);
  }
  return escaped;
}

std::string base64(std::string_view bytes) {
  static constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t have = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) group = group << 8 | (j < have ? uint8_t(bytes[i + j]) : 0u);
    for (size_t j = 0; j < 4; ++j) text += j <= have ? kLetters[group >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

// libpng and not cv::imencode, which wakes every codec OpenCV knows, GDAL's among them: 20 MB and a tenth of a second.
std::string encode_png(const cv::Mat& image) {
  const bool fits = !image.empty() && image.depth() == CV_8U && image.dims == 2 && image.channels() != 2;
  if (!fits || image.channels() > 4) throw std::logic_error("encode_png: want an 8-bit image with 1, 3 or 4 channels");
  png_image header = {};
  header.version = PNG_IMAGE_VERSION;
  header.width = uint32_t(image.cols);
  header.height = uint32_t(image.rows);
  header.format = image.channels() == 1 ? PNG_FORMAT_GRAY : image.channels() == 3 ? PNG_FORMAT_BGR : PNG_FORMAT_BGRA;
  const auto row_stride = png_int_32(image.step);  // in bytes, which are components here
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  std::string bytes(size, '\0');
  const bool done = png_image_write_to_memory(&header, bytes.data(), &size, 0, image.data, row_stride, nullptr) != 0;
  if (!done) throw std::logic_error(std::string("encode_png: ") + header.message);
  bytes.resize(size);
  return bytes;
}

std::string encode_png(const Raster& raster) {
  check_raster(raster);
  cv::Mat bgr(raster.height, raster.width, CV_8UC3);
  for (size_t i = 0; i < raster.rgb.size(); i += 3) {
    for (size_t c = 0; c < 3; ++c) bgr.data[i + c] = raster.rgb[i + 2 - c];
  }
  return encode_png(bgr);
}

std::string png_data_uri(std::string_view png) { return "data:image/png;base64," + base64(png); }

PngSize png_size(std::string_view png) {
  constexpr std::string_view kSignature("\x89PNG\r\n\x1A\n", 8);  // the IHDR chunk follows: length, name, width, height
  if (png.size() < 24 || png.substr(0, 8) != kSignature || png.substr(12, 4) != "IHDR")
    throw std::logic_error("png_size: want the bytes of a PNG file");
  return {int(big_endian_u32(png.substr(16))), int(big_endian_u32(png.substr(20)))};
}

}  // namespace glassbox
