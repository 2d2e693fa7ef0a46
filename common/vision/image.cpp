#include "common/vision/image.h"

#include <fcntl.h>
#include <png.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <system_error>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/vision/bmp_masks.h"
#include "common/vision/exif.h"
#include "common/vision/image_end.h"
#include "common/vision/image_header.h"
#include "common/vision/jpeg.h"
#include "common/vision/tiff.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

std::mutex quiet_mutex;  // guards the next two
int quiet_count = 0;
int kept_stderr = -1;

/// By what the sides are divided while the file is decoded: 1, for a large JPEG perhaps 2, 4 or 8.
int64_t reduction(const ImageHeader& header, int64_t shorter_side) {
  if (header.format != "JPEG" || shorter_side <= 0) return 1;
  const int64_t shorter = std::min(header.width, header.height);
  for (int64_t by : {8, 4, 2}) {
    if (shorter / by >= shorter_side) return by;
  }
  return 1;
}

/// A PNG with alpha, by libpng: blue, green, red, alpha; empty if it is damaged. OpenCV passes over grey's
/// transparency.
cv::Mat decode_alpha_png(const std::string& bytes, const ImageHeader& header) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  cv::Mat image;
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) != 0) {
    png.format = PNG_FORMAT_BGRA;
    png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // 16 bits mean the same as 8
    const bool same = png.width == header.width && png.height == header.height;
    if (same) image.create(int(png.height), int(png.width), CV_8UC4);
    if (same && png_image_finish_read(&png, nullptr, image.data, 0, nullptr) == 0) image.release();
  }
  png_image_free(&png);
  return image;
}

/// Whatever OpenCV decodes, as stored; empty if it cannot.
cv::Mat decode_with_opencv(std::string& bytes, const ImageHeader& header, const std::string& source, int64_t channels) {
  const int colours = channels == 1 ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR;
  const int mode = header.alpha ? int(cv::IMREAD_UNCHANGED) : colours | cv::IMREAD_IGNORE_ORIENTATION;
  try {
    cv::Mat image = cv::imdecode(cv::Mat(1, int(bytes.size()), CV_8UC1, bytes.data()), mode);
    if (image.depth() == CV_16U) image.convertTo(image, CV_8U, 1.0 / 257);
    return image;
  } catch (const cv::Exception& problem) {
    std::string why = problem.err;
    std::replace(why.begin(), why.end(), '\n', ' ');
    fail(source, ": ", why, "; make the image smaller or save it as PNG");
  }
}

/// 8 bits, with or without alpha, as stored; empty if it cannot be decoded.
cv::Mat decode(std::string& bytes, const ImageHeader& header, const std::string& source, int64_t channels,
               int64_t reduced_by) {
  if (header.format == "JPEG") return decode_jpeg(bytes, header, source, int(channels), int(reduced_by));
  if (header.format == "TIFF") return decode_tiff(bytes, header, source);
  if (header.format == "PNG" && header.alpha) return decode_alpha_png(bytes, header);
  if (header.format == "BMP" && has_masks(bytes)) {
    std::vector<uint8_t> pixels = decode_masked_bmp(bytes, header, source);
    return cv::Mat(int(header.height), int(header.width), CV_8UC4, pixels.data()).clone();
  }
  return decode_with_opencv(bytes, header, source, channels);
}

/// The limit on pixels was held against the header: a decoder that found another size went round it.
void require_size_of_header(const cv::Mat& image, const ImageHeader& header, const std::string& source) {
  require(image.cols == header.width && image.rows == header.height, source, ": the file says ", header.width, "x",
          header.height, ", its pixels are ", image.cols, "x", image.rows,
          "; it is damaged or made to deceive; save it again");
}

/// What is transparent becomes white: 8 bits, blue, green, red.
cv::Mat over_white(const cv::Mat& image) {
  if (image.channels() != 4) return image;
  cv::Mat flat(image.size(), CV_8UC3);
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      const cv::Vec4b& pixel = image.at<cv::Vec4b>(y, x);
      for (int c = 0; c < 3; ++c) {
        flat.at<cv::Vec3b>(y, x)[c] = uint8_t((pixel[c] * pixel[3] + 255 * (255 - pixel[3]) + 127) / 255);
      }
    }
  }
  return flat;
}

/// As it was seen: Exif 2.3, section 4.6.4, says for each orientation where the first row and column belong.
cv::Mat upright(cv::Mat image, int orientation) {
  if (orientation >= 5) cv::transpose(image, image);  // rows become columns
  const bool mirror = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
  const bool upside_down = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
  if (mirror || upside_down) cv::flip(image, image, mirror && upside_down ? -1 : mirror ? 1 : 0);
  return image;
}

}  // namespace

QuietDecoders::QuietDecoders() {
  const std::lock_guard<std::mutex> lock(quiet_mutex);
  if (quiet_count++ > 0) return;
  kept_stderr = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (kept_stderr >= 0 && nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
  if (nowhere >= 0) ::close(nowhere);
}

QuietDecoders::~QuietDecoders() {
  const std::lock_guard<std::mutex> lock(quiet_mutex);
  if (--quiet_count > 0 || kept_stderr < 0) return;
  ::dup2(kept_stderr, STDERR_FILENO);
  ::close(kept_stderr);
}

torch::Tensor decode_image(std::string bytes, const std::string& source, int64_t channels, int64_t shorter_side) {
  require_whole(bytes, source);
  const ImageHeader header = check_image_header(bytes, source);
  require(!is_animated_webp(bytes), source, ": want a still image, got an animated WebP; save one image of it as PNG");
  const int64_t reduced_by = reduction(header, shorter_side);
  const cv::Mat stored = decode(bytes, header, source, channels, reduced_by);
  require(!stored.empty() && stored.depth() == CV_8U && stored.channels() != 2, source, ": want an image, got a ",
          header.format, " file of ", bytes.size(), " bytes that cannot be decoded; fetch it again, or save it as PNG");
  if (reduced_by == 1) require_size_of_header(stored, header, source);
  return from_mat(upright(over_white(stored), find_orientation(bytes)), channels);
}

torch::Tensor read_image(const fs::path& path, int64_t channels, int64_t shorter_side) {
  const std::string source = "reading " + path.string();
  std::error_code error;
  const bool there = fs::exists(path, error);
  require(!error, source, ": ", error.message());
  require(there, source, ": no such file");
  require(!fs::is_directory(path, error), source, ": want an image file, got a folder");
  const QuietDecoders quiet;
  return decode_image(read_file(path, kMostImageBytes), source, channels, shorter_side);
}

torch::Tensor read_gray(const fs::path& path) { return read_image(path, 1)[0]; }

torch::Tensor fit_image(const torch::Tensor& image, int64_t height, int64_t width) {
  const int64_t rows = image.size(1), columns = image.size(2);
  if (rows == height && columns == width) return image;
  // The largest part with the right proportions: all rows, or all columns.
  const auto rounded = [](int64_t a, int64_t b, int64_t c) { return std::max<int64_t>(1, (2 * a * b + c) / (2 * c)); };
  const int64_t used_rows = std::min(rows, rounded(columns, height, width));
  const int64_t used_columns = std::min(columns, rounded(rows, width, height));
  const cv::Rect middle(int(columns - used_columns) / 2, int(rows - used_rows) / 2, int(used_columns), int(used_rows));
  const bool shrinks = height < used_rows;
  torch::Tensor fitted = torch::empty({image.size(0), height, width}, torch::kUInt8);
  const torch::Tensor planes = image.contiguous();
  for (int64_t c = 0; c < image.size(0); ++c) {
    cv::Mat to = as_mat(fitted[c]);
    cv::resize(as_mat(planes[c])(middle), to, to.size(), 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
  }
  return fitted;
}

torch::Tensor from_mat(cv::Mat image, int64_t channels) {
  if (channels == 1 && image.channels() == 3) cv::cvtColor(image, image, cv::COLOR_BGR2GRAY);
  if (channels == 3 && image.channels() == 1) cv::cvtColor(image, image, cv::COLOR_GRAY2BGR);
  torch::Tensor planes = torch::empty({channels, image.rows, image.cols}, torch::kUInt8);
  std::vector<cv::Mat> views;  // red is the first plane and the last channel
  for (int64_t c = channels - 1; c >= 0; --c) views.push_back(as_mat(planes[c]));
  cv::split(image, views);
  return planes;
}

cv::Mat to_mat(const torch::Tensor& image) {
  const torch::Tensor planes = image.contiguous();
  std::vector<cv::Mat> views;
  for (int64_t c = planes.size(0) - 1; c >= 0; --c) views.push_back(as_mat(planes[c]));
  cv::Mat merged;
  cv::merge(views, merged);
  return merged;
}

cv::Mat as_mat(const torch::Tensor& gray) {
  TORCH_CHECK(gray.dim() == 2 && gray.is_contiguous() && gray.scalar_type() == torch::kUInt8,
              "as_mat: want contiguous uint8 [H, W]");
  return cv::Mat(int(gray.size(0)), int(gray.size(1)), CV_8UC1, gray.data_ptr<uint8_t>());
}

}  // namespace glassbox
