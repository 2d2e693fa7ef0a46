/// The letters of figures. A layout must fit both back ends, and only a browser knows its own font: everything is laid
/// out for DejaVu Sans, which is wider than what browsers choose.
#pragma once

#include "common/report/text.h"

namespace glassbox {

constexpr const char* kFontFamily = "DejaVu Sans";  // Debian's fonts-dejavu-core

/// In units of `size`, the height of the letters' em box. Of the two languages the wider one counts.
double text_width(const Text& text, double size, bool bold = false);

/// `text`, or as many of its first letters as fit into `width` and "...".
Text fit_text(const Text& text, double size, double width, bool bold = false);

}  // namespace glassbox
