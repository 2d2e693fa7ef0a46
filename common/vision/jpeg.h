/// JPEG bytes to pixels in one decode, which also tells what is missing: libjpeg fills that up and only warns.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <string_view>

#include "common/vision/image_header.h"

namespace glassbox {

/// 8 bits, grey (`channels` 1) or blue, green, red (3), of header's size divided by `reduced_by` (1, 2, 4, 8) and
/// rounded up; as stored, a camera's turn is not undone. What viewers show is read: bytes between the segments, more
/// behind the pixels (up to an eighth of the file), no end marker. Throws UserError, "source: want a whole JPEG image,
/// ...", for pixels that are missing or damaged, and if libjpeg finds another size than `header`. Damage that breaks no
/// code and leaves no byte over cannot be seen: a JPEG has no checksum.
cv::Mat decode_jpeg(std::string_view bytes, const ImageHeader& header, const std::string& source, int channels,
                    int reduced_by);

}  // namespace glassbox
