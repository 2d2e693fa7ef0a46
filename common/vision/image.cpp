#include "common/vision/image.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <opencv2/imgcodecs.hpp>
#include <set>
#include <string_view>
#include <system_error>

#include "common/base/atomic_file.h"
#include "common/base/error.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

/// Sends file descriptor 2 to /dev/null while it lives: libpng, libjpeg and OpenCV print lines of their own about a
/// damaged file, and what other threads print meanwhile is lost too.
class QuietStderr {
 public:
  QuietStderr() : kept_(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) {
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (kept_ >= 0 && nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
    if (nowhere >= 0) ::close(nowhere);
  }
  ~QuietStderr() {
    if (kept_ < 0) return;
    ::dup2(kept_, STDERR_FILENO);
    ::close(kept_);
  }
  QuietStderr(const QuietStderr&) = delete;
  QuietStderr& operator=(const QuietStderr&) = delete;

 private:
  int kept_;
};

/// True for a JPEG without its end marker FFD9; libjpeg would fill up what is missing with grey. Inside the picture's
/// data FF is always followed by 00 or a restart marker (ITU-T T.81, B.1.1.5), so the marker is looked for behind the
/// headers, where a thumbnail may have its own. What follows it (padding, a phone's additions) is no matter.
bool is_cut_jpeg(std::string_view bytes) {
  if (bytes.substr(0, 3) != "\xFF\xD8\xFF") return false;
  const auto byte = [&](size_t at) { return size_t(static_cast<unsigned char>(bytes[at])); };
  size_t at = 2;
  while (at + 4 <= bytes.size() && byte(at) == 0xFF && byte(at + 1) != 0xDA) {  // FFDA: the picture's data begins
    at += byte(at + 1) == 0xFF ? 1 : 2 + 256 * byte(at + 2) + byte(at + 3);
  }
  return bytes.find("\xFF\xD9", at) == std::string_view::npos;
}

cv::Mat decode(std::string& bytes) {
  if (bytes.empty()) return {};
  const QuietStderr quiet;
  return cv::imdecode(cv::Mat(1, int(bytes.size()), CV_8UC1, bytes.data()), cv::IMREAD_GRAYSCALE);
}

}  // namespace

torch::Tensor read_gray(const fs::path& path) {
  std::error_code error;
  const bool there = fs::exists(path, error);
  require(!error, "reading ", path.string(), ": ", error.message());
  require(there, "reading ", path.string(), ": no such file");
  require(!fs::is_directory(path, error), "reading ", path.string(), ": want an image file, got a folder");
  std::string bytes = read_file(path);
  require(!is_cut_jpeg(bytes), "reading ", path.string(), ": want a whole JPEG image, got one that ends too early (",
          bytes.size(), " bytes); fetch or save it again");
  cv::Mat image;
  try {
    image = decode(bytes);
  } catch (const cv::Exception& problem) {
    fail("reading ", path.string(), ": ", problem.err, "; make the image smaller or save it as PNG");
  }
  require(!image.empty(), "reading ", path.string(), ": want an image (PNG, JPEG, ...), got a file of ", bytes.size(),
          " bytes that OpenCV cannot decode");
  return torch::from_blob(image.data, {image.rows, image.cols}, {int64_t(image.step), 1}, torch::kUInt8).clone();
}

bool has_image_name(const fs::path& path) {
  static const std::set<std::string> endings = {".png",  ".jpg",  ".jpeg", ".bmp", ".tif",
                                                ".tiff", ".webp", ".pgm",  ".ppm"};
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return endings.count(ending) > 0;
}

cv::Mat as_mat(const torch::Tensor& gray) {
  TORCH_CHECK(gray.dim() == 2 && gray.is_contiguous() && gray.scalar_type() == torch::kUInt8,
              "as_mat: want contiguous uint8 [H, W]");
  return cv::Mat(int(gray.size(0)), int(gray.size(1)), CV_8UC1, gray.data_ptr<uint8_t>());
}

}  // namespace glassbox
