/// What is transparent is white in every format that knows transparency; BMP's colour masks are obeyed.
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "common/vision/bmp_masks.h"
#include "common/vision/image.h"
#include "tests/common/expect_error.h"
#include "tests/common/vision/pillow.h"

namespace glassbox {
namespace {

/// Rows of ten: black that is not to be seen, half of a red (128 of 255), all of it.
const char* const kTransparentFiles = R"(
pixels = np.zeros((48, 40, 4), np.uint8)
pixels[16:32] = (255, 0, 0, 128)
pixels[32:] = (255, 0, 0, 255)
image = Image.fromarray(pixels)
for ending in ('png', 'tiff', 'jp2'):
    image.save('rgba.' + ending)
image.save('rgba.webp', lossless=True)
image.save('lzw.tiff', compression='tiff_lzw')
grey = image.convert('LA')  # red is 0.299 x 255 = 76
for ending in ('png', 'tiff'):
    grey.save('la.' + ending)
Image.fromarray(np.repeat(np.uint8([[0], [7], [200]]), 4, 1)).save('key.png', transparency=7)
image.quantize(8).save('palette.png')
)";

void expect_pixel(const torch::Tensor& image, int64_t row, const std::vector<int>& want) {
  for (size_t c = 0; c < want.size(); ++c)
    EXPECT_NEAR(image[int64_t(c)][row][1].item<int>(), want[c], 1) << "row " << row;
}

TEST(Transparency, IsWhiteInEveryFormat) {
  const TempFolder folder;
  ASSERT_NO_FATAL_FAILURE(run_pillow(folder, kTransparentFiles));
  for (const char* name : {"rgba.png", "rgba.tiff", "rgba.jp2", "rgba.webp", "lzw.tiff", "palette.png"}) {
    SCOPED_TRACE(name);
    const torch::Tensor image = read_image(folder / name, 3);
    expect_pixel(image, 8, {255, 255, 255});
    expect_pixel(image, 24, {255, 127, 127});
    expect_pixel(image, 40, {255, 0, 0});
    EXPECT_EQ(read_gray(folder / name)[8][1].item<int>(), 255);
  }
}

TEST(Transparency, OfGreyIsWhiteToo) {
  const TempFolder folder;
  ASSERT_NO_FATAL_FAILURE(run_pillow(folder, kTransparentFiles));
  for (const char* name : {"la.png", "la.tiff"}) {
    SCOPED_TRACE(name);
    const torch::Tensor image = read_image(folder / name, 1);
    expect_pixel(image, 8, {255});
    expect_pixel(image, 24, {165});  // half of 76 and half of 255
    expect_pixel(image, 40, {76});
  }
  const torch::Tensor key = read_gray(folder / "key.png");
  EXPECT_EQ(key[0][1].item<int>(), 0);
  EXPECT_EQ(key[1][1].item<int>(), 255) << "the grey that is named transparent";
  EXPECT_EQ(key[2][1].item<int>(), 200);
}

TEST(Transparency, OfSixteenBitsIsWhiteToo) {
  const TempFolder folder;
  cv::Mat deep(40, 40, CV_16UC4, cv::Scalar(0, 0, 65535, 65535));
  deep.rowRange(0, 20).setTo(cv::Scalar::all(0));
  for (const char* name : {"x.png", "x.tiff"}) {
    SCOPED_TRACE(name);
    cv::imwrite((folder / name).string(), deep);
    expect_pixel(read_image(folder / name, 3), 5, {255, 255, 255});
    expect_pixel(read_image(folder / name, 3), 30, {255, 0, 0});
  }
}

/// A BMP of one row with these masks (red, green, blue, alpha), 4 bytes a pixel or 2.
std::string masked_bmp(const std::vector<uint32_t>& masks, int bytes_a_pixel, const std::vector<uint32_t>& pixels) {
  std::string bmp = "BM";
  const auto put = [&](uint32_t number, int count) {
    for (int i = 0; i < count; ++i) bmp += char(number >> 8 * i & 255);
  };
  const uint32_t header = masks.size() == 4 ? 56 : 40, begin = 14 + (masks.size() == 4 ? 56 : 40 + 12);
  for (uint32_t number : {0u, 0u, begin, header, uint32_t(pixels.size()), 1u}) put(number, 4);
  put(1, 2);
  put(uint32_t(8 * bytes_a_pixel), 2);
  for (uint32_t number : {3u, 0u, 0u, 0u, 0u, 0u}) put(number, 4);  // BI_BITFIELDS
  for (uint32_t mask : masks) put(mask, 4);
  for (uint32_t pixel : pixels) put(pixel, bytes_a_pixel);
  while ((bmp.size() - begin) % 4 != 0) bmp += '\0';
  return bmp;
}

std::vector<int> colour_of(const std::string& bmp, int64_t x = 0) {
  const torch::Tensor image = decode_image(bmp, "x", 3);
  return {image[0][0][x].item<int>(), image[1][0][x].item<int>(), image[2][0][x].item<int>()};
}

TEST(BmpMasks, SayWhichBitsAreRed) {
  using Colour = std::vector<int>;
  EXPECT_EQ(colour_of(masked_bmp({0xFF, 0xFF00, 0xFF0000}, 4, {0x030201})), (Colour{1, 2, 3}));
  EXPECT_EQ(colour_of(masked_bmp({0xFF0000, 0xFF00, 0xFF}, 4, {0x030201})), (Colour{3, 2, 1}));
  EXPECT_EQ(colour_of(masked_bmp({0xFF000000, 0xFF0000, 0xFF00}, 4, {0x030201AA})), (Colour{3, 2, 1}));
  EXPECT_EQ(colour_of(masked_bmp({0xF800, 0x7E0, 0x1F}, 2, {0xF800, 0x07E0, 0x001F}), 2), (Colour{0, 0, 255}));
  EXPECT_EQ(colour_of(masked_bmp({0x7C00, 0x3E0, 0x1F}, 2, {0x7C00}), 0), (Colour{255, 0, 0}));
  EXPECT_EQ(colour_of(masked_bmp({0x3FF00000, 0xFFC00, 0x3FF}, 4, {0x3FF00000 | 512}), 0), (Colour{255, 0, 127}));
}

TEST(BmpMasks, SayWhatIsTransparent) {
  const std::vector<uint32_t> masks = {0xFF0000, 0xFF00, 0xFF, 0xFF000000};
  const std::string bmp = masked_bmp(masks, 4, {0x00000000, 0xFFFF0000});
  EXPECT_EQ(colour_of(bmp, 0), (std::vector<int>{255, 255, 255}));
  EXPECT_EQ(colour_of(bmp, 1), (std::vector<int>{255, 0, 0}));
  EXPECT_EQ(colour_of(masked_bmp(masks, 4, {0x00FF0000})), (std::vector<int>{255, 0, 0})) << "no pixel would be seen";
  const TempFolder folder;
  cv::imwrite((folder / "x.bmp").string(), cv::Mat(3, 5, CV_8UC4, cv::Scalar(10, 20, 30, 255)));
  EXPECT_EQ(colour_of(read_file(folder / "x.bmp"), 4), (std::vector<int>{30, 20, 10}));
}

TEST(BmpMasks, OfACutFileAreRefused) {
  const std::string bmp = masked_bmp({0xFF, 0xFF00, 0xFF0000}, 4, {1, 2, 3});
  EXPECT_ERROR_HAS(decode_image(bmp.substr(0, bmp.size() - 1), "x", 3), "x: want a whole BMP image");
  EXPECT_ERROR_HAS(decode_image(masked_bmp({1, 2, 4}, 3, {1}), "x", 3), "x: want a BMP with masks of 16 or 32 bits");
}

}  // namespace
}  // namespace glassbox
