/// Canvas that paints pixels with OpenCV, at twice the resolution of the file, which smooths every edge.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "common/report/canvas.h"

namespace glassbox {

class PngCanvas : public Canvas {
 public:
  static constexpr int kPixelsPerUnit = 2;  ///< a figure of 720 x 440 makes a file of 1440 x 880: sharp on paper too

  PngCanvas(int width, int height);

  void polyline(const std::vector<PlotPoint>& points, const Stroke& stroke) override;
  void polygon(const std::vector<PlotPoint>& corners, const PlotColor& fill) override;
  void circle(PlotPoint center, double radius, const PlotColor& fill) override;
  void text(PlotPoint where, const std::string& text, const TextStyle& style) override;
  void image(const PlotBox& box, const Raster& image) override;
  void hint(const PlotBox&, const std::string&) override {}

  /// The picture as a file's bytes.
  std::string png() const;

  /// The picture at one pixel a unit.
  Raster raster() const;

 private:
  cv::Mat pixels_;  // BGR
};

}  // namespace glassbox
