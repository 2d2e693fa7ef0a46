/// A few drawing primitives with two back ends: SVG text for pages, PNG pixels for files.
/// A figure is drawn once against Canvas. Units are CSS pixels, x to the right, y downwards, text is UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/report/text.h"

namespace glassbox {

struct PlotPoint {
  double x = 0, y = 0;
};

/// x, y is the top left corner.
struct PlotBox {
  double x = 0, y = 0, width = 0, height = 0;
};

/// 0xRRGGBB on a light page and on a dark one. PNG files are always light.
struct PlotColor {
  uint32_t light = 0, dark = 0;
};

/// The colours a figure is made of. The series colours are Okabe and Ito's (2008), told apart with any colour vision,
/// without their yellow, which vanishes on white; lightened on dark paper.
namespace palette {
constexpr size_t kSeriesColors = 7;
constexpr PlotColor kPaper{0xffffff, 0x161b22};  ///< also the background of an HtmlPage's figures
constexpr PlotColor kInk{0x1f2328, 0xe6edf3};
constexpr PlotColor kMuted{0x59636e, 0x9aa4af};
constexpr PlotColor kGrid{0xe4e8ec, 0x2b323b};
PlotColor series(size_t index);                                              ///< repeats after kSeriesColors
PlotColor mix(const PlotColor& from, const PlotColor& to, double fraction);  ///< fraction 0 is `from`, 1 is `to`
PlotColor text_on(const PlotColor& background);  ///< black or white, which can be read on it
}  // namespace palette

struct Stroke {
  PlotColor color = palette::kInk;
  double width = 1;
  bool dashed = false;
};

enum class Anchor { kStart, kMiddle, kEnd };

struct TextStyle {
  double size = 12;  ///< height of the letters' em box
  PlotColor color = palette::kInk;
  Anchor anchor = Anchor::kStart;  ///< which part of the text lies at the point
  bool bold = false;
  double degrees = 0;  ///< clockwise around the point; -90 reads upwards
};

/// width x height pixels, row by row from the top, 3 bytes each.
struct Raster {
  int width = 0, height = 0;
  std::vector<uint8_t> rgb;
};

/// Throws std::logic_error unless `raster` has width x height x 3 bytes and at least one pixel.
void check_raster(const Raster& raster);

class Canvas {
 public:
  virtual ~Canvas() = default;

  virtual void polyline(const std::vector<PlotPoint>& points, const Stroke& stroke) = 0;
  virtual void polygon(const std::vector<PlotPoint>& corners, const PlotColor& fill) = 0;
  virtual void circle(PlotPoint center, double radius, const PlotColor& fill) = 0;
  /// The point is on the baseline. PNG is English, and letters that kFontFamily lacks (Chinese names) become boxes.
  virtual void text(PlotPoint where, const Text& text, const TextStyle& style) = 0;
  /// `image` stretched over `box`. Throws std::logic_error if its bytes are not width x height x 3.
  virtual void image(const PlotBox& box, const Raster& image) = 0;
  /// What the mouse pointer reads over `box`. PNG has none.
  virtual void hint(const PlotBox& box, const Text& text) = 0;

  void line(PlotPoint from, PlotPoint to, const Stroke& stroke) { polyline({from, to}, stroke); }
  void rectangle(const PlotBox& box, const PlotColor& fill);
  void outline(const PlotBox& box, const Stroke& stroke);
};

}  // namespace glassbox
