/// A camera's turn is undone in every format that tells of it, with transparency or without.
#include <gtest/gtest.h>

#include "common/vision/exif.h"
#include "common/vision/image.h"
#include "tests/common/expect_error.h"
#include "tests/common/tensors.h"
#include "tests/common/vision/pillow.h"
#include "tests/common/vision/tiff_of.h"

namespace glassbox {
namespace {

/// upright.png, and for each format, mode and orientation a file that shows the same: stored turned the other way.
const char* const kTurnedFiles = R"(
upright = Image.new('RGB', (64, 48), (0, 255, 0))
upright.paste((255, 0, 0), (0, 0, 32, 24))
upright.paste((0, 0, 255), (32, 24, 64, 48))
upright.save('upright.png')
T = Image.Transpose
# What a viewer does is undone by: the same for flips and half turns, the opposite quarter turn for 6 and 8.
stored = {1: None, 2: T.FLIP_LEFT_RIGHT, 3: T.ROTATE_180, 4: T.FLIP_TOP_BOTTOM, 5: T.TRANSPOSE, 6: T.ROTATE_90,
          7: T.TRANSVERSE, 8: T.ROTATE_270}
for orientation, turn in stored.items():
    image = upright if turn is None else upright.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(f'rgb{orientation}.jpg', exif=exif, quality=95, subsampling=0)
    for ending in ('png', 'webp', 'tiff'):
        options = {'lossless': True} if ending == 'webp' else {}
        image.save(f'rgb{orientation}.{ending}', exif=exif, **options)
        image.convert('RGBA').save(f'rgba{orientation}.{ending}', exif=exif, **options)
)";

TEST(Orientation, AllEightAreUndoneInEveryFormatThatCarriesThem) {
  const TempFolder folder;
  ASSERT_NO_FATAL_FAILURE(run_pillow(folder, kTurnedFiles));
  const torch::Tensor upright = read_image(folder / "upright.png", 3);
  for (const char* name : {"rgb*.jpg", "rgb*.png", "rgb*.webp", "rgb*.tiff", "rgba*.png", "rgba*.webp", "rgba*.tiff"}) {
    for (char orientation = '1'; orientation <= '8'; ++orientation) {
      std::string file = name;
      file[file.find('*')] = orientation;
      const torch::Tensor image = read_image(folder / file, 3);
      ASSERT_EQ(image.sizes(), upright.sizes()) << file;
      const int64_t near = file.find("jpg") == file.npos ? 0 : 6;
      EXPECT_LE((image.to(torch::kInt64) - upright.to(torch::kInt64)).abs().max().item<int64_t>(), near) << file;
    }
  }
}

TEST(Orientation, IsUndoneInASmallerDecodingToo) {
  const TempFolder folder;
  ASSERT_NO_FATAL_FAILURE(run_pillow(folder, kTurnedFiles));
  EXPECT_EQ(read_image(folder / "rgb6.jpg", 3, 24).sizes(), (std::vector<int64_t>{3, 24, 32}));
}

TEST(Orientation, WhatIsNoneIsUpright) {
  EXPECT_EQ(read_tiff_directory(tiff_of({{274, 3, 6}})).orientation, 6);
  EXPECT_EQ(read_tiff_directory(tiff_of({{274, 3, 6}, {274, 3, 8}})).orientation, 6);
  for (uint32_t value : {0, 9, 65535}) EXPECT_EQ(read_tiff_directory(tiff_of({{274, 3, value}})).orientation, 1);
  EXPECT_EQ(read_tiff_directory(tiff_of({{274, 2, 6}})).orientation, 1) << "a text";
  const std::string whole = tiff_of({{271, 2, 1}, {274, 3, 6}});
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(read_tiff_directory(whole.substr(0, size)).orientation, 1) << size;
  }
}

}  // namespace
}  // namespace glassbox
