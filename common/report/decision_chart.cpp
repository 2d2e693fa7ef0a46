#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "common/report/axes.h"
#include "common/report/plot.h"

namespace glassbox {
namespace {

constexpr int kWidth = 540;
constexpr double kLeft = 72, kPlotWidth = kWidth - kLeft - kMargin - 8;
constexpr double kPaleness = 0.62;  // how far the surface is from its colour: points of the same colour must stand out

class DecisionPlotter {
 public:
  explicit DecisionPlotter(const DecisionChart& chart) : chart_(chart) {
    for (size_t i = 0; i < chart.classes.size(); ++i)
      legend_.push_back({chart.classes[i], palette::series(i), LegendEntry::Sign::kDot});
    const double top = kTitleHeight + draw_legend(nullptr, {}, kWidth - 2 * kMargin, legend_) + 10;
    const double aspect = (chart.y1 - chart.y0) / (chart.x1 - chart.x0);
    plot_ = {kLeft, top, kPlotWidth, std::clamp(kPlotWidth * aspect, 240.0, 600.0)};
    x_axis_ = {chart.x0, chart.x1, plot_.x, plot_.x + plot_.width, false};
    y_axis_ = {chart.y0, chart.y1, plot_.y + plot_.height, plot_.y, false};
  }

  int height() const { return int(plot_.y + plot_.height + 56); }
  PlotBox plot() const { return plot_; }

  void draw(Canvas& canvas) const {
    draw_title(canvas, chart_.title, kWidth);
    draw_legend(&canvas, {kMargin, kTitleHeight}, kWidth - 2 * kMargin, legend_);
    const PlotBox no_lines{plot_.x, plot_.y, 0, plot_.height};  // the surface would hide them, a film's would not
    draw_y_ticks(canvas, no_lines, y_axis_, only_within(nice_ticks(chart_.y0, chart_.y1, 7), chart_.y0, chart_.y1));
    if (chart_.raster.width > 0) canvas.image(plot_, chart_.raster);
    for (const PlaneLine& line : chart_.lines) draw_line(canvas, line);
    for (const ClassPoint& point : chart_.points) draw_point(canvas, point);
    draw_x_ticks(canvas, plot_, x_axis_, only_within(nice_ticks(chart_.x0, chart_.x1, 8), chart_.x0, chart_.x1));
    draw_axis_labels(canvas, plot_, chart_.x_label, chart_.y_label, 44);
  }

 private:
  /// The part of the line inside the plot: it enters and leaves where it crosses the four borders.
  void draw_line(Canvas& canvas, const PlaneLine& line) const {
    std::vector<PlotPoint> ends;
    const auto add = [&](double x, double y) {
      const double slack = 1e-9 * (std::abs(chart_.x1 - chart_.x0) + std::abs(chart_.y1 - chart_.y0));
      const bool inside =
          x >= chart_.x0 - slack && x <= chart_.x1 + slack && y >= chart_.y0 - slack && y <= chart_.y1 + slack;
      if (inside) ends.push_back({x_axis_.place(x), y_axis_.place(y)});
    };
    for (double x : {chart_.x0, chart_.x1}) {
      if (line.w2 != 0) add(x, -(line.w1 * x + line.bias) / line.w2);
    }
    for (double y : {chart_.y0, chart_.y1}) {
      if (line.w1 != 0) add(-(line.w2 * y + line.bias) / line.w1, y);
    }
    constexpr PlotColor kLine{0x1f2328, 0x1f2328}, kPale{0xffffff, 0xffffff};  // the surface is pale on dark paper too
    for (size_t i = 1; i < ends.size(); ++i) {
      canvas.line(ends[0], ends[i], {palette::mix(kPale, kLine, line.fraction), line.fraction == 1 ? 2.0 : 1.0});
    }
  }

  void draw_point(Canvas& canvas, const ClassPoint& point) const {
    const bool inside = point.x >= chart_.x0 && point.x <= chart_.x1 && point.y >= chart_.y0 && point.y <= chart_.y1;
    if (!inside || point.label < 0) return;
    const double radius = chart_.points.size() > 500 ? 2.2 : 3.5;
    const PlotPoint center{x_axis_.place(point.x), y_axis_.place(point.y)};
    constexpr PlotColor kRim{0xffffff, 0xffffff};
    const uint32_t color = palette::series(size_t(point.label)).light;  // the surface is pale on dark paper too
    canvas.circle(center, radius + 1, kRim);
    canvas.circle(center, radius, {color, color});
  }

  const DecisionChart chart_;
  std::vector<LegendEntry> legend_;
  PlotBox plot_;
  Axis x_axis_, y_axis_;
};

}  // namespace

Raster decision_raster(int width, int height, const std::vector<std::vector<double>>& probabilities) {
  if (width < 1 || height < 1 || probabilities.size() != size_t(width) * size_t(height))
    throw std::logic_error("decision_raster: want width x height entries");
  Raster raster{width, height, {}};
  for (const std::vector<double>& pixel : probabilities) {
    for (int shift : {16, 8, 0}) {
      double value = 0;
      for (size_t i = 0; i < pixel.size(); ++i) {
        const double color = palette::series(i).light >> shift & 255;
        if (std::isfinite(pixel[i])) value += pixel[i] * (255 * kPaleness + color * (1 - kPaleness));
      }
      raster.rgb.push_back(uint8_t(std::lround(std::clamp(value, 0.0, 255.0))));
    }
  }
  return raster;
}

PlotBox surface_box(const DecisionChart& chart) { return DecisionPlotter(chart).plot(); }

Figure::Figure(const DecisionChart& chart) : Figure(kWidth, 0, chart.title, nullptr) {
  const bool ranges = chart.x0 < chart.x1 && chart.y0 < chart.y1 && std::abs(chart.x0) < 1e100 &&
                      std::abs(chart.x1) < 1e100 && std::abs(chart.y0) < 1e100 && std::abs(chart.y1) < 1e100;
  if (!ranges) throw std::logic_error("DecisionChart: want x0 < x1 and y0 < y1, finite");
  if (chart.raster.width > 0) check_raster(chart.raster);
  const DecisionPlotter plotter(chart);
  height = plotter.height();
  draw = [plotter](Canvas& canvas) { plotter.draw(canvas); };
}

}  // namespace glassbox
