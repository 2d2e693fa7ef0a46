/// How an image file ends, by its own bytes: decoders fill up what is missing, in silence.
#pragma once

#include <string>
#include <string_view>

namespace glassbox {

/// Throws UserError, "source: want a whole ...", for a PNG that is cut short. Says nothing of other formats: their
/// decoders tell.
void require_whole(std::string_view bytes, const std::string& source);

/// True for a WebP of more than one image.
bool is_animated_webp(std::string_view bytes);

}  // namespace glassbox
