#include "common/inside/charts.h"

#include <algorithm>
#include <cmath>

#include "common/base/error.h"
#include "common/report/axes.h"

namespace glassbox {
namespace {

constexpr int kWidth = 560, kHeight = 300, kRows = 96;
constexpr PlotBox kPlot{76, 52, 460, 188};
constexpr double kContrast = 0.5;  // exponent: fractions of a percent can be seen beside a half
const Text kStepLabel = {"step", "步"};

struct Range {
  double low = INFINITY, high = -INFINITY;
};

using Columns = std::vector<Histogram>;

Range range_of(const Columns& columns) {
  Range range;
  for (const Histogram& column : columns) {
    if (column.counts.empty()) continue;
    range.low = std::min(range.low, column.low);
    range.high = std::max(range.high, column.high);
  }
  if (range.low == range.high) range = {range.low - 0.5, range.high + 0.5};
  return range;
}

/// The fraction of a histogram's values that lies in each of kRows equal rows of `range`, the lowest first.
std::vector<double> row_fractions(const Histogram& histogram, const Range& range) {
  std::vector<double> fractions(size_t(kRows), 0);
  double all = 0;
  for (int64_t count : histogram.counts) all += double(count);
  const double row_height = (range.high - range.low) / kRows;
  const double bins = double(histogram.counts.size()), bin_height = (histogram.high - histogram.low) / bins;
  for (size_t row = 0; row < fractions.size() && all > 0; ++row) {
    const double middle = range.low + (double(row) + 0.5) * row_height;
    if (bin_height <= 0) {  // all values are the same: they lie in one row
      const bool here = std::abs(histogram.low - middle) <= row_height / 2;
      fractions[row] = here ? 1 : 0;
    } else if (middle >= histogram.low && middle <= histogram.high) {
      const auto bin = std::min(size_t((middle - histogram.low) / bin_height), histogram.counts.size() - 1);
      fractions[row] = double(histogram.counts[bin]) / all * std::min(1.0, row_height / bin_height);
    }
  }
  return fractions;
}

Raster raster_of(const Columns& columns, const Range& range) {
  std::vector<std::vector<double>> fractions;
  double most = 1e-12;
  for (const Histogram& column : columns) {
    fractions.push_back(row_fractions(column, range));
    most = std::max(most, *std::max_element(fractions.back().begin(), fractions.back().end()));
  }
  constexpr int kStretch = 8;  // pixels a column: browsers smooth what they enlarge
  Raster raster{int(columns.size()) * kStretch, kRows, {}};
  for (int row = kRows - 1; row >= 0; --row) {
    for (const auto& column : fractions) {
      const double fraction = std::pow(column[size_t(row)] / most, kContrast);
      const uint32_t color = palette::mix(palette::kPaper, palette::series(0), fraction).light;
      for (int i = 0; i < kStretch; ++i) {
        for (int shift : {16, 8, 0}) raster.rgb.push_back(uint8_t(color >> shift));
      }
    }
  }
  return raster;
}

/// At most seven columns, the first and the last among them, have their step written below.
Ticks step_ticks(const std::vector<int64_t>& steps) {
  Ticks ticks;
  const size_t shown = std::min<size_t>(steps.size(), 7);
  for (size_t i = 0; i < shown; ++i) {
    const size_t at = shown == 1 ? 0 : i * (steps.size() - 1) / (shown - 1);
    ticks.at.push_back(double(at) + 0.5);
    ticks.labels.push_back(std::to_string(steps[at]));
  }
  return ticks;
}

void draw_columns(Canvas& canvas, const Text& title, const Text& label, const Columns& columns, const Ticks& steps) {
  draw_title(canvas, title, kWidth);
  const Range range = range_of(columns);
  if (!(range.low < range.high)) return draw_no_data(canvas, kWidth, kHeight);
  const Axis x_axis{0, double(columns.size()), kPlot.x, kPlot.x + kPlot.width, false};
  const Axis y_axis{range.low, range.high, kPlot.y + kPlot.height, kPlot.y, false};
  draw_y_ticks(canvas, kPlot, y_axis, only_within(nice_ticks(range.low, range.high, 6), range.low, range.high));
  canvas.image(kPlot, raster_of(columns, range));
  draw_x_ticks(canvas, kPlot, x_axis, steps);
  draw_axis_labels(canvas, kPlot, kStepLabel, label, 50);
}

void add_series(LineChart& chart, const Text& name, const std::vector<Look>& looks,
                const std::function<double(const Look&)>& value) {
  LineSeries series{name, {}, {}, false};
  for (const Look& look : looks) {
    series.x.push_back(double(look.step));
    series.y.push_back(value(look));
  }
  chart.series.push_back(series);
}

}  // namespace

Figure histograms_over_time(const Text& title, const Text& value_label, const std::vector<Look>& looks,
                            const std::function<const Histogram&(const Look&)>& histogram_of) {
  std::vector<int64_t> steps;
  Columns columns;
  for (const Look& look : looks) {
    const Histogram& histogram = histogram_of(look);
    if (histogram.counts.empty()) continue;
    columns.push_back(histogram);
    steps.push_back(look.step);
  }
  const Ticks ticks = step_ticks(steps);
  return {kWidth, kHeight, title, [=](Canvas& canvas) { draw_columns(canvas, title, value_label, columns, ticks); }};
}

LineChart update_chart(const std::vector<Look>& looks, const std::vector<Text>& names) {
  LineChart chart{{"Length of a step / length of the weights", "一步的长度 / 权重的长度"},
                  kStepLabel,
                  {"update / weight", "更新量 / 权重"},
                  {},
                  /*log_y=*/true,
                  {}};
  if (looks.empty()) return chart;
  for (const size_t i : some_layers(names.size(), palette::kSeriesColors))
    add_series(chart, names[i], looks, [i](const Look& look) { return look.layers[i].update_ratio; });
  return chart;
}

LineChart unit_chart(const std::vector<Look>& looks, const std::vector<Text>& names) {
  LineChart chart{{"Units that do not work", "没有起作用的单元"},
                  kStepLabel,
                  {"fraction of the layer", "占该层的比例"},
                  {},
                  false,
                  {}};
  const std::pair<Text, double LayerLook::*> kinds[] = {{{"dead", "死亡"}, &LayerLook::dead},
                                                        {{"saturated", "饱和"}, &LayerLook::saturated},
                                                        {{"twins", "孪生"}, &LayerLook::twins}};
  for (size_t i = 0; !looks.empty() && i < names.size(); ++i) {
    if (looks.front().layers[i].activations.counts.empty()) continue;
    for (const auto& [name, member] : kinds) {
      const auto value = [i, part = member](const Look& look) { return look.layers[i].*part; };
      if (std::none_of(looks.begin(), looks.end(), [&](const Look& look) { return value(look) > 0; })) continue;
      add_series(chart, names[i] + Text(": ", "：") + name, looks, value);
    }
  }
  return chart;
}

std::vector<size_t> some_layers(size_t count, size_t most) {
  std::vector<size_t> chosen;
  const size_t taken = std::min(count, most);
  for (size_t i = 0; i < taken; ++i) chosen.push_back(taken == 1 ? 0 : i * (count - 1) / (taken - 1));
  return chosen;
}

}  // namespace glassbox
