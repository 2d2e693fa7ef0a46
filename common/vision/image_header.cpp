#include "common/vision/image_header.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "common/base/error.h"

namespace glassbox {
namespace {

/// Bytes that may end anywhere: what lies behind the end is 0.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes, bool big_endian = false) : bytes_(bytes), big_(big_endian) {}

  uint64_t at(uint64_t place) const {
    return place < bytes_.size() ? static_cast<unsigned char>(bytes_[size_t(place)]) : 0;
  }
  /// `count` bytes as a number, in the byte order of these bytes.
  uint64_t number(uint64_t place, int count) const {
    uint64_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | at(place + uint64_t(big_ ? i : count - 1 - i));
    return value;
  }
  bool has(uint64_t place, std::string_view text) const {
    return place <= bytes_.size() && bytes_.substr(size_t(place), text.size()) == text;
  }
  bool reaches(uint64_t end) const { return end <= bytes_.size(); }
  uint64_t size() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
  bool big_;
};

void set_size(ImageHeader& header, uint64_t width, uint64_t height) {
  header.width = int64_t(width);
  header.height = int64_t(height);
}

/// PNG specification, section 11.2.2: IHDR comes first. tRNS, if there is one, comes before the pixels.
ImageHeader parse_png(std::string_view text) {
  const Bytes bytes(text, /*big_endian=*/true);
  ImageHeader header{"PNG"};
  if (!bytes.has(12, "IHDR") || !bytes.reaches(26)) return header;
  set_size(header, bytes.number(16, 4), bytes.number(20, 4));
  header.alpha = bytes.at(25) == 4 || bytes.at(25) == 6;
  for (uint64_t at = 8; bytes.reaches(at + 8) && !bytes.has(at + 4, "IDAT"); at += 12 + bytes.number(at, 4)) {
    if (bytes.has(at + 4, "tRNS")) header.alpha = true;
  }
  return header;
}

/// The first start of frame holds the size.
ImageHeader parse_jpeg(std::string_view text) {
  const Bytes bytes(text, /*big_endian=*/true);
  ImageHeader header{"JPEG"};
  const uint64_t frame = find_jpeg_segments(text).frame;
  if (frame != text.npos && bytes.reaches(frame + 9)) {
    set_size(header, bytes.number(frame + 7, 2), bytes.number(frame + 5, 2));
  }
  return header;
}

ImageHeader parse_gif(std::string_view text) {
  const Bytes bytes(text);
  ImageHeader header{"GIF"};
  if (bytes.reaches(10)) set_size(header, bytes.number(6, 2), bytes.number(8, 2));
  return header;
}

/// Sizes are signed; a negative height means that the rows go from top to bottom.
ImageHeader parse_bmp(std::string_view text) {
  const Bytes bytes(text);
  ImageHeader header{"BMP"};
  if (!bytes.reaches(26)) return header;
  if (bytes.number(14, 4) == 12) {  // OS/2's first version
    set_size(header, bytes.number(18, 2), bytes.number(20, 2));
  } else {
    set_size(header, bytes.number(18, 4), uint64_t(std::llabs(int64_t(int32_t(uint32_t(bytes.number(22, 4)))))));
  }
  return header;
}

/// RFC 9649: a lossy (RFC 6386), a lossless or an extended stream.
ImageHeader parse_webp(std::string_view text) {
  const Bytes bytes(text);
  ImageHeader header{"WebP"};
  if (!bytes.reaches(30)) return header;
  if (bytes.has(12, "VP8 ") && bytes.has(23, "\x9d\x01\x2a")) {
    set_size(header, bytes.number(26, 2) & 0x3FFF, bytes.number(28, 2) & 0x3FFF);
  } else if (bytes.has(12, "VP8L") && bytes.at(20) == 0x2F) {
    const uint64_t bits = bytes.number(21, 4);
    set_size(header, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
    header.alpha = (bits >> 28 & 1) != 0;
  } else if (bytes.has(12, "VP8X")) {
    set_size(header, bytes.number(24, 3) + 1, bytes.number(27, 3) + 1);
    header.alpha = (bytes.at(20) & 0x10) != 0;
  }
  return header;
}

/// TIFF 6.0, section 2: the first directory's entries 256 (width) and 257 (height), of type 3 (2 bytes) or 4 (4 bytes).
/// Of entries with one number the first counts, as for libtiff.
ImageHeader parse_tiff(std::string_view text) {
  const Bytes bytes(text, /*big_endian=*/text[0] == 'M');
  ImageHeader header{"TIFF"};
  const uint64_t directory = bytes.number(4, 4), entries = bytes.number(directory, 2);
  std::optional<int64_t> sides[2];
  for (uint64_t i = 0; i < entries && bytes.reaches(directory + 2 + 12 * (i + 1)); ++i) {
    const uint64_t entry = directory + 2 + 12 * i, tag = bytes.number(entry, 2), type = bytes.number(entry + 2, 2);
    if (tag != 256 && tag != 257) continue;
    std::optional<int64_t>& side = sides[tag - 256];
    if (!side) side = int64_t(type == 3 ? bytes.number(entry + 8, 2) : type == 4 ? bytes.number(entry + 8, 4) : 0);
  }
  header.width = sides[0].value_or(0);
  header.height = sides[1].value_or(0);
  return header;
}

/// P1 to P6: width and height as text, with blanks and comments (# to the end of the line) before and between. As for
/// OpenCV, a line ends at either of its characters, and one character of any kind belongs to the number before it.
ImageHeader parse_pnm(std::string_view text) {
  ImageHeader header{"PNM"};
  size_t at = 2;
  for (int64_t* side : {&header.width, &header.height}) {
    const auto is = [&](const char* set) {
      return at < text.size() && std::string_view(set).find(text[at]) != text.npos;
    };
    while (is(" \t\r\n\v\f#")) {
      if (text[at] == '#') at = std::min(text.find_first_of("\r\n", at), text.size() - 1);
      ++at;
    }
    constexpr int64_t kEnough = int64_t{1} << 40;
    int64_t value = 0;
    while (is("0123456789")) {
      if (value < kEnough) value = 10 * value + (text[at] - '0');
      ++at;
    }
    if (at < text.size()) *side = value;  // else the digits may go on
    ++at;
  }
  return header;
}

/// A codestream (ISO 15444-1, A.5.1: SIZ comes first), or boxes (annex I) of which one holds it. What the header box
/// says of the size is not asked: the decoder takes the codestream's.
ImageHeader parse_jpeg2000(std::string_view text) {
  const Bytes bytes(text, /*big_endian=*/true);
  ImageHeader header{"JPEG 2000"};
  uint64_t at = 0;
  while (bytes.reaches(at + 8) && !bytes.has(at, "\xFF\x4F\xFF\x51")) {
    const uint64_t length = bytes.number(at, 4), begin = length == 1 ? 16 : 8;
    const bool stream = bytes.has(at + 4, "jp2c");
    if (!stream && length < 8) return header;  // a box up to the end of the file, or one of 2^32 bytes
    at += stream ? begin : length;
  }
  if (bytes.reaches(at + 24)) {
    const auto side = [&](uint64_t end, uint64_t first) {
      return uint64_t(std::max<int64_t>(int64_t(bytes.number(end, 4)) - int64_t(bytes.number(first, 4)), 0));
    };
    set_size(header, side(at + 8, at + 16), side(at + 12, at + 20));
  }
  return header;
}

/// Sun's rasterfile(5).
ImageHeader parse_sun_raster(std::string_view text) {
  const Bytes bytes(text, /*big_endian=*/true);
  ImageHeader header{"Sun raster"};
  if (bytes.reaches(12)) set_size(header, bytes.number(4, 4), bytes.number(8, 4));
  return header;
}

/// "89 50 4e 47": what the file begins with, for messages.
std::string first_bytes(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < std::min<size_t>(bytes.size(), 4); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text += i == 0 ? "" : " ";
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace

JpegSegments find_jpeg_segments(std::string_view text) {
  const Bytes bytes(text, /*big_endian=*/true);
  JpegSegments found;
  uint64_t at = 2;
  while (bytes.reaches(at + 4) && bytes.at(at) == 0xFF) {
    const uint64_t marker = bytes.at(at + 1);
    if (marker == 0xFF) {  // a fill byte
      ++at;
      continue;
    }
    const bool alone = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);  // without length and content
    const bool segment = marker >= 0xC0 && (marker < 0xD8 || marker > 0xDA);  // no start, no end, no scan
    if (!alone && !segment) break;
    const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame && found.frame == text.npos) found.frame = size_t(at);
    at += alone ? 2 : 2 + bytes.number(at + 2, 2);
  }
  found.end = size_t(at);
  return found;
}

ImageHeader parse_image_header(std::string_view bytes) {
  const auto begins = [&](std::string_view text) { return bytes.substr(0, text.size()) == text; };
  if (begins("\x89PNG\r\n\x1a\n")) return parse_png(bytes);
  if (begins("\xFF\xD8\xFF")) return parse_jpeg(bytes);
  if (begins("GIF87a") || begins("GIF89a")) return parse_gif(bytes);
  if (begins("BM")) return parse_bmp(bytes);
  if (begins("RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP") return parse_webp(bytes);
  if (begins(std::string_view("II*\0", 4)) || begins(std::string_view("MM\0*", 4))) return parse_tiff(bytes);
  if (begins(std::string_view("\0\0\0\x0CjP  ", 8)) || begins("\xFF\x4F\xFF\x51")) return parse_jpeg2000(bytes);
  if (begins("\x59\xA6\x6A\x95")) return parse_sun_raster(bytes);
  const bool pnm = bytes.size() >= 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6';
  if (pnm && std::string_view(" \t\r\n\v\f#").find(bytes[2]) != std::string_view::npos) return parse_pnm(bytes);
  return {};
}

ImageHeader check_image_header(std::string_view bytes, const std::string& source) {
  constexpr int64_t kMostPixels = int64_t{1} << 26;
  require(!bytes.empty(), source, ": want an image, got a file of 0 bytes");
  const ImageHeader header = parse_image_header(bytes);
  require(!header.format.empty(), source, ": want an image (", kImageFormats, "), got a file of ", bytes.size(),
          " bytes that begins with ", first_bytes(bytes));
  require(header.has_size(), source, ": want a whole ", header.format, " image, got ", bytes.size(),
          " bytes that are damaged or end before the image's size; fetch or save it again");
  require(header.width <= kMostPixels / header.height, source, ": want at most 2^26 pixels (8192x8192), got ",
          header.width, "x", header.height, "; make the image smaller");
  return header;
}

}  // namespace glassbox
