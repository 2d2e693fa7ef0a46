/// Colour images as tensors: formats, sizes, and what each unreadable file is told.
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <thread>
#include <vector>

#include "common/base/atomic_file.h"
#include "common/vision/image.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"
#include "tests/common/vision/pillow.h"
#include "tests/e2e/odd_images.h"

namespace glassbox {
namespace {

class ReadImage : public testing::Test {
 protected:
  std::string save(const std::string& name, const cv::Mat& image) {
    cv::imwrite((folder_ / name).string(), image);
    return (folder_ / name).string();
  }
  TempFolder folder_;
};

/// 40 rows of 60: the left half red, the right half blue.
cv::Mat red_and_blue() {
  cv::Mat image(40, 60, CV_8UC3, cv::Scalar(0, 0, 255));  // OpenCV's order is blue, green, red
  image.colRange(30, 60).setTo(cv::Scalar(255, 0, 0));
  return image;
}

void expect_pixel(const torch::Tensor& image, int64_t y, int64_t x, const std::vector<int64_t>& want,
                  int64_t near = 0) {
  for (size_t c = 0; c < want.size(); ++c) {
    EXPECT_NEAR(double(image[int64_t(c)][y][x].item<int>()), double(want[c]), double(near)) << "channel " << c;
  }
}

TEST_F(ReadImage, PlanesAreRedGreenBlueInEveryFormat) {
  for (const char* name : {"x.png", "x.jpg", "x.bmp", "x.webp", "x.tiff", "x.ppm"}) {
    const torch::Tensor image = read_image(save(name, red_and_blue()), 3);
    EXPECT_EQ(image.sizes(), (std::vector<int64_t>{3, 40, 60})) << name;
    EXPECT_TRUE(image.is_contiguous());
    expect_pixel(image, 20, 10, {255, 0, 0}, 8);
    expect_pixel(image, 20, 50, {0, 0, 255}, 8);
  }
}

TEST_F(ReadImage, AGreyFileInColourHasThreeEqualPlanes) {
  const torch::Tensor image = read_image(save("x.png", cv::Mat(2, 3, CV_8UC1, cv::Scalar(77))), 3);
  EXPECT_TRUE(image.equal(torch::full({3, 2, 3}, 77, torch::kUInt8)));
}

TEST_F(ReadImage, AMisnamedFileIsReadByItsContent) {
  write_file(folder_ / "x.png", read_file(save("y.jpg", red_and_blue())));
  EXPECT_EQ(read_image(folder_ / "x.png", 3).sizes(), (std::vector<int64_t>{3, 40, 60}));
}

TEST_F(ReadImage, ALargeJpegIsDecodedSmallerButNotTooSmall) {
  cv::Mat large;
  cv::resize(red_and_blue(), large, {600, 400});
  const std::string path = save("x.jpg", large);
  EXPECT_EQ(read_image(path, 3, 64).sizes(), (std::vector<int64_t>{3, 100, 150}));  // a quarter; an eighth is 50
  EXPECT_EQ(read_image(path, 3, 50).sizes(), (std::vector<int64_t>{3, 50, 75}));
  EXPECT_EQ(read_image(path, 1, 201).sizes(), (std::vector<int64_t>{1, 400, 600}));
  EXPECT_EQ(read_image(save("x.png", large), 3, 50).sizes(), (std::vector<int64_t>{3, 400, 600}));
  expect_pixel(read_image(path, 3, 50), 25, 10, {255, 0, 0}, 8);
  cv::resize(red_and_blue(), large, {603, 401});
  EXPECT_EQ(read_image(save("odd.jpg", large), 3, 64).sizes(), (std::vector<int64_t>{3, 101, 151}));  // rounded up
}

TEST_F(ReadImage, AHugeOneIsRefusedBeforeItIsDecoded) {
  std::string png = read_file(save("x.png", red_and_blue()));
  png.replace(16, 8, std::string("\0\0\x4E\x20\0\0\x4E\x20", 8));  // 20,000 x 20,000
  write_file(folder_ / "huge.png", png);
  EXPECT_ERROR_HAS(read_image(folder_ / "huge.png", 3),
                   "huge.png: want at most 2^26 pixels (8192x8192), got 20000x20000; make the image smaller");
}

TEST_F(ReadImage, FromManyThreadsStderrIsThereAgain) {
  const std::string path = save("x.png", red_and_blue());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) read_image(path, 3);
    });
  }
  for (std::thread& thread : threads) thread.join();
  testing::internal::CaptureStderr();
  std::fputs("still there", stderr);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "still there");
}

TEST(FitImage, KeepsTheMiddleAndTheProportions) {
  torch::Tensor wide = torch::zeros({1, 4, 12}, torch::kUInt8);
  wide.slice(2, 4, 8).fill_(200);  // the middle third
  EXPECT_TRUE(fit_image(wide, 2, 2).equal(torch::full({1, 2, 2}, 200, torch::kUInt8)));
  EXPECT_TRUE(fit_image(wide.transpose(1, 2), 2, 2).equal(torch::full({1, 2, 2}, 200, torch::kUInt8)));
  EXPECT_TRUE(fit_image(wide, 4, 12).equal(wide));
  EXPECT_EQ(fit_image(wide, 3, 5).sizes(), (std::vector<int64_t>{1, 3, 5}));
  EXPECT_EQ(fit_image(torch::full({3, 1, 1}, 9, torch::kUInt8), 32, 32).sum().item<int64_t>(), 9 * 3 * 32 * 32);
  EXPECT_EQ(fit_image(torch::full({3, 1, 5000}, 9, torch::kUInt8), 8, 8).sum().item<int64_t>(), 9 * 3 * 64);
}

TEST(ReadTiff, PixelsThatDoNotDecodeAreNoImage) {
  TempFolder folder;
  run_pillow(folder, R"(
import io
for kind in ("tiff_lzw", "tiff_adobe_deflate", "group4", "jpeg"):
    image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (40, 40, 3), dtype=np.uint8))
    file = io.BytesIO()
    image.convert("1" if kind == "group4" else "RGB").save(file, "TIFF", compression=kind)
    whole = bytearray(file.getvalue())
    open(kind + ".tiff", "wb").write(whole)
    offset = Image.open(io.BytesIO(whole)).tag_v2[273][0]
    for i in range(offset + 20, offset + 80):
        whole[i] ^= 0x5A
    open(kind + "_spoilt.tiff", "wb").write(whole)
)");
  for (const std::string kind : {"tiff_lzw", "tiff_adobe_deflate", "group4", "jpeg"}) {
    EXPECT_EQ(read_image(folder / (kind + ".tiff"), 3).size(1), 40) << kind;
    if (kind == "jpeg") continue;  // whose entropy coding decodes whatever it is given
    EXPECT_ERROR_HAS(read_image(folder / (kind + "_spoilt.tiff"), 3), "TIFF file that is damaged") << kind;
  }
}

}  // namespace
}  // namespace glassbox
