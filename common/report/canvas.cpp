#include "common/report/canvas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace glassbox {
namespace palette {
namespace {

constexpr std::array<PlotColor, kSeriesColors> kSeries = {{
    {0x0072b2, 0x3d9bd9},  // blue
    {0xd55e00, 0xf0803c},  // vermillion
    {0x009e73, 0x2fbf95},  // bluish green
    {0xcc79a7, 0xd98fb8},  // reddish purple
    {0xe69f00, 0xf0b63a},  // orange
    {0x56b4e9, 0x9bd3f5},  // sky blue
    {0x1f2328, 0xe6edf3},  // black, which is ink here
}};

double channel(uint32_t rgb, int shift) { return double(rgb >> shift & 255); }

uint32_t mix_rgb(uint32_t from, uint32_t to, double fraction) {
  uint32_t mixed = 0;
  for (int shift : {16, 8, 0}) {
    const double value = channel(from, shift) * (1 - fraction) + channel(to, shift) * fraction;
    mixed |= uint32_t(std::lround(value)) << shift;
  }
  return mixed;
}

/// Relative luminance in [0, 1] (WCAG 2.1).
double luminance(uint32_t rgb) {
  const auto linear = [&](int shift) {
    const double value = channel(rgb, shift) / 255;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0);
}

// 0.18 is where black and white letters have the same contrast: (0.18 + 0.05)^2 = 1.05 x 0.05.
uint32_t readable_on(uint32_t rgb) { return luminance(rgb) > 0.18 ? 0x0d1117 : 0xffffff; }

}  // namespace

PlotColor series(size_t index) { return kSeries[index % kSeries.size()]; }

PlotColor mix(const PlotColor& from, const PlotColor& to, double fraction) {
  fraction = std::clamp(fraction, 0.0, 1.0);
  return {mix_rgb(from.light, to.light, fraction), mix_rgb(from.dark, to.dark, fraction)};
}

PlotColor text_on(const PlotColor& background) { return {readable_on(background.light), readable_on(background.dark)}; }

}  // namespace palette

void check_raster(const Raster& raster) {
  const bool whole =
      raster.width > 0 && raster.height > 0 && raster.rgb.size() == size_t(raster.width) * size_t(raster.height) * 3;
  if (!whole) throw std::logic_error("Raster: want width x height x 3 bytes and at least one pixel");
}

void Canvas::rectangle(const PlotBox& box, const PlotColor& fill) {
  const double right = box.x + box.width, bottom = box.y + box.height;
  polygon({{box.x, box.y}, {right, box.y}, {right, bottom}, {box.x, bottom}}, fill);
}

void Canvas::outline(const PlotBox& box, const Stroke& stroke) {
  const double right = box.x + box.width, bottom = box.y + box.height;
  polyline({{box.x, box.y}, {right, box.y}, {right, bottom}, {box.x, bottom}, {box.x, box.y}}, stroke);
}

}  // namespace glassbox
