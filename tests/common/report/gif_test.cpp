/// Animated GIFs, read back with giflib.
#include "common/report/gif.h"

#include <gif_lib.h>
#include <gtest/gtest.h>

#include <cstring>
#include <stdexcept>

namespace glassbox {
namespace {

struct Source {
  const std::string& bytes;
  size_t at = 0;
};

int read_some(GifFileType* gif, GifByteType* to, int count) {
  auto& source = *static_cast<Source*>(gif->UserData);
  const size_t got = std::min(size_t(count), source.bytes.size() - source.at);
  std::memcpy(to, source.bytes.data() + source.at, got);
  source.at += got;
  return int(got);
}

/// A decoded file; closed with it.
class Decoded {
 public:
  explicit Decoded(const std::string& bytes) : source_{bytes} {
    int error = 0;
    gif = DGifOpen(&source_, read_some, &error);
    if (!gif || DGifSlurp(gif) != GIF_OK) throw std::runtime_error("giflib cannot read it");
  }
  ~Decoded() {
    int error = 0;
    DGifCloseFile(gif, &error);
  }
  GifColorType color(int frame, int pixel) const {
    return gif->SColorMap->Colors[gif->SavedImages[frame].RasterBits[pixel]];
  }
  int hundredths(int frame) const {
    GraphicsControlBlock control;
    return DGifSavedExtensionToGCB(gif, frame, &control) == GIF_OK ? control.DelayTime : -1;
  }
  GifFileType* gif = nullptr;

 private:
  Source source_;
};

Raster plain(int width, int height, uint8_t red, uint8_t green, uint8_t blue) {
  Raster raster{width, height, {}};
  for (int i = 0; i < width * height; ++i) raster.rgb.insert(raster.rgb.end(), {red, green, blue});
  return raster;
}

/// Every pixel another colour.
Raster rainbow() {
  Raster raster{64, 64, {}};
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x)
      raster.rgb.insert(raster.rgb.end(), {uint8_t(4 * x), uint8_t(4 * y), uint8_t(2 * x + 2 * y)});
  }
  return raster;
}

TEST(Gif, KeepsSizeFramesAndColours) {
  const std::string bytes =
      encode_gif({plain(7, 5, 200, 10, 30), plain(7, 5, 0, 114, 178), plain(7, 5, 255, 255, 255)}, 200);
  EXPECT_EQ(bytes.substr(0, 6), "GIF89a");
  const Decoded file(bytes);
  EXPECT_EQ(file.gif->SWidth, 7);
  EXPECT_EQ(file.gif->SHeight, 5);
  ASSERT_EQ(file.gif->ImageCount, 3);
  const GifColorType second = file.color(1, 34);
  EXPECT_EQ(int(second.Red), 0);
  EXPECT_EQ(int(second.Green), 114);
  EXPECT_EQ(int(second.Blue), 178);
}

TEST(Gif, LoopsForEverAndHoldsItsLastFrame) {
  const std::string bytes = encode_gif({plain(2, 2, 1, 2, 3), plain(2, 2, 4, 5, 6)}, 200);
  const std::string forever("NETSCAPE2.0\x03\x01\x00\x00\x00", 16);
  EXPECT_NE(bytes.find(forever), std::string::npos);
  const Decoded file(bytes);
  EXPECT_EQ(file.hundredths(0), 20);
  EXPECT_EQ(file.hundredths(1), 200);
}

TEST(Gif, OfManyColoursIsNearTheOriginalAndTheSameEachTime) {
  const Raster original = rainbow();
  const std::string bytes = encode_gif({original}, 100);
  EXPECT_EQ(bytes, encode_gif({original}, 100));
  const Decoded file(bytes);
  EXPECT_LE(file.gif->SColorMap->ColorCount, 256);
  double error = 0;
  for (int i = 0; i < 64 * 64; ++i) {
    const GifColorType color = file.color(0, i);
    error += std::abs(int(color.Red) - original.rgb[size_t(3 * i)]) +
             std::abs(int(color.Green) - original.rgb[size_t(3 * i + 1)]) +
             std::abs(int(color.Blue) - original.rgb[size_t(3 * i + 2)]);
  }
  EXPECT_LT(error / (64 * 64 * 3), 12);  // of 255; one colour for all: 64 for red alone
}

TEST(Gif, RefusesFramesThatDoNotFit) {
  EXPECT_THROW(encode_gif({}, 100), std::logic_error);
  EXPECT_THROW(encode_gif({plain(2, 2, 0, 0, 0), plain(2, 3, 0, 0, 0)}, 100), std::logic_error);
}

}  // namespace
}  // namespace glassbox
