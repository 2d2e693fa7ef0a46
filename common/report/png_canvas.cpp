#include "common/report/png_canvas.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "common/report/encode.h"
#include "common/report/font.h"
#include "common/report/plot.h"

namespace glassbox {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// cairo reports an error for bytes that are no UTF-8, and shows control characters as boxes.
std::string drawable(const std::string& text) {
  std::string line = valid_utf8(text);
  std::replace_if(
      line.begin(), line.end(), [](char letter) { return uint8_t(letter) < 0x20; }, ' ');
  return line;
}

double start_of(Anchor anchor, double width) {
  return anchor == Anchor::kStart ? 0 : anchor == Anchor::kMiddle ? -width / 2 : -width;
}

}  // namespace

PngCanvas::PngCanvas(int width, int height)
    : pixels_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width * kPixelsPerUnit, height * kPixelsPerUnit)),
      pen_(cairo_create(pixels_.get())) {
  cairo_scale(pen_.get(), kPixelsPerUnit, kPixelsPerUnit);
  cairo_set_line_join(pen_.get(), CAIRO_LINE_JOIN_ROUND);
  // Hints would move letters to whole pixels: the text would not be as wide as text_width() says.
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_set_font_options(pen_.get(), options);
  cairo_font_options_destroy(options);
  set_color(palette::kPaper);
  cairo_paint(pen_.get());
}

void PngCanvas::set_color(const PlotColor& color) {
  const auto channel = [&](int shift) { return (color.light >> shift & 255) / 255.0; };
  cairo_set_source_rgb(pen_.get(), channel(16), channel(8), channel(0));
}

void PngCanvas::outline_of(const std::vector<PlotPoint>& points) {
  for (const PlotPoint& point : points) cairo_line_to(pen_.get(), point.x, point.y);
}

void PngCanvas::polyline(const std::vector<PlotPoint>& points, const Stroke& stroke) {
  const double dash[] = {6, 4};
  cairo_set_dash(pen_.get(), dash, stroke.dashed ? 2 : 0, 0);
  cairo_set_line_width(pen_.get(), stroke.width);
  set_color(stroke.color);
  outline_of(points);
  cairo_stroke(pen_.get());
}

void PngCanvas::polygon(const std::vector<PlotPoint>& corners, const PlotColor& fill) {
  set_color(fill);
  outline_of(corners);
  cairo_fill(pen_.get());
}

void PngCanvas::circle(PlotPoint center, double radius, const PlotColor& fill) {
  set_color(fill);
  cairo_arc(pen_.get(), center.x, center.y, radius, 0, 2 * kPi);
  cairo_fill(pen_.get());
}

void PngCanvas::text(PlotPoint where, const Text& text, const TextStyle& style) {
  const std::string line = drawable(text.en);
  cairo_save(pen_.get());
  set_color(style.color);
  cairo_select_font_face(pen_.get(), kFontFamily, CAIRO_FONT_SLANT_NORMAL,
                         style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(pen_.get(), style.size);
  cairo_text_extents_t extents;
  cairo_text_extents(pen_.get(), line.c_str(), &extents);
  cairo_translate(pen_.get(), where.x, where.y);
  cairo_rotate(pen_.get(), style.degrees / 180 * kPi);
  cairo_move_to(pen_.get(), start_of(style.anchor, extents.x_advance), 0);
  cairo_show_text(pen_.get(), line.c_str());
  cairo_new_path(pen_.get());
  cairo_restore(pen_.get());
}

void PngCanvas::image(const PlotBox& box, const Raster& image) {
  const Surface surface = surface_of(image);
  cairo_save(pen_.get());
  cairo_translate(pen_.get(), box.x, box.y);
  cairo_scale(pen_.get(), box.width / image.width, box.height / image.height);
  cairo_set_source_surface(pen_.get(), surface.get(), 0, 0);
  cairo_pattern_set_extend(cairo_get_source(pen_.get()), CAIRO_EXTEND_PAD);  // else its edges fade into the paper
  cairo_rectangle(pen_.get(), 0, 0, image.width, image.height);
  cairo_fill(pen_.get());
  cairo_restore(pen_.get());
}

std::string PngCanvas::png() const {
  const cairo_status_t status = cairo_status(pen_.get());
  if (status != CAIRO_STATUS_SUCCESS)
    throw std::logic_error(std::string("PngCanvas: ") + cairo_status_to_string(status));
  return png_of(pixels_.get());
}

}  // namespace glassbox
