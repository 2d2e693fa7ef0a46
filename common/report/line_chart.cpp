#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "common/report/axes.h"
#include "common/report/font.h"
#include "common/report/format.h"
#include "common/report/plot.h"

namespace glassbox {
namespace {

constexpr int kWidth = 560, kHeight = 350;
constexpr size_t kMostDots = 60;     // a series of more points is a plain line
constexpr double kPointsAPixel = 2;  // more than this many are thinned out: nobody can see them, every file has them

struct Range {
  double low = INFINITY, high = -INFINITY;
  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

bool is_drawn(const LineChart& chart, double x, double y) {
  if (!(std::abs(x) <= kLargestDrawn && std::abs(y) <= kLargestDrawn)) return false;
  return (!chart.log_x || x >= 1 / kLargestDrawn) && (!chart.log_y || y >= 1 / kLargestDrawn);
}

bool all_whole(const LineChart& chart) {
  for (const LineSeries& series : chart.series) {
    for (double x : series.x) {
      if (std::isfinite(x) && x != std::floor(x)) return false;
    }
  }
  return true;
}

LegendEntry legend_entry(const LineSeries& series, size_t index) {
  const bool dashed = series.dashed != (index / palette::kSeriesColors % 2 == 1);  // colours repeat: dashes tell apart
  return {series.name, palette::series(index), dashed ? LegendEntry::Sign::kDashedLine : LegendEntry::Sign::kLine};
}

/// The lowest and the highest point of each half pixel column: the line looks the same with a fraction of the points.
std::vector<PlotPoint> thinned(const std::vector<PlotPoint>& points, double width) {
  if (double(points.size()) <= 2 * kPointsAPixel * width) return points;
  std::vector<PlotPoint> kept;
  const auto column = [](const PlotPoint& point) { return std::floor(point.x * kPointsAPixel); };
  for (size_t begin = 0, end = 0; begin < points.size(); begin = end) {
    size_t low = begin, high = begin;
    for (end = begin; end < points.size() && column(points[end]) == column(points[begin]); ++end) {
      if (points[end].y < points[low].y) low = end;
      if (points[end].y > points[high].y) high = end;
    }
    kept.push_back(points[std::min(low, high)]);
    if (low != high) kept.push_back(points[std::max(low, high)]);
  }
  return kept;
}

class LinePlotter {
 public:
  LinePlotter(const LineChart& chart, Canvas& canvas) : chart_(chart), canvas_(canvas) {}

  void draw() {
    draw_title(canvas_, chart_.title, kWidth);
    measure();
    if (!(x_range_.low <= x_range_.high)) return draw_no_data(canvas_, kWidth, kHeight);
    lay_out();
    draw_axes();
    draw_marker();
    for (size_t i = 0; i < chart_.series.size(); ++i) draw_series(i);
  }

 private:
  void measure() {
    for (const LineSeries& series : chart_.series) {
      for (size_t i = 0; i < series.x.size(); ++i) {
        if (!is_drawn(chart_, series.x[i], series.y[i])) continue;
        x_range_.include(series.x[i]);
        y_range_.include(series.y[i]);
      }
    }
  }

  void lay_out() {
    for (size_t i = 0; i < chart_.series.size(); ++i) {
      if (!chart_.series[i].name.empty()) legend_.push_back(legend_entry(chart_.series[i], i));
    }
    y_ticks_ = chart_.log_y ? log_ticks(y_range_.low, y_range_.high) : nice_ticks(y_range_.low, y_range_.high, 6);
    for (const std::string& label : y_ticks_.labels)
      label_width_ = std::max(label_width_, text_width(label, kTickSize));
    const double legend_height = draw_legend(nullptr, {}, kWidth - 2 * kMargin, legend_);
    const double left = kMargin + (chart_.y_label.empty() ? 0 : 22) + label_width_ + 8;
    const double top = kTitleHeight + legend_height + 12, bottom = kHeight - (chart_.x_label.empty() ? 32 : 54);
    plot_ = {left, top, kWidth - kMargin - 6 - left, std::max(60.0, bottom - top)};

    const Ticks x_all = chart_.log_x ? log_ticks(x_range_.low, x_range_.high)
                                     : nice_ticks(x_range_.low, x_range_.high, 8, all_whole(chart_));
    if (x_range_.low == x_range_.high) x_range_ = {x_all.at.front(), x_all.at.back()};
    x_ticks_ = only_within(x_all, x_range_.low, x_range_.high);
    x_axis_ = {x_range_.low, x_range_.high, plot_.x + 8, plot_.x + plot_.width - 8, chart_.log_x};
    y_axis_ = {y_ticks_.at.front(), y_ticks_.at.back(), plot_.y + plot_.height, plot_.y, chart_.log_y};
  }

  void draw_axes() {
    draw_legend(&canvas_, {kMargin, kTitleHeight}, kWidth - 2 * kMargin, legend_);
    draw_y_ticks(canvas_, plot_, y_axis_, y_ticks_);
    draw_x_ticks(canvas_, plot_, x_axis_, x_ticks_);
    draw_axis_labels(canvas_, plot_, chart_.x_label, chart_.y_label, label_width_ + 22);
  }

  void draw_marker() {
    const double x = chart_.marker.x;
    if (chart_.marker.text.empty() || !(x >= x_range_.low && x <= x_range_.high)) return;
    const double at = x_axis_.place(x);
    const bool on_the_right = at > plot_.x + plot_.width / 2;
    canvas_.line({at, plot_.y}, {at, plot_.y + plot_.height}, {palette::kMuted, 1, true});
    const TextStyle style{kTickSize, palette::kMuted, on_the_right ? Anchor::kEnd : Anchor::kStart, false, 0};
    canvas_.text({at + (on_the_right ? -6 : 6), plot_.y + 11}, chart_.marker.text, style);
  }

  void draw_series(size_t index) {
    const LineSeries& series = chart_.series[index];
    std::vector<PlotPoint> run;
    for (size_t i = 0; i < series.x.size(); ++i) {
      if (is_drawn(chart_, series.x[i], series.y[i])) {
        run.push_back({x_axis_.place(series.x[i]), y_axis_.place(series.y[i])});
      } else {
        draw_run(run, index);
        run.clear();
      }
    }
    draw_run(run, index);
    if (series.x.size() <= kMostDots) draw_hints(series);
  }

  /// One stretch without gaps.
  void draw_run(const std::vector<PlotPoint>& run, size_t index) {
    const LegendEntry entry = legend_entry(chart_.series[index], index);
    const bool dashed = entry.sign == LegendEntry::Sign::kDashedLine;
    const double pen = double(run.size()) > 2 * plot_.width ? 1 : 2;  // a thick pen would fill noise in
    if (run.size() > 1) canvas_.polyline(thinned(run, plot_.width), {entry.color, pen, dashed});
    const bool dots = run.size() == 1 || chart_.series[index].x.size() <= kMostDots;
    for (const PlotPoint& point : run) {
      if (dots) canvas_.circle(point, run.size() == 1 ? 3.5 : 2.5, entry.color);
    }
  }

  void draw_hints(const LineSeries& series) {
    const Text x_label = chart_.x_label.empty() ? Text("x") : chart_.x_label;
    for (size_t i = 0; i < series.x.size(); ++i) {
      if (!is_drawn(chart_, series.x[i], series.y[i])) continue;
      const double x = x_axis_.place(series.x[i]), y = y_axis_.place(series.y[i]);
      const Text name = series.name.empty() ? Text() : series.name + ", ";
      canvas_.hint({x - 6, y - 6, 12, 12},
                   name + x_label + " " + format_number(series.x[i], 6) + ": " + format_number(series.y[i], 5));
    }
  }

  const LineChart& chart_;
  Canvas& canvas_;
  Range x_range_, y_range_;
  Ticks x_ticks_, y_ticks_;
  Axis x_axis_, y_axis_;
  PlotBox plot_;
  std::vector<LegendEntry> legend_;
  double label_width_ = 0;
};

}  // namespace

Figure::Figure(const LineChart& chart) : Figure(kWidth, kHeight, chart.title, nullptr) {
  for (const LineSeries& series : chart.series) {
    if (series.x.size() != series.y.size())
      throw std::logic_error("LineChart: series \"" + series.name.en + "\" has x and y of different lengths");
  }
  draw = [chart](Canvas& canvas) { LinePlotter(chart, canvas).draw(); };
}

}  // namespace glassbox
