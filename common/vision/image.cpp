#include "common/vision/image.h"

#include <algorithm>
#include <cctype>
#include <opencv2/imgcodecs.hpp>
#include <set>

#include "common/base/error.h"

namespace glassbox {
namespace fs = std::filesystem;

torch::Tensor read_gray(const fs::path& path) {
  require(fs::exists(path), "reading ", path.string(), ": no such file");
  require(!fs::is_directory(path), "reading ", path.string(), ": want an image file, got a folder");
  cv::Mat image;
  try {
    image = cv::imread(path.string(), cv::IMREAD_GRAYSCALE);
  } catch (const cv::Exception& problem) {
    fail("reading ", path.string(), ": ", problem.err, "; make the image smaller or save it as PNG");
  }
  require(!image.empty(), "reading ", path.string(), ": want an image (PNG, JPEG, ...), got a file of ",
          fs::file_size(path), " bytes that OpenCV cannot decode");
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
