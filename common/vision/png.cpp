#include "common/vision/png.h"

#include <png.h>

#include <opencv2/core.hpp>
#include <stdexcept>

namespace glassbox {

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

}  // namespace glassbox
