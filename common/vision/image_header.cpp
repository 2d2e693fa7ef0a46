#include "common/vision/image_header.h"

#include <algorithm>
#include <cstdlib>

#include "common/base/error.h"
#include "common/vision/byte_reader.h"
#include "common/vision/exif.h"

namespace glassbox {
namespace {

void set_size(ImageHeader& header, uint64_t width, uint64_t height) {
  header.width = int64_t(width);
  header.height = int64_t(height);
}

/// PNG specification, section 11.2.2: IHDR comes first. tRNS, if there is one, comes before the pixels.
ImageHeader parse_png(std::string_view text) {
  const ByteReader bytes(text, /*big_endian=*/true);
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
  const ByteReader bytes(text, /*big_endian=*/true);
  ImageHeader header{"JPEG"};
  const uint64_t frame = find_jpeg_segments(text).frame;
  if (frame != text.npos && bytes.reaches(frame + 9)) {
    set_size(header, bytes.number(frame + 7, 2), bytes.number(frame + 5, 2));
  }
  return header;
}

ImageHeader parse_gif(std::string_view text) {
  const ByteReader bytes(text);
  ImageHeader header{"GIF"};
  if (bytes.reaches(10)) set_size(header, bytes.number(6, 2), bytes.number(8, 2));
  return header;
}

/// Sizes are signed; a negative height means that the rows go from top to bottom. Text may begin with BM, too: the
/// header's length, of which there are few, tells them apart.
ImageHeader parse_bmp(std::string_view text) {
  const ByteReader bytes(text);
  const uint64_t length = bytes.number(14, 4);
  const auto lengths = {12, 16, 40, 52, 56, 64, 108, 124};
  const bool known = std::find(lengths.begin(), lengths.end(), int64_t(length)) != lengths.end();
  if (!bytes.reaches(18) || !known) return {};
  ImageHeader header{"BMP"};
  if (!bytes.reaches(26)) return header;
  if (length == 12) {  // OS/2's first version
    set_size(header, bytes.number(18, 2), bytes.number(20, 2));
  } else {
    set_size(header, bytes.number(18, 4), uint64_t(std::llabs(int64_t(int32_t(uint32_t(bytes.number(22, 4)))))));
  }
  return header;
}

/// RFC 9649: a lossy (RFC 6386), a lossless or an extended stream.
ImageHeader parse_webp(std::string_view text) {
  const ByteReader bytes(text);
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

ImageHeader parse_tiff(std::string_view bytes) {
  const TiffDirectory directory = read_tiff_directory(bytes);
  return {"TIFF", directory.width, directory.height};
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
  const ByteReader bytes(text, /*big_endian=*/true);
  ImageHeader header{"JPEG 2000"};
  uint64_t at = 0;
  while (bytes.reaches(at + 8) && !bytes.has(at, "\xFF\x4F\xFF\x51")) {
    const uint64_t length = bytes.number(at, 4), begin = length == 1 ? 16 : 8;
    const bool stream = bytes.has(at + 4, "jp2c");
    if (!stream && length < 8) return header;  // a box up to the end of the file, or one of 2^32 bytes
    at += stream ? begin : length;
  }
  if (bytes.reaches(at + 42)) {
    const auto side = [&](uint64_t end, uint64_t first) {
      return uint64_t(std::max<int64_t>(int64_t(bytes.number(end, 4)) - int64_t(bytes.number(first, 4)), 0));
    };
    set_size(header, side(at + 8, at + 16), side(at + 12, at + 20));
    header.alpha = bytes.number(at + 40, 2) % 2 == 0;  // components: 1 or 3, and perhaps alpha
  }
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
  const ByteReader bytes(text, /*big_endian=*/true);
  JpegSegments found;
  uint64_t at = 2;
  while (bytes.reaches(at + 4)) {
    const uint64_t marker = bytes.at(at + 1);
    if (bytes.at(at) != 0xFF || marker == 0x00 || marker == 0xFF) {  // between two segments anything may lie
      ++at;
      continue;
    }
    const bool alone = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);  // without length and content
    const bool segment = marker >= 0xC0 && (marker < 0xD8 || marker > 0xDA);  // no start, no end, no scan
    if (!alone && !segment) break;
    const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame && found.frame == text.npos) found.frame = size_t(at);
    const uint64_t length = alone ? 0 : bytes.number(at + 2, 2);
    const bool exif = marker == 0xE1 && length > 8 && bytes.has(at + 4, {"Exif\0\0", 6});
    if (exif && found.exif.empty()) found.exif = bytes.part(at + 4, length - 2);
    at += 2 + length;
  }
  found.end = size_t(at);
  return found;
}

ImageHeader parse_image_header(std::string_view bytes) {
  const auto begins = [&](std::string_view text) { return bytes.substr(0, text.size()) == text; };
  if (begins("\x89PNG\r\n\x1a\n")) return parse_png(bytes);
  if (begins("\xFF\xD8")) return parse_jpeg(bytes);
  if (begins("GIF87a") || begins("GIF89a")) return parse_gif(bytes);
  if (begins("BM")) return parse_bmp(bytes);
  if (begins("RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP") return parse_webp(bytes);
  if (begins(std::string_view("II*\0", 4)) || begins(std::string_view("MM\0*", 4))) return parse_tiff(bytes);
  if (begins(std::string_view("\0\0\0\x0CjP  ", 8)) || begins("\xFF\x4F\xFF\x51")) return parse_jpeg2000(bytes);
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
  require(header.format != "GIF", source, ": want an image (", kImageFormats,
          "), got a GIF; save it as PNG: ffmpeg -i FILE.gif -frames:v 1 FILE.png");
  require(header.has_size(), source, ": want a whole ", header.format, " image, got ", bytes.size(),
          " bytes that are damaged or end before the image's size; fetch or save it again");
  require(header.width <= kMostPixels / header.height, source, ": want at most 2^26 pixels (8192x8192), got ",
          header.width, "x", header.height, "; make the image smaller");
  return header;
}

}  // namespace glassbox
