#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "common/report/axes.h"
#include "common/report/font.h"
#include "common/report/format.h"
#include "common/report/plot.h"

namespace glassbox {
namespace {

constexpr int kWidth = 560;
constexpr double kTallest = 1600;  // of all bars together: a thousand classes still make one figure
constexpr double kLongestName = 170, kTop = kTitleHeight + 8, kSmallestText = 8;

/// The same number of decimals for all bars: columns of digits can be compared.
std::string value_text(double value, double largest) {
  if (!std::isfinite(value) || largest >= 1e6 || largest < 1e-3) return format_number(value, 3);
  const int decimals = std::max(0, 2 - int(std::floor(std::log10(largest))));
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

bool is_drawn(double value) { return std::abs(value) <= kLargestDrawn; }

class BarPlotter {
 public:
  explicit BarPlotter(const BarChart& chart) : chart_(chart) {
    const double bars = double(std::max<size_t>(chart.labels.size(), 1));
    row_ = std::min(26.0, kTallest / bars);
    text_size_ = std::clamp(row_ * 0.7, kSmallestText, kLabelSize);
    for (const Text& label : chart.labels) name_width_ = std::max(name_width_, text_width(label, text_size_));
    name_width_ = std::min(name_width_, kLongestName);
    const double left = kMargin + name_width_ + 10;
    plot_ = {left, kTop, kWidth - left - kMargin - 56, row_ * bars};
    set_axis();
  }

  int height() const { return int(plot_.y + plot_.height + (chart_.value_label.empty() ? 36 : 56)); }

  void draw(Canvas& canvas) const {
    draw_title(canvas, chart_.title, kWidth);
    if (chart_.labels.empty()) return draw_no_data(canvas, kWidth, height());
    for (double at : ticks_.at) {
      const double x = axis_.place(at);
      canvas.line({x, plot_.y}, {x, plot_.y + plot_.height}, {palette::kGrid, 1, false});
    }
    const size_t every = size_t(std::ceil((text_size_ + 1) / row_));  // names that would overlap are left out
    for (size_t i = 0; i < chart_.labels.size(); ++i) draw_bar(canvas, i, i % every == 0);
    draw_x_ticks(canvas, plot_, axis_, ticks_);
    draw_axis_labels(canvas, plot_, chart_.value_label, "", 0);
  }

 private:
  void set_axis() {
    double low = 0, high = 0;
    for (double value : chart_.values) {
      if (!is_drawn(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
    largest_ = std::max(-low, high);
    if (low == high) high = 1;
    ticks_ = nice_ticks(low, high, 6);
    axis_ = {ticks_.at.front(), ticks_.at.back(), plot_.x, plot_.x + plot_.width, false};
  }

  void draw_bar(Canvas& canvas, size_t index, bool named) const {
    const double top = plot_.y + double(index) * row_, base = top + row_ / 2 + text_size_ * 0.36;
    const double value = chart_.values[index];
    const double gap = row_ * 0.14, zero = axis_.place(0), end = is_drawn(value) ? axis_.place(value) : zero;
    if (end != zero)
      canvas.rectangle({std::min(zero, end), top + gap, std::abs(end - zero), row_ - 2 * gap}, palette::series(0));
    if (named) {
      canvas.text({plot_.x - 10, base}, fit_text(chart_.labels[index], text_size_, kLongestName),
                  {text_size_, palette::kInk, Anchor::kEnd, false, 0});
      canvas.text({std::max(zero, end) + 6, base}, value_text(value, largest_),
                  {std::min(text_size_, kTickSize), palette::kMuted, Anchor::kStart, false, 0});
    }
    canvas.hint({kMargin, top, kWidth - 2 * kMargin, row_}, chart_.labels[index] + ": " + format_number(value, 5));
  }

  const BarChart chart_;
  double row_ = 0, text_size_ = 0, name_width_ = 0, largest_ = 0;
  PlotBox plot_;
  Ticks ticks_;
  Axis axis_;
};

}  // namespace

Figure::Figure(const BarChart& chart) : Figure(kWidth, 0, chart.title, nullptr) {
  if (chart.labels.size() != chart.values.size()) throw std::logic_error("BarChart: want as many values as labels");
  const BarPlotter plotter(chart);
  height = plotter.height();
  draw = [plotter](Canvas& canvas) { plotter.draw(canvas); };
}

}  // namespace glassbox
