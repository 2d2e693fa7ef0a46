/// Damage in a JPEG's pixels, which libjpeg fills up: found, and not found where there is none.
#include "common/vision/jpeg_damage.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "common/vision/image_header.h"

namespace glassbox {
namespace {

std::string jpeg_of(const cv::Mat& image, const std::vector<int>& options = {}) {
  std::vector<uint8_t> bytes;
  cv::imencode(".jpg", image, bytes, options);
  return {bytes.begin(), bytes.end()};
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

TEST(JpegDamage, AWholePictureHasNone) {
  cv::Mat gray;
  cv::cvtColor(noise(), gray, cv::COLOR_BGR2GRAY);
  for (const cv::Mat& image : {noise(), soft(), gray, cv::Mat(1, 1, CV_8UC3, cv::Scalar(1, 2, 3))}) {
    EXPECT_EQ(jpeg_damage(jpeg_of(image)), "");
    EXPECT_EQ(jpeg_damage(jpeg_of(image, {cv::IMWRITE_JPEG_PROGRESSIVE, 1})), "");
    EXPECT_EQ(jpeg_damage(jpeg_of(image, {cv::IMWRITE_JPEG_RST_INTERVAL, 3})), "");
    EXPECT_EQ(jpeg_damage(jpeg_of(image, {cv::IMWRITE_JPEG_OPTIMIZE, 1, cv::IMWRITE_JPEG_QUALITY, 30})), "");
  }
}

TEST(JpegDamage, ThereMayBeMoreBehindThePixelsAndBehindTheEnd) {
  const std::string jpeg = jpeg_of(noise());
  EXPECT_EQ(jpeg_damage(jpeg + "what a phone adds" + std::string(9000, '\0')), "");
  const std::string more = jpeg.substr(0, jpeg.size() - 2) + std::string(jpeg.size() / 9, 'x') + "\xFF\xD9";
  EXPECT_EQ(jpeg_damage(more), "");
}

TEST(JpegDamage, ZerosInTheMiddleAreFound) {
  // By the standard Huffman tables zeros are brightness blocks of 2 + 63 x 3 bits. Soft blocks are shorter: the data
  // ends too early. Those of noise are longer: some data is left.
  EXPECT_EQ(jpeg_damage(with_middle(jpeg_of(soft()), '\0')), "Corrupt JPEG data: premature end of data segment");
  const std::string left_over = jpeg_damage(with_middle(jpeg_of(noise()), '\0'));
  EXPECT_NE(left_over.find("extraneous bytes before marker 0xd9"), std::string::npos) << left_over;
  for (const cv::Mat& image : {soft(), noise()}) {
    EXPECT_NE(jpeg_damage(with_middle(jpeg_of(image, {cv::IMWRITE_JPEG_PROGRESSIVE, 1}), '\0')), "");
    EXPECT_NE(jpeg_damage(with_middle(jpeg_of(image, {cv::IMWRITE_JPEG_RST_INTERVAL, 3}), '\0')), "");
  }
}

TEST(JpegDamage, DataThatIsGoneIsFound) {
  for (const cv::Mat& image : {soft(), noise()}) {
    const std::string jpeg = jpeg_of(image);
    const size_t begin = find_jpeg_segments(jpeg).end, quarter = (jpeg.size() - begin) / 4;
    EXPECT_EQ(jpeg_damage(jpeg.substr(0, begin + quarter) + "\xFF\xD9"),
              "Corrupt JPEG data: premature end of data segment");
    EXPECT_EQ(jpeg_damage(jpeg.substr(0, begin + quarter)), "Premature end of JPEG file");
    EXPECT_NE(jpeg_damage(with_middle(jpeg, '\xFF')), "");
  }
}

TEST(JpegDamage, WhatLibjpegCannotReadAtAllIsToldToo) {
  EXPECT_EQ(jpeg_damage(""), "Empty input file");
  EXPECT_EQ(jpeg_damage("hello"), "Not a JPEG file: starts with 0x68 0x65");
}

}  // namespace
}  // namespace glassbox
