#include "common/vision/gif_frame.h"

#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "common/base/error.h"

namespace glassbox {
namespace {

int read_from_memory(GifFileType* gif, GifByteType* to, int count) {
  auto& left = *static_cast<std::string_view*>(gif->UserData);
  const size_t given = std::min(size_t(std::max(count, 0)), left.size());
  std::memcpy(to, left.data(), given);
  left.remove_prefix(given);
  return int(given);
}

struct Close {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};

/// Walks to the first picture; returns the transparent colour's number on the way, -1 if there is none.
int find_picture(GifFileType* gif, const std::string& damaged) {
  int transparent = -1;
  for (GifRecordType type = UNDEFINED_RECORD_TYPE; type != IMAGE_DESC_RECORD_TYPE;) {
    require(DGifGetRecordType(gif, &type) == GIF_OK && type != TERMINATE_RECORD_TYPE, damaged);
    if (type != EXTENSION_RECORD_TYPE) continue;
    int code = 0;
    GifByteType* block = nullptr;  // its length, then the bytes
    require(DGifGetExtension(gif, &code, &block) == GIF_OK, damaged);
    GraphicsControlBlock control;
    const bool shows = code == GRAPHICS_EXT_FUNC_CODE && block != nullptr;
    if (shows && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) transparent = control.TransparentColor;
    while (block != nullptr) require(DGifGetExtensionNext(gif, &block) == GIF_OK, damaged);
  }
  require(DGifGetImageDesc(gif) == GIF_OK, damaged);
  return transparent;
}

/// The rows of the picture in the order in which they are stored.
std::vector<int> row_order(int rows, bool interlaced) {
  std::vector<int> order;
  if (!interlaced) {
    for (int row = 0; row < rows; ++row) order.push_back(row);
    return order;
  }
  const int first[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};  // GIF89a, appendix E
  for (int pass = 0; pass < 4; ++pass) {
    for (int row = first[pass]; row < rows; row += step[pass]) order.push_back(row);
  }
  return order;
}

}  // namespace

cv::Mat decode_first_gif_frame(std::string_view bytes, const std::string& source) {
  const std::string damaged = source + ": want a whole GIF image, got a damaged one; fetch or save it again";
  std::string_view left = bytes;
  const std::unique_ptr<GifFileType, Close> gif(DGifOpen(&left, read_from_memory, nullptr));
  require(gif != nullptr, damaged);
  const int transparent = find_picture(gif.get(), damaged);
  const GifImageDesc& frame = gif->Image;
  const ColorMapObject* colours = frame.ColorMap ? frame.ColorMap : gif->SColorMap;
  constexpr int64_t kMostPixels = int64_t{1} << 26;
  for (const auto& [width, height] : {std::pair(gif->SWidth, gif->SHeight), std::pair(frame.Width, frame.Height)}) {
    require(colours != nullptr && width > 0 && height > 0, damaged);
    require(int64_t(width) * height <= kMostPixels, source, ": want at most 2^26 pixels, got ", width, "x", height);
  }
  cv::Mat canvas(gif->SHeight, gif->SWidth, CV_8UC3, cv::Scalar::all(255));
  std::vector<GifPixelType> line(size_t(frame.Width));
  for (int row : row_order(frame.Height, frame.Interlace)) {
    require(DGifGetLine(gif.get(), line.data(), frame.Width) == GIF_OK, damaged);
    const int y = frame.Top + row;
    for (int x = 0; y < canvas.rows && x < frame.Width && frame.Left + x < canvas.cols; ++x) {
      const int colour = line[size_t(x)];
      if (colour == transparent || colour >= colours->ColorCount) continue;
      const GifColorType& value = colours->Colors[colour];
      canvas.at<cv::Vec3b>(y, frame.Left + x) = {value.Blue, value.Green, value.Red};
    }
  }
  return canvas;
}

}  // namespace glassbox
