/// TIFF bytes to pixels, by libtiff: OpenCV loses the transparency of grey files and mixes it into the others.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>

#include "common/vision/image_header.h"

namespace glassbox {

/// 8 bits, blue, green, red, of header's size; over white; as stored, a camera's turn is not undone. The file's first
/// image. Throws UserError, "source: want ...", for a damaged file, another size than `header`, and for what libtiff
/// cannot show (numbers of 32 bits).
cv::Mat decode_tiff(const std::string& bytes, const ImageHeader& header, const std::string& source);

}  // namespace glassbox
