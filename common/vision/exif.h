/// Which way a camera was held: the orientation that JPEG, PNG and WebP keep in a block of Exif, and TIFF itself.
#pragma once

#include <cstdint>
#include <string_view>

namespace glassbox {

/// What the first directory of a TIFF file says, or that of a block of Exif, which is a TIFF without pixels.
struct TiffDirectory {
  int64_t width = 0, height = 0;  ///< 0 = not said
  int orientation = 1;  ///< 1 to 8, Exif 2.3, section 4.6.4: 1 = upright, 6 = turn clockwise to see it upright
};

/// `bytes` may be anything. Never throws.
TiffDirectory read_tiff_directory(std::string_view bytes);

/// The orientation of a whole PNG, JPEG, WebP or TIFF file; 1 if it says none, and for every other file. Never throws.
int find_orientation(std::string_view bytes);

}  // namespace glassbox
