#include "common/report/encode.h"

#include <openssl/evp.h>
#include <utf8cpp/utf8.h>

#include <iterator>
#include <stdexcept>

#include "common/base/shown.h"
#include "common/report/surface.h"

namespace glassbox {
namespace {

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

std::string valid_utf8(std::string_view text) {
  std::string valid;
  utf8::replace_invalid(text.begin(), text.end(), std::back_inserter(valid), kReplacementCode);
  return valid;
}

std::string escape_xml(std::string_view text) {
  const std::string valid = valid_utf8(text);
  std::string escaped;
  escaped.reserve(valid.size());
  for (auto at = valid.begin(); at != valid.end();) {
    const uint32_t code = utf8::next(at, valid.end());
    if (const char* name = entity(code)) {
      escaped += name;
    } else {
      utf8::append(allowed_in_xml(code) && !turns_direction(code) ? code : kReplacementCode,
                   std::back_inserter(escaped));
    }
  }
  return escaped;
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a NUL
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  int(bytes.size()));
  text.pop_back();
  return text;
}

std::string encode_png(const Raster& raster) { return png_of(surface_of(raster).get()); }

std::string png_data_uri(std::string_view png) { return "data:image/png;base64," + base64(png); }

PngSize png_size(std::string_view png) {
  constexpr std::string_view kSignature("\x89PNG\r\n\x1A\n", 8);  // the IHDR chunk follows: length, name, width, height
  if (png.size() < 24 || png.substr(0, 8) != kSignature || png.substr(12, 4) != "IHDR")
    throw std::logic_error("png_size: want the bytes of a PNG file");
  return {int(big_endian_u32(png.substr(16))), int(big_endian_u32(png.substr(20)))};
}

}  // namespace glassbox
