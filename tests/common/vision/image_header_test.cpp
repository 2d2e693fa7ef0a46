/// Format and size from a file's first bytes, of what OpenCV writes and of bytes by hand.
#include "common/vision/image_header.h"

#include <gtest/gtest.h>

#include <array>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "tests/common/expect_error.h"
#include "tests/common/vision/tiff_of.h"

namespace glassbox {
namespace {

std::string encoded(const std::string& ending, const cv::Mat& image) {
  std::vector<uint8_t> bytes;
  cv::imencode(ending, image, bytes);
  return {bytes.begin(), bytes.end()};
}

TEST(ImageHeader, ReadsWhatOpencvWrites) {
  const cv::Mat image(131, 147, CV_8UC3, cv::Scalar(10, 200, 90));  // JPEG 2000 wants 32 and more
  const std::pair<const char*, const char*> formats[] = {{".png", "PNG"},      {".jpg", "JPEG"},  {".bmp", "BMP"},
                                                         {".webp", "WebP"},    {".tiff", "TIFF"}, {".ppm", "PNM"},
                                                         {".jp2", "JPEG 2000"}};
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
  const cv::Mat larger(40, 40, CV_8UC4, cv::Scalar(1, 2, 3, 4));
  EXPECT_TRUE(parse_image_header(encoded(".jp2", larger)).alpha);
}

TEST(ImageHeader, OfAGifAndAnUpsideDownBitmap) {
  const ImageHeader gif = parse_image_header(std::string("GIF89a\x05\x00\x00\x01", 10));
  EXPECT_EQ(gif.width, 5);
  EXPECT_EQ(gif.height, 256);
  EXPECT_ERROR_HAS(check_image_header(std::string("GIF89a\x05\x00\x05\x00", 10), "x"), "x: want an image (PNG, ",
                   "got a GIF; save it as PNG: ffmpeg -i FILE.gif -frames:v 1 FILE.png");
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

TEST(ImageHeader, OfAJpegIsTheFrameThatLibjpegFinds) {
  const std::string large("\xFF\xC0\0\x0B\x08\x4E\x20\x4E\x20\x01\x01\x11\0", 13);  // a frame of 20,000 x 20,000
  const std::string small("\xFF\xC0\0\x0B\x08\0\x06\0\x09\x01\x01\x11\0", 13);      // 6 rows of 9
  const auto file = [&](char marker) {
    return std::string("\xFF\xD8\xFF") + marker + std::string("\0\x0F", 2) + large + small;  // 15 = 2 + large's 13
  };
  EXPECT_EQ(parse_image_header(file('\xE1')).width, 9) << "what a segment holds is no frame";
  EXPECT_EQ(parse_image_header("\xFF\xD8\xFF\xFF\xFF\x01" + small).height, 6) << "fill bytes and a marker alone";
  EXPECT_EQ(parse_image_header(file('\0')).width, 20000) << "behind FF00 libjpeg looks for the next marker";
  EXPECT_EQ(parse_image_header("\xFF\xD8\xFF\xFE" + std::string("\0\3x", 3) + "between" + small).width, 9);
  for (char marker : {'\x02', '\xBF', '\xD8'}) {  // errors for libjpeg
    EXPECT_FALSE(parse_image_header(file(marker)).has_size()) << int(marker);
    EXPECT_ERROR_HAS(check_image_header(file(marker), "x"), "x: want a whole JPEG image", "damaged") << int(marker);
  }
}

TEST(ImageHeader, OfTwoEqualEntriesInATiffTheFirstCounts) {
  const std::string tiff = tiff_of({{256, 4, 20000}, {256, 3, 9}, {257, 4, 20000}, {257, 3, 6}});
  EXPECT_EQ(parse_image_header(tiff).width, 20000);
  EXPECT_EQ(parse_image_header(tiff).height, 20000);
  EXPECT_ERROR_HAS(check_image_header(tiff, "x"), "want at most 2^26 pixels");
}

TEST(ImageHeader, ATiffsSidesAreOfTwoOrFourBytes) {
  const ImageHeader header = parse_image_header(tiff_of({{256, 3, 9}, {257, 4, 6}}));
  EXPECT_EQ(header.width, 9);
  EXPECT_EQ(header.height, 6);
  for (uint32_t type : {0, 1, 5, 8, 9, 16}) {
    EXPECT_FALSE(parse_image_header(tiff_of({{256, type, 9}, {256, 3, 9}, {257, 3, 6}})).has_size()) << type;
  }
}

TEST(ImageHeader, APnmIsReadAsOpencvReadsIt) {
  for (const char* text : {"P5 #\r20000 20000 #\n 9 6 255\n",  // the end of a comment
                           "P5 20000#20000 #\n 6 255\n"}) {    // what follows a number belongs to it
    EXPECT_EQ(parse_image_header(text).width, 20000) << text;
    EXPECT_EQ(parse_image_header(text).height, 20000) << text;
  }
}

TEST(ImageHeader, TellsByContentNeverByName) {
  EXPECT_EQ(parse_image_header("hello").format, "");
  EXPECT_EQ(parse_image_header("").format, "");
  EXPECT_EQ(parse_image_header("P7 12 7 ").format, "");
  EXPECT_EQ(parse_image_header("BM25 is a ranking function of search engines").format, "");
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
            "x: want an image (PNG, JPEG, BMP, WebP, TIFF, PNM or JPEG 2000), got a file of 5 bytes "
            "that begins with 68 65 6c 6c");
  EXPECT_ERROR_HAS(check_image_header("\x89PNG\r\n\x1a\n", "x"),
                   "x: want a whole PNG image, got 8 bytes that are damaged");
  EXPECT_EQ(error_of([] { check_image_header("P5 20000 20000 255\n", "x"); }),
            "x: want at most 2^26 pixels (8192x8192), got 20000x20000; make the image smaller");
  EXPECT_ERROR_HAS(check_image_header("P5 99999999999999999999999 1 255\n", "x"), "want at most 2^26 pixels");
}

}  // namespace
}  // namespace glassbox
