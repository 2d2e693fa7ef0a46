/// Canvas that paints pixels with cairo, kPixelsPerUnit (plot.h) a unit.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/report/canvas.h"
#include "common/report/surface.h"

namespace glassbox {

class PngCanvas : public Canvas {
 public:
  PngCanvas(int width, int height);

  void polyline(const std::vector<PlotPoint>& points, const Stroke& stroke) override;
  void polygon(const std::vector<PlotPoint>& corners, const PlotColor& fill) override;
  void circle(PlotPoint center, double radius, const PlotColor& fill) override;
  void text(PlotPoint where, const Text& text, const TextStyle& style) override;
  void image(const PlotBox& box, const Raster& image) override;
  void hint(const PlotBox&, const Text&) override {}

  /// The image as a file's bytes. Throws std::logic_error if drawing failed.
  std::string png() const;

 private:
  struct DestroyPen {
    void operator()(cairo_t* pen) const { cairo_destroy(pen); }
  };

  void set_color(const PlotColor& color);
  void outline_of(const std::vector<PlotPoint>& points);

  Surface pixels_;
  std::unique_ptr<cairo_t, DestroyPen> pen_;
};

}  // namespace glassbox
