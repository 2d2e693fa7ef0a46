#include "common/report/font.h"

#include <cairo.h>
#include <utf8cpp/utf8.h>

#include <algorithm>

#include "common/report/encode.h"

namespace glassbox {
namespace {

constexpr double kMeasuredSize = 100;

cairo_scaled_font_t* font_to_measure(cairo_font_weight_t weight) {
  cairo_matrix_t size, no_change;
  cairo_matrix_init_scale(&size, kMeasuredSize, kMeasuredSize);
  cairo_matrix_init_identity(&no_change);
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_face_t* face = cairo_toy_font_face_create(kFontFamily, CAIRO_FONT_SLANT_NORMAL, weight);
  cairo_scaled_font_t* font = cairo_scaled_font_create(face, &size, &no_change, options);
  cairo_font_face_destroy(face);
  cairo_font_options_destroy(options);
  return font;
}

double width_in_font(const std::string& text, bool bold) {
  static cairo_scaled_font_t* const regular = font_to_measure(CAIRO_FONT_WEIGHT_NORMAL);
  static cairo_scaled_font_t* const strong = font_to_measure(CAIRO_FONT_WEIGHT_BOLD);
  cairo_text_extents_t extents;
  cairo_scaled_font_text_extents(bold ? strong : regular, text.c_str(), &extents);
  return extents.x_advance / kMeasuredSize;
}

/// Chinese, Japanese and Korean letters are not in the font: a browser takes them from another, 1 em wide.
bool is_one_em_wide(uint32_t code) { return code >= 0x2E80 && code != kReplacementCode; }

double width_of(const std::string& text, double size, bool bold) {
  const std::string letters = valid_utf8(text);
  std::string narrow;
  double ems = 0;
  for (auto at = letters.begin(); at != letters.end();) {
    const auto begin = at;
    if (is_one_em_wide(utf8::next(at, letters.end()))) {
      ems += 1;
    } else {
      narrow.append(begin, at);
    }
  }
  return size * (ems + width_in_font(narrow, bold));
}

std::string fitting_part(const std::string& text, double size, double width, bool bold) {
  if (width_of(text, size, bold) <= width) return text;
  std::string letters = valid_utf8(text);
  while (!letters.empty() && width_of(letters + "...", size, bold) > width) {
    auto last = letters.end();
    utf8::prior(last, letters.begin());
    letters.erase(last, letters.end());
  }
  return letters + "...";
}

}  // namespace

double text_width(const Text& text, double size, bool bold) {
  const double english = width_of(text.en, size, bold);
  return text.same() ? english : std::max(english, width_of(text.zh, size, bold));
}

Text fit_text(const Text& text, double size, double width, bool bold) {
  return {fitting_part(text.en, size, width, bold), fitting_part(text.zh, size, width, bold)};
}

}  // namespace glassbox
