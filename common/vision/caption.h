/// Words below an image, for people to read.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>

namespace glassbox {

/// A copy of an image (8 bits, blue, green, red) with ASCII `words` on a bar below it; enlarged to at least 320 pixels
/// of width, so that they can be read. Both sides are even, as video wants them.
cv::Mat with_caption(const cv::Mat& image, const std::string& words);

/// True if with_caption() can draw all of it.
bool is_ascii(const std::string& words);

}  // namespace glassbox
