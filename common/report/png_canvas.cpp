#include "common/report/png_canvas.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <sstream>
#include <utility>

#include "common/report/encode.h"

namespace glassbox {
namespace {

constexpr int kOversampling = 2;
constexpr int kZoom = PngCanvas::kPixelsPerUnit * kOversampling;
constexpr int kShift = 4;  // OpenCV takes coordinates in 1/16 pixels
constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;

cv::Scalar bgr(const PlotColor& color) {
  return cv::Scalar(color.light & 255, color.light >> 8 & 255, color.light >> 16 & 255);
}

// OpenCV counts from the middle of the first pixel, we from its corner.
int fine(double units) { return int(std::lround((units * kZoom - 0.5) * (1 << kShift))); }

cv::Point fine(PlotPoint point) { return {fine(point.x), fine(point.y)}; }

std::vector<cv::Point> fine(const std::vector<PlotPoint>& points) {
  std::vector<cv::Point> result;
  for (const PlotPoint& point : points) result.push_back(fine(point));
  return result;
}

/// The pieces of a line that are drawn when it is dashed: 6 on, 4 off.
std::vector<std::vector<PlotPoint>> dashes(const std::vector<PlotPoint>& points) {
  constexpr double kOn = 6, kPeriod = 10;
  std::vector<std::vector<PlotPoint>> pieces;
  double phase = 0;
  for (size_t i = 1; i < points.size(); ++i) {
    const PlotPoint a = points[i - 1], b = points[i];
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    for (double at = 0; at < length;) {
      const bool on = phase < kOn;
      const double step = std::min(length - at, std::max((on ? kOn : kPeriod) - phase, 1e-3));
      const auto between = [&](double d) {
        return PlotPoint{a.x + (b.x - a.x) * d / length, a.y + (b.y - a.y) * d / length};
      };
      if (on && (phase == 0 || at > 0 || pieces.empty())) pieces.push_back({between(at)});
      if (on) pieces.back().push_back(between(at + step));
      at += step;
      phase = phase + step >= kPeriod - 1e-6 ? 0 : phase + step;
    }
  }
  return pieces;
}

std::string ascii(const std::string& text) {
  std::string result;
  for (char byte : text) {
    const auto code = uint8_t(byte);
    if (code >= 0x20 && code < 0x7F) result += byte;
    if (code >= 0xC0 || code == '\t') result += '?';  // the first byte of a longer character
  }
  return result;
}

double start_of(Anchor anchor, double width) {
  return anchor == Anchor::kStart ? 0 : anchor == Anchor::kMiddle ? -width / 2 : -width;
}

/// A line of text in OpenCV's pen strokes. Words are set one by one: Hershey's own space is as wide as a letter.
class Lettering {
 public:
  Lettering(const std::string& text, const TextStyle& style)
      : scale_(style.size * kZoom * 0.66 / 21),  // capitals are 0.66 em high, and 21 pixels at scale 1
        space_(int(std::lround(style.size * kZoom * 0.34))),
        thickness_(std::max(1, int(std::lround(style.size * kZoom * (style.bold ? 0.125 : 0.080))))) {
    std::istringstream stream(ascii(text));
    for (std::string word; stream >> word;) {
      if (!words_.empty()) width_ += space_;
      words_.emplace_back(word, width_);
      width_ += cv::getTextSize(word, kFont, scale_, thickness_, nullptr).width;
    }
  }

  int width() const { return width_; }
  int room() const { return int(24 * scale_) + thickness_; }  // above the baseline, and more than enough below it

  void draw(cv::Mat& image, cv::Point origin, const cv::Scalar& color) const {
    for (const auto& [word, x] : words_)
      cv::putText(image, word, {origin.x + x, origin.y}, kFont, scale_, color, thickness_, cv::LINE_8);
  }

 private:
  double scale_;
  int space_, thickness_, width_ = 0;
  std::vector<std::pair<std::string, int>> words_;  // and where each begins
};

}  // namespace

PngCanvas::PngCanvas(int width, int height) : pixels_(height * kZoom, width * kZoom, CV_8UC3, bgr(palette::kPaper)) {}

void PngCanvas::polyline(const std::vector<PlotPoint>& points, const Stroke& stroke) {
  const int thickness = std::max(1, int(std::lround(stroke.width * kZoom)));
  std::vector<std::vector<cv::Point>> lines;
  if (!stroke.dashed) lines.push_back(fine(points));
  if (stroke.dashed) {
    for (const auto& piece : dashes(points)) lines.push_back(fine(piece));
  }
  cv::polylines(pixels_, lines, /*isClosed=*/false, bgr(stroke.color), thickness, cv::LINE_8, kShift);
}

void PngCanvas::polygon(const std::vector<PlotPoint>& corners, const PlotColor& fill) {
  cv::fillPoly(pixels_, std::vector<std::vector<cv::Point>>{fine(corners)}, bgr(fill), cv::LINE_8, kShift);
}

void PngCanvas::circle(PlotPoint center, double radius, const PlotColor& fill) {
  cv::circle(pixels_, fine(center), int(std::lround(radius * kZoom * (1 << kShift))), bgr(fill), cv::FILLED, cv::LINE_8,
             kShift);
}

void PngCanvas::text(PlotPoint where, const std::string& text, const TextStyle& style) {
  const Lettering lettering(text, style);
  const cv::Point2d at(where.x * kZoom, where.y * kZoom);
  const double start = start_of(style.anchor, lettering.width());
  if (style.degrees == 0)
    return lettering.draw(pixels_, {int(std::lround(at.x + start)), int(std::lround(at.y))}, bgr(style.color));

  // Turned text is drawn level on a stencil, then turned around its anchor, inside the square it can reach.
  const int room = lettering.room(), reach = lettering.width() + 2 * room;
  cv::Mat stencil(2 * room, reach, CV_8U, cv::Scalar(0));
  lettering.draw(stencil, {room, room}, cv::Scalar(255));
  const cv::Rect square(int(at.x) - reach, int(at.y) - reach, 2 * reach, 2 * reach);
  const cv::Rect visible = square & cv::Rect(0, 0, pixels_.cols, pixels_.rows);
  if (visible.empty()) return;
  const cv::Point2d anchor(room - start, room);
  cv::Mat turn = cv::getRotationMatrix2D(anchor, -style.degrees, 1), turned;
  turn.at<double>(0, 2) += at.x - visible.x - anchor.x;
  turn.at<double>(1, 2) += at.y - visible.y - anchor.y;
  cv::warpAffine(stencil, turned, turn, visible.size());
  pixels_(visible).setTo(bgr(style.color), turned > 127);
}

void PngCanvas::image(const PlotBox& box, const Raster& image) {
  check_raster(image);
  const cv::Mat rgb(image.height, image.width, CV_8UC3, const_cast<uint8_t*>(image.rgb.data()));
  const cv::Rect target(cv::Point(int(box.x * kZoom), int(box.y * kZoom)),
                        cv::Point(int((box.x + box.width) * kZoom), int((box.y + box.height) * kZoom)));
  const cv::Rect visible = target & cv::Rect(0, 0, pixels_.cols, pixels_.rows);
  if (visible.empty()) return;
  cv::Mat stretched, converted;
  cv::resize(rgb, stretched, target.size(), 0, 0, cv::INTER_LINEAR);
  cv::cvtColor(stretched, converted, cv::COLOR_RGB2BGR);
  converted(visible - target.tl()).copyTo(pixels_(visible));
}

std::string PngCanvas::png() const {
  cv::Mat small;
  cv::resize(pixels_, small, {}, 1.0 / kOversampling, 1.0 / kOversampling, cv::INTER_AREA);
  return encode_png(small);
}

Raster PngCanvas::raster() const {
  cv::Mat small, rgb;
  cv::resize(pixels_, small, {}, 1.0 / kZoom, 1.0 / kZoom, cv::INTER_AREA);
  cv::cvtColor(small, rgb, cv::COLOR_BGR2RGB);
  return {rgb.cols, rgb.rows, {rgb.datastart, rgb.dataend}};
}

}  // namespace glassbox
