/// PNG files in memory, read back with OpenCV.
#include "common/vision/png.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

namespace glassbox {
namespace {

cv::Mat read_back(const std::string& png) {
  return cv::imdecode(cv::Mat(1, int(png.size()), CV_8U, const_cast<char*>(png.data())), cv::IMREAD_UNCHANGED);
}

TEST(EncodePng, KeepsGreyColourAndTransparency) {
  EXPECT_EQ(read_back(encode_png(cv::Mat(3, 5, CV_8UC1, cv::Scalar(7)))).at<uint8_t>(2, 4), 7);
  EXPECT_EQ(read_back(encode_png(cv::Mat(3, 5, CV_8UC3, cv::Scalar(1, 2, 3)))).at<cv::Vec3b>(2, 4), cv::Vec3b(1, 2, 3));
  EXPECT_EQ(read_back(encode_png(cv::Mat(3, 5, CV_8UC4, cv::Scalar(1, 2, 3, 4)))).at<cv::Vec4b>(2, 4),
            cv::Vec4b(1, 2, 3, 4));
}

TEST(EncodePng, RefusesWhatIsNo8BitImage) {
  EXPECT_THROW(encode_png(cv::Mat()), std::logic_error);
  EXPECT_THROW(encode_png(cv::Mat(2, 2, CV_32F, cv::Scalar(0))), std::logic_error);
  EXPECT_THROW(encode_png(cv::Mat(2, 2, CV_8UC2, cv::Scalar(0))), std::logic_error);
}

}  // namespace
}  // namespace glassbox
