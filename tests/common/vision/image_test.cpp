/// Images as tensors: what can be read, and what each unreadable file is told.
#include "common/vision/image.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "common/base/atomic_file.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

/// 5 rows of 7 pixels: 10 y + x.
cv::Mat small_image() {
  cv::Mat image(5, 7, CV_8UC1);
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 7; ++x) image.at<uint8_t>(y, x) = uint8_t(10 * y + x);
  }
  return image;
}

class ReadGray : public testing::Test {
 protected:
  std::string save(const std::string& name, const cv::Mat& image) {
    cv::imwrite((folder_ / name).string(), image);
    return (folder_ / name).string();
  }

  TempFolder folder_;
};

TEST_F(ReadGray, APngComesBackPixelByPixelRowsFirst) {
  const torch::Tensor gray = read_gray(save("x.png", small_image()));
  EXPECT_EQ(gray.sizes(), (std::vector<int64_t>{5, 7}));
  EXPECT_EQ(gray.scalar_type(), torch::kUInt8);
  EXPECT_TRUE(gray.is_contiguous());
  EXPECT_EQ(gray[3][6].item<int>(), 36);
  EXPECT_EQ(gray.sum().item<int64_t>(), 7 * (0 + 10 + 20 + 30 + 40) + 5 * (0 + 1 + 2 + 3 + 4 + 5 + 6));
}

TEST_F(ReadGray, AJpegComesBackNearly) {
  const cv::Mat flat(32, 24, CV_8UC1, cv::Scalar(140));
  const torch::Tensor gray = read_gray(save("x.jpg", flat));
  EXPECT_EQ(gray.sizes(), (std::vector<int64_t>{32, 24}));
  EXPECT_LE((gray.to(torch::kInt64) - 140).abs().max().item<int64_t>(), 2);
}

TEST_F(ReadGray, SixteenBitsBecomeEight) {
  cv::Mat deep(1, 3, CV_16UC1);
  deep.at<uint16_t>(0, 0) = 0;
  deep.at<uint16_t>(0, 1) = 128 * 256;
  deep.at<uint16_t>(0, 2) = 65535;
  EXPECT_EQ(ints(read_gray(save("x.png", deep))), (std::vector<int64_t>{0, 128, 255}));
}

TEST_F(ReadGray, ColoursBecomeTheirBrightness) {
  cv::Mat colours(1, 3, CV_8UC3);
  colours.at<cv::Vec3b>(0, 0) = {0, 0, 255};  // red, in OpenCV's order blue, green, red
  colours.at<cv::Vec3b>(0, 1) = {0, 255, 0};
  colours.at<cv::Vec3b>(0, 2) = {255, 0, 0};
  const auto gray = ints(read_gray(save("x.png", colours)));
  EXPECT_NEAR(double(gray[0]), 0.299 * 255, 1);  // ITU-R BT.601
  EXPECT_NEAR(double(gray[1]), 0.587 * 255, 1);
  EXPECT_NEAR(double(gray[2]), 0.114 * 255, 1);
}

TEST_F(ReadGray, OnePixelIsAImage) {
  const torch::Tensor gray = read_gray(save("x.png", cv::Mat(1, 1, CV_8UC1, cv::Scalar(9))));
  EXPECT_EQ(gray.sizes(), (std::vector<int64_t>{1, 1}));
  EXPECT_EQ(gray.item<int>(), 9);
}

TEST_F(ReadGray, AMissingFileAndAFolderAreToldApart) {
  EXPECT_ERROR_HAS(read_gray(folder_ / "none.png"), "none.png: no such file");
  EXPECT_ERROR_HAS(read_gray(folder_.path()), folder_.path().string(), "want an image file, got a folder");
}

TEST_F(ReadGray, AFileThatIsNoImageIsRejectedWithItsSize) {
  write_file(folder_ / "text.png", "This is no image.");
  EXPECT_ERROR_HAS(read_gray(folder_ / "text.png"), "text.png: want an image", "got a file of 17 bytes");
  write_file(folder_ / "empty.png", "");
  EXPECT_ERROR_HAS(read_gray(folder_ / "empty.png"), "empty.png: want an image", "got a file of 0 bytes");
}

TEST_F(ReadGray, ATruncatedPngIsRejected) {
  cv::Mat noise(64, 64, CV_8UC1);
  cv::randu(noise, 0, 256);
  const std::string path = save("whole.png", noise), whole = read_file(path);
  for (size_t size : {size_t(4), size_t(20), size_t(60), whole.size() / 4, whole.size() / 2, whole.size() - 100}) {
    write_file(folder_ / "cut.png", whole.substr(0, size));
    EXPECT_ERROR_HAS(read_gray(folder_ / "cut.png"), "cut.png: want a") << size << " of " << whole.size();
  }
}

TEST_F(ReadGray, ATruncatedJpegIsRejected) {
  cv::Mat noise(64, 64, CV_8UC1);
  cv::randu(noise, 0, 256);
  const std::string whole = read_file(save("whole.jpg", noise));
  for (size_t size : {size_t(3), size_t(20)}) {
    write_file(folder_ / "cut.jpg", whole.substr(0, size));
    EXPECT_ERROR_HAS(read_gray(folder_ / "cut.jpg"), "cut.jpg: want a whole JPEG image", "end before");
  }
  for (size_t size : {whole.size() / 4, whole.size() / 2, whole.size() - 100}) {
    write_file(folder_ / "cut.jpg", whole.substr(0, size));
    EXPECT_ERROR_HAS(read_gray(folder_ / "cut.jpg"), "cut.jpg: want a whole JPEG image", "ends too early")
        << size << " of " << whole.size();
  }
}

TEST_F(ReadGray, AJpegWithoutItsEndMarkerIsWhole) {
  cv::Mat noise(64, 64, CV_8UC1);
  cv::randu(noise, 0, 256);
  const std::string path = save("whole.jpg", noise), whole = read_file(path);
  for (size_t missing : {1, 2}) {
    write_file(folder_ / "cut.jpg", whole.substr(0, whole.size() - missing));
    EXPECT_TRUE(read_gray(folder_ / "cut.jpg").equal(read_gray(path))) << missing;
  }
}

TEST_F(ReadGray, BytesBetweenAJpegsSegmentsArePassedOver) {
  const std::string path = save("whole.jpg", small_image()), whole = read_file(path);
  const size_t tables = whole.find("\xFF\xDB");
  ASSERT_NE(tables, std::string::npos);
  for (const std::string& between : {std::string("\0\0", 2), std::string("x"), std::string("\xFF\0", 2)}) {
    write_file(folder_ / "x.jpg", whole.substr(0, tables) + between + whole.substr(tables));
    EXPECT_TRUE(read_gray(folder_ / "x.jpg").equal(read_gray(path)));
  }
}

TEST_F(ReadGray, AJpegMayBeFollowedByPadding) {
  const std::string whole = read_file(save("whole.jpg", small_image()));
  write_file(folder_ / "padded.jpg", whole + std::string(100, '\0'));
  write_file(folder_ / "phone.jpg", whole + "what a camera adds");
  EXPECT_EQ(read_gray(folder_ / "padded.jpg").sizes(), (std::vector<int64_t>{5, 7}));
  EXPECT_EQ(read_gray(folder_ / "phone.jpg").sizes(), (std::vector<int64_t>{5, 7}));
}

TEST_F(ReadGray, AThumbnailInsideDoesNotMakeACutJpegWhole) {
  const std::string whole = read_file(save("whole.jpg", small_image()));
  const std::string thumbnail = std::string("\xFF\xE1\x00\x06", 4) + "\xFF\xD8\xFF\xD9";  // a segment of 6 bytes
  write_file(folder_ / "x.jpg", whole.substr(0, 2) + thumbnail + whole.substr(2));
  EXPECT_EQ(read_gray(folder_ / "x.jpg").sizes(), (std::vector<int64_t>{5, 7}));
  write_file(folder_ / "x.jpg", whole.substr(0, 2) + thumbnail + whole.substr(2, whole.size() - 10));
  EXPECT_ERROR_HAS(read_gray(folder_ / "x.jpg"), "ends too early");
}

TEST_F(ReadGray, AJpegWithDamagedPixelsIsRejected) {
  cv::Mat noise(64, 64, CV_8UC1);
  cv::randu(noise, 0, 256);
  const std::string whole = read_file(save("whole.jpg", noise)), end = whole.substr(whole.size() - 2);
  const size_t half = whole.size() / 2, quarter = whole.size() / 4;
  const std::string gap = whole.substr(0, half) + end;
  write_file(folder_ / "gap.jpg", gap);
  write_file(folder_ / "zero.jpg", whole.substr(0, half) + std::string(quarter, '\0') + whole.substr(half + quarter));
  for (const char* name : {"gap.jpg", "zero.jpg"}) {
    EXPECT_ERROR_HAS(read_gray(folder_ / name), name,
                     ": want a whole JPEG image, got one with damaged pixels (libjpeg: Corrupt JPEG data: ",
                     "); fetch or save it again");
  }
  EXPECT_ERROR_HAS(decode_image(gap, "x", 1), "x: want a whole JPEG image");
}

TEST_F(ReadGray, TheDecodersPrintNothing) {
  cv::Mat noise(64, 64, CV_8UC1);
  cv::randu(noise, 0, 256);
  const std::string png = read_file(save("whole.png", noise)), jpeg = read_file(save("whole.jpg", noise));
  write_file(folder_ / "cut.png", png.substr(0, png.size() / 2));
  write_file(folder_ / "bad.png", png.substr(0, 100) + "damage" + png.substr(106));
  const size_t end = jpeg.size() - 2;
  write_file(folder_ / "bad.jpg", jpeg.substr(0, jpeg.size() / 2) + jpeg.substr(end));
  write_file(folder_ / "loose.jpg", jpeg.substr(0, end) + "loose" + jpeg.substr(end));  // libjpeg warns of five bytes
  write_file(folder_ / "cut.pgm", "P5 40 30 255\nabc");
  testing::internal::CaptureStderr();
  for (const char* name : {"cut.png", "bad.png", "cut.pgm"}) {
    try {
      static_cast<void>(read_gray(folder_ / name));
    } catch (const UserError&) {
    }
  }
  EXPECT_ERROR_HAS(read_gray(folder_ / "bad.jpg"), "bad.jpg: want a whole JPEG image, got one with damaged pixels");
  EXPECT_EQ(read_gray(folder_ / "loose.jpg").sizes(), (std::vector<int64_t>{64, 64}));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  testing::internal::CaptureStderr();
  std::fputs("still there", stderr);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "still there");
}

TEST_F(ReadGray, APathThatCannotBeLookedAtIsNamed) {
  const std::string longer_than_any_name(300, 'x');
  EXPECT_ERROR_HAS(read_gray(folder_ / longer_than_any_name), longer_than_any_name, "File name too long");
}

TEST(AsMat, FractionsThePixels) {
  const torch::Tensor gray = torch::arange(6, torch::kUInt8).view({2, 3});
  const cv::Mat mat = as_mat(gray);
  EXPECT_EQ(mat.rows, 2);
  EXPECT_EQ(mat.cols, 3);
  EXPECT_EQ(mat.at<uint8_t>(1, 2), 5);
  EXPECT_EQ(mat.data, gray.data_ptr<uint8_t>());
  EXPECT_ANY_THROW(as_mat(gray.t()));
  EXPECT_ANY_THROW(as_mat(gray.to(torch::kFloat32)));
}

}  // namespace
}  // namespace glassbox
