#include "common/report/svg_canvas.h"

#include <cmath>
#include <cstdio>
#include <utility>

#include "common/base/error.h"
#include "common/report/encode.h"

namespace glassbox {
namespace {

/// Hundredths of a pixel are finer than any eye, and keep pages small.
std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  std::string trimmed = text;
  trimmed.erase(trimmed.find_last_not_of('0') + 1);
  if (trimmed.back() == '.') trimmed.pop_back();
  return trimmed == "-0" ? "0" : trimmed;
}

std::string hex(uint32_t rgb) {
  char text[8];
  std::snprintf(text, sizeof text, "%06x", rgb & 0xffffffu);
  return text;
}

std::string attribute(const char* name, double value) { return as_text(" ", name, "=\"", number(value), "\""); }

std::string points_of(const std::vector<PlotPoint>& points) {
  std::string text;
  for (const PlotPoint& point : points) text += (text.empty() ? "" : " ") + number(point.x) + "," + number(point.y);
  return " points=\"" + text + "\"";
}

std::string box_of(const PlotBox& box) {
  return attribute("x", box.x) + attribute("y", box.y) + attribute("width", box.width) +
         attribute("height", box.height);
}

}  // namespace

SvgCanvas::SvgCanvas(int width, int height, std::string title, bool bilingual)
    : width_(width), height_(height), bilingual_(bilingual), title_(std::move(title)) {}

/// The light colour is an attribute, which every viewer knows; the dark one is a class, which only browsers need. The
/// class is named after its colours, so that several figures on one page never disagree.
std::string SvgCanvas::paint(const char* property, const PlotColor& color) {
  std::string attributes = as_text(" ", property, "=\"#", hex(color.light), "\"");
  if (color.light == color.dark) return attributes;
  const std::string name = as_text(property[0], hex(color.light), hex(color.dark));
  dark_rules_[name] = as_text(property, ":#", hex(color.dark));
  return attributes + " class=\"" + name + "\"";
}

void SvgCanvas::polyline(const std::vector<PlotPoint>& points, const Stroke& stroke) {
  body_ += "<polyline fill=\"none\"" + paint("stroke", stroke.color) + attribute("stroke-width", stroke.width);
  if (stroke.dashed) body_ += " stroke-dasharray=\"6 4\"";
  body_ += points_of(points) + "/>\n";
}

void SvgCanvas::polygon(const std::vector<PlotPoint>& corners, const PlotColor& fill) {
  body_ += "<polygon" + paint("fill", fill) + points_of(corners) + "/>\n";
}

void SvgCanvas::circle(PlotPoint center, double radius, const PlotColor& fill) {
  body_ += "<circle" + paint("fill", fill) + attribute("cx", center.x) + attribute("cy", center.y) +
           attribute("r", radius) + "/>\n";
}

void SvgCanvas::text(PlotPoint where, const Text& text, const TextStyle& style) {
  if (!bilingual_ || text.same()) return add_text(where, text.en, style, "");
  add_text(where, text.en, style, " lang=\"en\"");
  add_text(where, text.zh, style, " lang=\"zh\"");
}

void SvgCanvas::add_text(PlotPoint where, const std::string& text, const TextStyle& style, const char* language) {
  body_ += as_text("<text", language) + paint("fill", style.color) + attribute("x", where.x) + attribute("y", where.y) +
           attribute("font-size", style.size);
  if (style.anchor == Anchor::kMiddle) body_ += " text-anchor=\"middle\"";
  if (style.anchor == Anchor::kEnd) body_ += " text-anchor=\"end\"";
  if (style.bold) body_ += " font-weight=\"600\"";
  if (style.degrees != 0)
    body_ += as_text(" transform=\"rotate(", number(style.degrees), " ", number(where.x), " ", number(where.y), ")\"");
  body_ += ">" + escape_xml(text) + "</text>\n";
}

void SvgCanvas::image(const PlotBox& box, const Raster& image) {
  body_ +=
      "<image" + box_of(box) + " preserveAspectRatio=\"none\" href=\"" + png_data_uri(encode_png(image)) + "\"/>\n";
}

void SvgCanvas::hint(const PlotBox& box, const Text& text) {
  if (!bilingual_ || text.same()) return add_hint(box, text.en, "");
  add_hint(box, text.en, " lang=\"en\"");
  add_hint(box, text.zh, " lang=\"zh\"");
}

void SvgCanvas::add_hint(const PlotBox& box, const std::string& text, const char* language) {
  body_ +=
      as_text("<rect fill-opacity=\"0\"", language, box_of(box), "><title>", escape_xml(text), "</title></rect>\n");
}

std::string SvgCanvas::svg() const {
  std::string rules;
  for (const auto& [name, rule] : dark_rules_) rules += "." + name + "{" + rule + "}";
  const std::string title = escape_xml(title_);
  return as_text("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", width_, "\" height=\"", height_,
                 "\" viewBox=\"0 0 ", width_, " ", height_, "\" role=\"img\" aria-label=\"", title,
                 "\" stroke-linejoin=\"round\" font-family=\"system-ui, 'Segoe UI', 'Noto Sans', Helvetica, "
                 "sans-serif\">\n<style>@media screen and (prefers-color-scheme:dark){",
                 rules, "}</style>\n", body_, "</svg>\n");
}

}  // namespace glassbox
