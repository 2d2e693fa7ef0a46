#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "common/base/error.h"
#include "common/report/axes.h"
#include "common/report/format.h"
#include "common/report/plot.h"

namespace glassbox {
namespace {

constexpr int kWidth = 480, kHeight = 540;
constexpr PlotBox kPlot{72, 76, 382, 320};       // accuracy against confidence
constexpr PlotBox kHistogram{72, 420, 382, 62};  // how many samples have that confidence

const PlotColor kAccuracy = palette::series(0);

PlotColor gap_color() { return palette::mix(palette::kPaper, palette::series(1), 0.45); }

bool is_drawn(const ReliabilityBin& bin) {
  return bin.count > 0 && std::isfinite(bin.confidence) && std::isfinite(bin.accuracy);
}

void draw_bin(Canvas& canvas, const ReliabilityBin& bin, double left, double width) {
  const double bottom = kPlot.y + kPlot.height;
  const double accuracy = bin.accuracy * kPlot.height, confidence = bin.confidence * kPlot.height;
  canvas.rectangle({left, bottom - accuracy, width, accuracy}, kAccuracy);
  const double gap = std::abs(accuracy - confidence);
  const double inset = accuracy > confidence ? width * 0.3 : 0;  // keeps the bar's colour visible around the gap
  canvas.rectangle({left + inset, bottom - std::max(accuracy, confidence), width - 2 * inset, gap}, gap_color());
  const std::string sure = format_percent(bin.confidence, 1), right = format_percent(bin.accuracy, 1),
                    count = format_count(bin.count);
  canvas.hint({left, kPlot.y, width, kHistogram.y + kHistogram.height - kPlot.y},
              {as_text("confidence ", sure, ", accuracy ", right, ", samples: ", count),
               as_text("置信度 ", sure, "，准确率 ", right, "，样本数：", count)});
}

void draw_bins(Canvas& canvas, const std::vector<ReliabilityBin>& bins) {
  const double step = kPlot.width / double(bins.size()), gap = std::min(2.0, step / 8);
  int64_t most = 1, all = 0;
  for (const ReliabilityBin& bin : bins) {
    most = std::max(most, bin.count);
    all += std::max<int64_t>(bin.count, 0);
  }
  for (size_t i = 0; i < bins.size(); ++i) {
    if (!is_drawn(bins[i])) continue;
    const double left = kPlot.x + double(i) * step + gap / 2;
    const double height = double(bins[i].count) / double(most) * kHistogram.height;
    canvas.rectangle({left, kHistogram.y + kHistogram.height - height, step - gap, height}, palette::kMuted);
    draw_bin(canvas, bins[i], left, step - gap);
  }
  const std::string highest = format_percent(double(most) / double(std::max<int64_t>(all, 1)), 1);
  canvas.text({kHistogram.x, kHistogram.y - 6},
              {as_text("samples (the highest bar: ", highest, ")"), as_text("样本（最高的一条：", highest, "）")},
              {11, palette::kMuted, Anchor::kStart, false, 0});
}

void draw_reliability(const ReliabilityChart& chart, Canvas& canvas, const Text& title) {
  draw_title(canvas, title, kWidth);
  if (std::none_of(chart.bins.begin(), chart.bins.end(), is_drawn)) return draw_no_data(canvas, kWidth, kHeight);
  draw_legend(&canvas, {kMargin, kTitleHeight}, kWidth - 2 * kMargin,
              {{{"accuracy", "准确率"}, kAccuracy, LegendEntry::Sign::kSquare},
               {{"gap to the confidence", "与置信度的差距"}, gap_color(), LegendEntry::Sign::kSquare},
               {{"perfect", "理想情形"}, palette::kMuted, LegendEntry::Sign::kDashedLine}});
  const Ticks ticks = nice_ticks(0, 1, 6);
  const Axis x_axis{0, 1, kPlot.x, kPlot.x + kPlot.width, false};
  const Axis y_axis{0, 1, kPlot.y + kPlot.height, kPlot.y, false};
  draw_y_ticks(canvas, kPlot, y_axis, ticks);
  draw_bins(canvas, chart.bins);
  canvas.line({kPlot.x, kPlot.y + kPlot.height}, {kPlot.x + kPlot.width, kPlot.y}, {palette::kMuted, 1.5, true});
  canvas.line({kPlot.x, kPlot.y + kPlot.height}, {kPlot.x + kPlot.width, kPlot.y + kPlot.height},
              {palette::kMuted, 1, false});
  draw_x_ticks(canvas, kHistogram, x_axis, ticks);
  draw_axis_labels(canvas, kPlot, "", {"accuracy", "准确率"}, 42);
  draw_axis_labels(canvas, kHistogram, {"confidence", "置信度"}, "", 42);
}

}  // namespace

Figure::Figure(const ReliabilityChart& chart) : Figure(kWidth, kHeight, "", nullptr) {
  for (const ReliabilityBin& bin : chart.bins) {
    if (bin.confidence < 0 || bin.confidence > 1 || bin.accuracy < 0 || bin.accuracy > 1)
      throw std::logic_error("ReliabilityChart: want confidence and accuracy in [0, 1]");
  }
  const std::string error = format_percent(expected_calibration_error(chart.bins));
  title = chart.title + (chart.title.empty() ? Text() : Text(": ", "：")) +
          Text("expected calibration error " + error, "期望校准误差 " + error);
  draw = [chart, name = title](Canvas& canvas) { draw_reliability(chart, canvas, name); };
}

}  // namespace glassbox
