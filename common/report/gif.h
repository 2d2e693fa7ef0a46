/// Animated GIF files: for slides and chats, where a page with a slider cannot go.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/report/canvas.h"

namespace glassbox {

/// The bytes of a GIF that loops for ever. `frames`: at least one, all of one size. Each is seen for `frame_ms`, in
/// hundredths of a second, the last one ten times as long. Colours so near that 256 cannot tell them apart become
/// their mean. Throws std::logic_error for frames of different sizes.
std::string encode_gif(const std::vector<Raster>& frames, int frame_ms);

/// Writes it atomically. Throws UserError if it cannot be written.
void write_gif(const std::vector<Raster>& frames, int frame_ms, const std::filesystem::path& path);

}  // namespace glassbox
