/// Format and size from a file's first bytes, of what OpenCV writes and of bytes by hand.
#include "common/base/image_header.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "tests/common/expect_error.h"

namespace glassbox {
namespace {

std::string encoded(const std::string& ending, const cv::Mat& image) {
  std::vector<uint8_t> bytes;
  cv::imencode(ending, image, bytes);
  return {bytes.begin(), bytes.end()};
}

TEST(ImageHeader, ReadsWhatOpencvWrites) {
  const cv::Mat image(131, 147, CV_8UC3, cv::Scalar(10, 200, 90));  // JPEG 2000 wants 32 and more
  const std::pair<const char*, const char*> formats[] = {{".png", "PNG"},       {".jpg", "JPEG"},      {".bmp", "BMP"},
                                                         {".webp", "WebP"},     {".tiff", "TIFF"},     {".ppm", "PNM"},
                                                         {".jp2", "JPEG 2000"}, {".ras", "Sun raster"}};
  for (const auto& [ending, format] : formats) {
    const ImageHeader header = parse_image_header(encoded(ending, image));
    EXPECT_EQ(header.format, format);
    EXPECT_EQ(header.width, 147) << format;
    EXPECT_EQ(header.height, 131) << format;
    EXPECT_FALSE(header.alpha) << format;
  }
}

TEST(ImageHeader, KnowsTransparency) {
  const cv::Mat image(3, 4, CV_8UC4, cv::Scalar(1, 2, 3, 4));
  EXPECT_TRUE(parse_image_header(encoded(".png", image)).alpha);
  EXPECT_TRUE(parse_image_header(encoded(".webp", image)).alpha);
}

TEST(ImageHeader, OfAGifAndAnUpsideDownBitmap) {
  const ImageHeader gif = parse_image_header(std::string("GIF89a\x05\x00\x00\x01", 10));
  EXPECT_EQ(gif.width, 5);
  EXPECT_EQ(gif.height, 256);
  const ImageHeader bmp = parse_image_header(
      std::string("BM----------\0\0\x28\0\0\0\x05\0\0\0\xFD\xFF\xFF\xFF", 26));  // height -3: from top to bottom
  EXPECT_EQ(bmp.width, 5);
  EXPECT_EQ(bmp.height, 3);
}

TEST(ImageHeader, OfJpeg2000IsThatOfTheCodestreamNotOfTheBoxBefore) {
  std::string bytes = encoded(".jp2", cv::Mat(131, 147, CV_8UC3, cv::Scalar(10, 200, 90)));
  const size_t header_box = bytes.find("ihdr"), stream = bytes.find("\xFF\x4F\xFF\x51");
  ASSERT_NE(header_box, std::string::npos);
  ASSERT_NE(stream, std::string::npos);
  bytes[header_box + 4 + 3] = 9;  // the box's own height
  EXPECT_EQ(parse_image_header(bytes).height, 131);
  const ImageHeader alone = parse_image_header(std::string_view(bytes).substr(stream));
  EXPECT_EQ(alone.format, "JPEG 2000");
  EXPECT_EQ(alone.width, 147);
  EXPECT_EQ(parse_image_header(std::string("\0\0\0\x0CjP  \r\n\x87\n\0\0\0\0ftyp", 20)).width, 0);
}

TEST(ImageHeader, CommentsInAPnmAreSkipped) {
  const ImageHeader header = parse_image_header("P5 # 9 9\n # again\n 12\t7 255\n");
  EXPECT_EQ(header.width, 12);
  EXPECT_EQ(header.height, 7);
  EXPECT_EQ(parse_image_header("P5 12 7").height, 0) << "the 7 may go on";
}

TEST(ImageHeader, TellsByContentNeverByName) {
  EXPECT_EQ(parse_image_header("hello").format, "");
  EXPECT_EQ(parse_image_header("").format, "");
  EXPECT_EQ(parse_image_header("P7 12 7 ").format, "");
}

TEST(ImageHeader, EveryCutIsSurvived) {
  const cv::Mat image(131, 147, CV_8UC4, cv::Scalar(10, 200, 90, 7));
  for (const char* ending : {".png", ".jpg", ".bmp", ".webp", ".tiff", ".jp2"}) {
    const std::string whole = encoded(ending, image);
    for (size_t size = 0; size < std::min<size_t>(whole.size(), 700); ++size) {
      const ImageHeader header = parse_image_header(std::string_view(whole).substr(0, size));
      EXPECT_TRUE(header.width == 0 || header.width == 147) << ending << " " << size;
    }
  }
}

TEST(CheckImageHeader, EachFailingCaseIsOneClearLine) {
  EXPECT_EQ(error_of([] { check_image_header("", "x"); }), "x: want an image, got a file of 0 bytes");
  EXPECT_EQ(error_of([] { check_image_header("hello", "x"); }),
            "x: want an image (PNG, JPEG, GIF, BMP, WebP, TIFF, PNM, JPEG 2000 or Sun raster), got a file of 5 bytes "
            "that begins with 68 65 6c 6c");
  EXPECT_ERROR_HAS(check_image_header("\x89PNG\r\n\x1a\n", "x"),
                   "x: want a whole PNG image, got 8 bytes that are damaged");
  EXPECT_EQ(error_of([] { check_image_header("P5 20000 20000 255\n", "x"); }),
            "x: want at most 2^26 pixels (8192x8192), got 20000x20000; make the image smaller");
  EXPECT_ERROR_HAS(check_image_header("P5 99999999999999999999999 1 255\n", "x"), "want at most 2^26 pixels");
}

}  // namespace
}  // namespace glassbox
