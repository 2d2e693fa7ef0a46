#include "common/vision/tiff.h"

#include <tiffio.h>

#include <tiffio.hxx>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sstream>
#include <vector>

#include "common/base/error.h"
#include "common/base/shown.h"

namespace glassbox {
namespace {

/// What libtiff complained of first while this lives, on this thread. A strip that does not decode is to it a warning,
/// and the image goes on in grey.
class Complaint {
 public:
  Complaint() {
    static const bool hears = (TIFFSetErrorHandler(hear), TIFFSetWarningHandler(hear), true);
    static_cast<void>(hears);
    listening() = this;
  }
  ~Complaint() { listening() = nullptr; }
  const std::string& text() const { return text_; }

 private:
  static Complaint*& listening() {
    thread_local Complaint* one = nullptr;
    return one;
  }
  static void hear(const char*, const char* format, va_list arguments) {
    const bool is_harmless = std::strstr(format, "Old-style LZW") != nullptr;
    if (listening() == nullptr || !listening()->text_.empty() || is_harmless) return;
    char text[200] = "";
    std::vsnprintf(text, sizeof text, format, arguments);
    listening()->text_ = text;
  }

  std::string text_;
};

/// Red, green, blue and alpha of every pixel, from top to bottom as stored; the colours times alpha.
std::vector<uint32_t> read_pixels(TIFF* file, const ImageHeader& header, const std::string& source) {
  char why[1024] = "";
  TIFFRGBAImage image;
  const bool can = TIFFRGBAImageOK(file, why) != 0 && TIFFRGBAImageBegin(&image, file, /*stop=*/1, why) != 0;
  require(can, source, ": want a TIFF that libtiff can show, got another (", why, "); save it as PNG");
  const std::unique_ptr<TIFFRGBAImage, decltype(&TIFFRGBAImageEnd)> end(&image, TIFFRGBAImageEnd);
  require(image.width == header.width && image.height == header.height, source, ": the file says ", header.width, "x",
          header.height, " and ", image.width, "x", image.height, "; save it again");
  image.orientation = image.req_orientation = ORIENTATION_TOPLEFT;  // libtiff undoes half of the turns
  std::vector<uint32_t> pixels(size_t(header.width) * size_t(header.height));
  const Complaint complaint;
  const bool whole =
      TIFFRGBAImageGet(&image, pixels.data(), image.width, image.height) != 0 && complaint.text().empty();
  require(whole, source, ": want an image, got a TIFF file that is damaged or ends too early (",
          complaint.text().empty() ? "libtiff does not say more" : shown(complaint.text()),
          "); fetch it again, or save it as PNG");
  const bool gray = image.photometric == PHOTOMETRIC_MINISBLACK || image.photometric == PHOTOMETRIC_MINISWHITE;
  if (gray && image.alpha == EXTRASAMPLE_UNASSALPHA) {  // libtiff multiplies in colour alone
    for (uint32_t& pixel : pixels) {
      const uint32_t alpha = TIFFGetA(pixel), value = (TIFFGetR(pixel) * alpha + 127) / 255;
      pixel = alpha << 24 | value << 16 | value << 8 | value;
    }
  }
  return pixels;
}

}  // namespace

cv::Mat decode_tiff(const std::string& bytes, const ImageHeader& header, const std::string& source) {
  std::istringstream stream(bytes);
  const std::unique_ptr<TIFF, decltype(&TIFFClose)> file(TIFFStreamOpen("image", &stream), TIFFClose);
  require(file != nullptr, source, ": want a TIFF image, got a damaged one; fetch it again, or save it as PNG");
  const std::vector<uint32_t> pixels = read_pixels(file.get(), header, source);
  cv::Mat image(int(header.height), int(header.width), CV_8UC3);
  auto pixel = pixels.begin();
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x, ++pixel) {
      const uint32_t white = 255 - TIFFGetA(*pixel);  // what shines through
      const auto over = [&](uint32_t value) { return uint8_t(std::min<uint32_t>(value + white, 255)); };
      image.at<cv::Vec3b>(y, x) = {over(TIFFGetB(*pixel)), over(TIFFGetG(*pixel)), over(TIFFGetR(*pixel))};
    }
  }
  return image;
}

}  // namespace glassbox
