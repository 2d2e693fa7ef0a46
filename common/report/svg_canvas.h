/// Canvas that writes SVG. It stands alone as a file and inside a page, on light and dark paper.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/report/canvas.h"

namespace glassbox {

class SvgCanvas : public Canvas {
 public:
  /// `title` is read aloud by screen readers. `bilingual`: texts that differ are written in both languages, marked
  /// with lang, and the page hides one of them; else in English.
  SvgCanvas(int width, int height, std::string title, bool bilingual = false);

  void polyline(const std::vector<PlotPoint>& points, const Stroke& stroke) override;
  void polygon(const std::vector<PlotPoint>& corners, const PlotColor& fill) override;
  void circle(PlotPoint center, double radius, const PlotColor& fill) override;
  void text(PlotPoint where, const Text& text, const TextStyle& style) override;
  void image(const PlotBox& box, const Raster& image) override;
  void hint(const PlotBox& box, const Text& text) override;

  /// The <svg> element, without XML declaration.
  std::string svg() const;

 private:
  std::string paint(const char* property, const PlotColor& color);

  void add_text(PlotPoint where, const std::string& text, const TextStyle& style, const char* language);
  void add_hint(const PlotBox& box, const std::string& text, const char* language);

  int width_, height_;
  bool bilingual_;
  std::string title_, body_;
  std::map<std::string, std::string> dark_rules_;  // class name -> what it sets on dark paper
};

}  // namespace glassbox
