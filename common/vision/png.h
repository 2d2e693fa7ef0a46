/// Images as PNG files in memory.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>

namespace glassbox {

/// A PNG file's bytes. `image` is 8-bit with 1 channel (grey), 3 (BGR) or 4 (BGRA). Throws std::logic_error otherwise.
std::string encode_png(const cv::Mat& image);

}  // namespace glassbox
