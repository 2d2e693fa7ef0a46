#include "common/vision/caption.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace glassbox {

cv::Mat with_caption(const cv::Mat& image, const std::string& words) {
  constexpr int kLeast = 320, kBar = 28;
  cv::Mat shown = image.clone();
  if (image.cols < kLeast) {
    const double scale =
        std::min(double(kLeast) / image.cols, std::max(2000.0 / image.rows, 1.0));  // a thin one stays thin
    cv::resize(image, shown, {}, scale, scale, cv::INTER_NEAREST);
    const int missing = std::max(kLeast - shown.cols, 0);
    cv::copyMakeBorder(shown, shown, 0, 0, 0, missing, cv::BORDER_CONSTANT, cv::Scalar::all(128));
  }
  cv::copyMakeBorder(shown, shown, 0, kBar + (shown.rows + kBar) % 2, 0, shown.cols % 2, cv::BORDER_CONSTANT);
  cv::putText(shown, words, {8, shown.rows - 9}, cv::FONT_HERSHEY_SIMPLEX, 0.55, {255, 255, 255}, 1, cv::LINE_AA);
  return shown;
}

bool is_ascii(const std::string& words) {
  return std::all_of(words.begin(), words.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace glassbox
