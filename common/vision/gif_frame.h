/// The first picture of a GIF file, which OpenCV does not read.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <string_view>

namespace glassbox {

/// 8 bits blue, green, red; transparent pixels and what the first picture leaves free are white.
/// Throws UserError, "source: want ...", for a damaged file and for more than 2^26 pixels.
cv::Mat decode_first_gif_frame(std::string_view bytes, const std::string& source);

}  // namespace glassbox
