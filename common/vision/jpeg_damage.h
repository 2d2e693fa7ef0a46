/// Whether the pixels of a JPEG are all there: libjpeg fills up what is missing and only warns.
#pragma once

#include <string>
#include <string_view>

namespace glassbox {

/// What libjpeg finds wrong with the pixels of a whole JPEG file, in its words; empty if nothing. Decodes the file
/// once, at an eighth of its size, and prints nothing. Bytes between the segments (up to an eighth of the file) and
/// unknown versions are no damage: they are common and cost no pixel. Damage that breaks no code and leaves no byte
/// over cannot be seen: a JPEG has no checksum.
std::string jpeg_damage(std::string_view bytes);

}  // namespace glassbox
