/// JPEG pixels: the same as OpenCV's, and damage, which libjpeg fills up, is found where there is some.
#include "common/vision/jpeg.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "common/base/error.h"
#include "tests/common/expect_error.h"

namespace glassbox {
namespace {

std::string jpeg_of(const cv::Mat& image, const std::vector<int>& options = {}) {
  std::vector<uint8_t> bytes;
  cv::imencode(".jpg", image, bytes, options);
  return {bytes.begin(), bytes.end()};
}

cv::Mat decode(const std::string& jpeg, int channels = 3, int reduced_by = 1) {
  return decode_jpeg(jpeg, check_image_header(jpeg, "x"), "x", channels, reduced_by);
}

/// What is said of it; empty if nothing.
std::string damage_of(const std::string& jpeg) {
  try {
    decode(jpeg);
    return "";
  } catch (const UserError& problem) {
    return problem.what();
  }
}

/// Every block needs many codes.
cv::Mat noise() {
  cv::Mat image(160, 160, CV_8UC3);
  cv::randu(image, 0, 256);
  return image;
}

/// Every block needs few codes.
cv::Mat soft() {
  cv::Mat image;
  cv::resize(noise()(cv::Rect(0, 0, 5, 5)), image, {160, 160}, 0, 0, cv::INTER_CUBIC);
  return image;
}

/// The middle half of the pixels' data becomes `fill`; the segments and the end stay.
std::string with_middle(std::string jpeg, char fill) {
  const size_t begin = find_jpeg_segments(jpeg).end, quarter = (jpeg.size() - begin) / 4;
  return jpeg.replace(begin + quarter, 2 * quarter, std::string(2 * quarter, fill));
}

TEST(Jpeg, HasThePixelsThatOpencvDecodes) {
  for (const cv::Mat& image : {noise(), soft()}) {
    for (int progressive : {0, 1}) {
      const std::string jpeg = jpeg_of(image, {cv::IMWRITE_JPEG_PROGRESSIVE, progressive});
      const cv::Mat bytes(1, int(jpeg.size()), CV_8UC1, const_cast<char*>(jpeg.data()));
      EXPECT_EQ(cv::norm(decode(jpeg), cv::imdecode(bytes, cv::IMREAD_COLOR), cv::NORM_INF), 0);
      EXPECT_EQ(cv::norm(decode(jpeg, 1), cv::imdecode(bytes, cv::IMREAD_GRAYSCALE), cv::NORM_INF), 0);
      EXPECT_EQ(cv::norm(decode(jpeg, 3, 4), cv::imdecode(bytes, cv::IMREAD_REDUCED_COLOR_4), cv::NORM_INF), 0);
    }
  }
}

TEST(Jpeg, OfAnotherSizeThanTheHeaderIsRefused) {
  const std::string jpeg = jpeg_of(soft());
  EXPECT_ERROR_HAS(decode_jpeg(jpeg, {"JPEG", 160, 90}, "x", 3, 1), "x: the file says 160x90 and 160x160");
}

TEST(Jpeg, AWholeOneHasNoDamage) {
  cv::Mat gray;
  cv::cvtColor(noise(), gray, cv::COLOR_BGR2GRAY);
  for (const cv::Mat& image : {noise(), soft(), gray, cv::Mat(1, 1, CV_8UC3, cv::Scalar(1, 2, 3))}) {
    EXPECT_EQ(damage_of(jpeg_of(image)), "");
    EXPECT_EQ(damage_of(jpeg_of(image, {cv::IMWRITE_JPEG_PROGRESSIVE, 1})), "");
    EXPECT_EQ(damage_of(jpeg_of(image, {cv::IMWRITE_JPEG_RST_INTERVAL, 3})), "");
    EXPECT_EQ(damage_of(jpeg_of(image, {cv::IMWRITE_JPEG_OPTIMIZE, 1, cv::IMWRITE_JPEG_QUALITY, 30})), "");
  }
}

TEST(Jpeg, ThereMayBeMoreBehindThePixelsAndBehindTheEnd) {
  const std::string jpeg = jpeg_of(noise());
  EXPECT_EQ(damage_of(jpeg + "what a phone adds" + std::string(9000, '\0')), "");
  const std::string more = jpeg.substr(0, jpeg.size() - 2) + std::string(jpeg.size() / 9, 'x') + "\xFF\xD9";
  EXPECT_EQ(damage_of(more), "");
}

TEST(Jpeg, ZerosInTheMiddleAreFound) {
  // By the standard Huffman tables zeros are brightness blocks of 2 + 63 x 3 bits. Soft blocks are shorter: the data
  // ends too early. Those of noise are longer: some data is left.
  EXPECT_EQ(
      damage_of(with_middle(jpeg_of(soft()), '\0')),
      "x: want a whole JPEG image, got one with damaged pixels (libjpeg: Corrupt JPEG data: premature end of data "
      "segment); fetch or save it again");
  const std::string left_over = damage_of(with_middle(jpeg_of(noise()), '\0'));
  EXPECT_NE(left_over.find("extraneous bytes before marker 0xd9"), std::string::npos) << left_over;
  for (const cv::Mat& image : {soft(), noise()}) {
    EXPECT_NE(damage_of(with_middle(jpeg_of(image, {cv::IMWRITE_JPEG_PROGRESSIVE, 1}), '\0')), "");
    EXPECT_NE(damage_of(with_middle(jpeg_of(image, {cv::IMWRITE_JPEG_RST_INTERVAL, 3}), '\0')), "");
  }
}

TEST(Jpeg, DataThatIsGoneIsFound) {
  for (const cv::Mat& image : {soft(), noise()}) {
    const std::string jpeg = jpeg_of(image);
    const size_t begin = find_jpeg_segments(jpeg).end, quarter = (jpeg.size() - begin) / 4;
    EXPECT_NE(damage_of(jpeg.substr(0, begin + quarter) + "\xFF\xD9").find("premature end of data segment"),
              std::string::npos);
    EXPECT_NE(damage_of(jpeg.substr(0, begin + quarter)).find("got one that ends too early, at "), std::string::npos);
    EXPECT_NE(damage_of(with_middle(jpeg, '\xFF')), "");
  }
}

/// A progressive file that ends between two scans is coarse: nothing in what is there is wrong.
TEST(Jpeg, WithoutItsLastScanItEndsTooEarlyButWithoutItsEndMarkerItIsWhole) {
  const std::string jpeg = jpeg_of(noise(), {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  EXPECT_EQ(damage_of(jpeg.substr(0, jpeg.size() - 2)), "");
  const size_t last_scan = jpeg.rfind("\xFF\xDA"), tables = jpeg.rfind("\xFF\xC4");
  ASSERT_LT(tables, last_scan);
  for (size_t end : {last_scan, tables}) {
    EXPECT_NE(damage_of(jpeg.substr(0, end)).find("got one that ends too early, at "), std::string::npos);
  }
}

}  // namespace
}  // namespace glassbox
