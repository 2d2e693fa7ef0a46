#include "common/report/gif.h"

#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <utility>

#include "common/base/atomic_file.h"

namespace glassbox {
namespace {

constexpr size_t kMostColors = 256;

using Rgb = std::array<int, 3>;

/// Which of the (2^bits)^3 equal cells of the colour cube a pixel lies in.
size_t cell_of(const uint8_t* pixel, int bits) {
  const int dropped = 8 - bits;
  return size_t(pixel[0] >> dropped) << (2 * bits) | size_t(pixel[1] >> dropped) << bits | size_t(pixel[2] >> dropped);
}

struct Palette {
  int bits = 0;  ///< of each channel that tell colours apart
  std::vector<Rgb> colors;
  std::vector<uint8_t> place;  ///< of each cell that is used: which colour
};

/// The mean colour of each cell that is used.
Palette palette_of(const std::vector<Raster>& frames, int bits) {
  const size_t cells = size_t{1} << (3 * bits);
  std::vector<std::array<int64_t, 4>> sums(cells);  // red, green, blue, pixels
  for (const Raster& frame : frames) {
    for (size_t i = 0; i < frame.rgb.size(); i += 3) {
      auto& sum = sums[cell_of(&frame.rgb[i], bits)];
      for (size_t c = 0; c < 3; ++c) sum[c] += frame.rgb[i + c];
      ++sum[3];
    }
  }
  Palette palette{bits, {}, std::vector<uint8_t>(cells)};
  for (size_t cell = 0; cell < cells; ++cell) {
    const auto& [red, green, blue, pixels] = sums[cell];
    if (pixels == 0) continue;
    palette.place[cell] = uint8_t(palette.colors.size());
    palette.colors.push_back({int(red / pixels), int(green / pixels), int(blue / pixels)});
  }
  return palette;
}

/// The finest division of the colour cube of which the frames use at most 256 cells. With 2 bits there are but 64.
Palette choose_palette(const std::vector<Raster>& frames) {
  Palette palette;
  for (int bits = 6; bits >= 2; --bits) {
    palette = palette_of(frames, bits);
    if (palette.colors.size() <= kMostColors) break;
  }
  return palette;
}

void expect(int done) {
  if (done != GIF_OK) throw std::runtime_error("encode_gif: giflib failed");
}

int append(GifFileType* gif, const GifByteType* bytes, int count) {
  static_cast<std::string*>(gif->UserData)->append(reinterpret_cast<const char*>(bytes), size_t(count));
  return count;
}

/// Netscape's extension, which every viewer knows: repeat, 0 times = for ever.
void put_loop(GifFileType* gif) {
  const GifByteType forever[] = {1, 0, 0};
  expect(EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE));
  expect(EGifPutExtensionBlock(gif, 11, "NETSCAPE2.0"));
  expect(EGifPutExtensionBlock(gif, sizeof forever, forever));
  expect(EGifPutExtensionTrailer(gif));
}

void put_frame(GifFileType* gif, const Raster& frame, const Palette& palette, int hundredths) {
  GraphicsControlBlock control = {};
  control.DisposalMode = DISPOSE_DO_NOT;
  control.DelayTime = hundredths;
  control.TransparentColor = NO_TRANSPARENT_COLOR;
  GifByteType extension[4];
  const auto size = EGifGCBToExtension(&control, extension);
  expect(EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, int(size), extension));
  expect(EGifPutImageDesc(gif, 0, 0, frame.width, frame.height, /*Interlace=*/false, nullptr));
  std::vector<GifPixelType> pixels(frame.rgb.size() / 3);
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = palette.place[cell_of(&frame.rgb[3 * i], palette.bits)];
  expect(EGifPutLine(gif, pixels.data(), int(pixels.size())));
}

void check(const std::vector<Raster>& frames) {
  if (frames.empty()) throw std::logic_error("encode_gif: want at least one frame");
  for (const Raster& frame : frames) {
    check_raster(frame);
    if (frame.width != frames[0].width || frame.height != frames[0].height)
      throw std::logic_error("encode_gif: want frames of one size");
  }
}

}  // namespace

std::string encode_gif(const std::vector<Raster>& frames, int frame_ms) {
  check(frames);
  const Palette palette = choose_palette(frames);
  int places = 2;  // GIF wants a power of two
  while (size_t(places) < palette.colors.size()) places *= 2;
  const std::unique_ptr<ColorMapObject, decltype(&GifFreeMapObject)> map(GifMakeMapObject(places, nullptr),
                                                                         GifFreeMapObject);
  if (!map) throw std::bad_alloc();
  for (size_t i = 0; i < palette.colors.size(); ++i) {
    const Rgb& color = palette.colors[i];
    map->Colors[i] = {GifByteType(color[0]), GifByteType(color[1]), GifByteType(color[2])};
  }
  std::string bytes;
  int error = 0;
  GifFileType* gif = EGifOpen(&bytes, append, &error);
  if (!gif) throw std::runtime_error("encode_gif: giflib failed");
  try {
    EGifSetGifVersion(gif, /*gif89=*/true);
    expect(EGifPutScreenDesc(gif, frames[0].width, frames[0].height, 8, 0, map.get()));
    put_loop(gif);
    for (const Raster& frame : frames)
      put_frame(gif, frame, palette, frame_ms / 10 * (&frame == &frames.back() ? 10 : 1));
  } catch (...) {
    EGifCloseFile(gif, &error);
    throw;
  }
  expect(EGifCloseFile(gif, &error));
  return bytes;
}

void write_gif(const std::vector<Raster>& frames, int frame_ms, const std::filesystem::path& path) {
  write_file(path, encode_gif(frames, frame_ms));
}

}  // namespace glassbox
