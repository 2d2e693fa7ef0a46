/// BMP files whose pixels are numbers with a mask for each colour, which OpenCV mixes up: any masks, and transparency.
/// No OpenCV here, so that a fuzzer can try millions of files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/vision/image_header.h"

namespace glassbox {

/// True for a BMP with masks (BI_BITFIELDS, BI_ALPHABITFIELDS).
bool has_masks(std::string_view bmp);

/// Blue, green, red and alpha of each pixel, 8 bits, from the top left. `header` is that of `bmp`, of at most 2^26
/// pixels. Where every alpha is 0 the mask was not meant: all is opaque, as in browsers. Throws UserError, "source:
/// want ...", for other than 16 or 32 bits a pixel and for pixels that are not all there.
std::vector<uint8_t> decode_masked_bmp(std::string_view bmp, const ImageHeader& header, const std::string& source);

}  // namespace glassbox
