#include "common/vision/image.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <system_error>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/vision/gif_frame.h"
#include "common/vision/image_end.h"
#include "common/vision/image_header.h"
#include "common/vision/jpeg_damage.h"

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

/// How OpenCV shall decode.
int decode_mode(const ImageHeader& header, int64_t channels, int64_t reduced_by) {
  if (header.alpha) return cv::IMREAD_UNCHANGED;
  const bool gray = channels == 1;
  switch (reduced_by) {
    case 8: return gray ? cv::IMREAD_REDUCED_GRAYSCALE_8 : cv::IMREAD_REDUCED_COLOR_8;
    case 4: return gray ? cv::IMREAD_REDUCED_GRAYSCALE_4 : cv::IMREAD_REDUCED_COLOR_4;
    case 2: return gray ? cv::IMREAD_REDUCED_GRAYSCALE_2 : cv::IMREAD_REDUCED_COLOR_2;
    default: return gray ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR;
  }
}

/// Over white: 8 bits, blue, green, red.
cv::Mat without_alpha(cv::Mat image) {
  if (image.depth() == CV_16U) image.convertTo(image, CV_8U, 1.0 / 257);
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

cv::Mat decode(std::string& bytes, const ImageHeader& header, const std::string& source, int mode) {
  if (header.format == "GIF") return decode_first_gif_frame(bytes, source);
  try {
    cv::Mat image = cv::imdecode(cv::Mat(1, int(bytes.size()), CV_8UC1, bytes.data()), mode);
    return header.alpha ? without_alpha(std::move(image)) : image;
  } catch (const cv::Exception& problem) {
    std::string why = problem.err;
    std::replace(why.begin(), why.end(), '\n', ' ');
    fail(source, ": ", why, "; make the image smaller or save it as PNG");
  }
}

/// The limit on pixels was held against the header: a decoder that found another size went round it.
void require_size_of_header(const cv::Mat& image, const ImageHeader& header, int64_t reduced_by,
                            const std::string& source) {
  const int64_t width = (header.width + reduced_by - 1) / reduced_by;
  const int64_t height = (header.height + reduced_by - 1) / reduced_by;
  const bool same = image.cols == width && image.rows == height;
  const bool turned = image.cols == height && image.rows == width;  // a camera's turn was undone
  require(same || turned, source, ": the file says ", header.width, "x", header.height, ", its picture is ", image.cols,
          "x", image.rows, reduced_by > 1 ? as_text(" at 1/", reduced_by) : "",
          "; it is damaged or made to deceive; save it again");
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

torch::Tensor decode_image(std::string bytes, const std::string& source, int64_t channels, int64_t shorter_side,
                           bool check_pixels) {
  require_whole(bytes, source);
  const ImageHeader header = check_image_header(bytes, source);
  require(!is_animated_webp(bytes), source,
          ": want a still image, got an animated WebP; save one picture of it as PNG");
  if (check_pixels && header.format == "JPEG") {
    const std::string damage = jpeg_damage(bytes);
    require(damage.empty(), source, ": want a whole JPEG image, got one with damaged pixels (libjpeg: ", damage,
            "); fetch or save it again");
  }
  const int64_t reduced_by = reduction(header, shorter_side);
  const cv::Mat image = decode(bytes, header, source, decode_mode(header, channels, reduced_by));
  require(!image.empty() && image.depth() == CV_8U && (image.channels() == 1 || image.channels() == 3), source,
          ": want an image, got a ", header.format, " file of ", bytes.size(),
          " bytes that cannot be decoded; fetch it again, or save it as PNG");
  require_size_of_header(image, header, reduced_by, source);
  return from_mat(image, channels);
}

torch::Tensor read_image(const fs::path& path, int64_t channels, int64_t shorter_side) {
  const std::string source = "reading " + path.string();
  std::error_code error;
  const bool there = fs::exists(path, error);
  require(!error, source, ": ", error.message());
  require(there, source, ": no such file");
  require(!fs::is_directory(path, error), source, ": want an image file, got a folder");
  const QuietDecoders quiet;
  return decode_image(read_file(path), source, channels, shorter_side);
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

bool has_ending(const fs::path& path, const std::set<std::string>& endings) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return endings.count(ending) > 0;
}

bool has_image_name(const fs::path& path) {
  static const std::set<std::string> endings = {".png", ".jpg", ".jpeg", ".jpe",  ".gif", ".bmp",
                                                ".dib", ".tif", ".tiff", ".webp", ".pbm", ".pgm",
                                                ".ppm", ".pnm", ".jp2",  ".j2k",  ".ras", ".sr"};
  return has_ending(path, endings);
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
