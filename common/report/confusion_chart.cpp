#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "common/base/error.h"
#include "common/report/axes.h"
#include "common/report/font.h"
#include "common/report/format.h"
#include "common/report/plot.h"

namespace glassbox {
namespace {

constexpr size_t kMostNumbered = 26;  // classes; beyond it the numbers would be too small to read
constexpr double kLongestName = 110;  // units
constexpr double kSmallestName = 8;   // size of text; below it only every n-th class is named

class ConfusionPlotter {
 public:
  explicit ConfusionPlotter(const ConfusionChart& chart) : chart_(chart), classes_(chart.counts.size()) {
    const double k = double(std::max<size_t>(classes_, 1));
    cell_ = std::min(600 / k, k <= 3 ? 88.0 : 46.0);
    name_size_ = std::clamp(cell_ * 0.75, kSmallestName, kLabelSize);
    for (size_t i = 0; i < classes_; ++i) name_width_ = std::max(name_width_, text_width(name(i), name_size_));
    turned_ = name_width_ > cell_ - 4;
    const double above = turned_ ? name_width_ * 0.75 + 12 : name_size_ + 8;
    grid_ = {kMargin + 24 + name_width_ + 8, kTitleHeight + 48 + above, cell_ * k, cell_ * k};
    recall_x_ = grid_.x + grid_.width + 12;
  }

  int width() const { return std::max(440, int(recall_x_ + 62 + kMargin + (turned_ ? name_width_ * 0.3 : 0))); }
  int height() const { return int(grid_.y + grid_.height + kMargin); }

  void draw(Canvas& canvas) const {
    draw_title(canvas, chart_.title, width());
    if (classes_ == 0) return draw_no_data(canvas, width(), height());
    draw_summary(canvas);
    draw_names(canvas);
    canvas.rectangle(grid_, empty_cell());
    for (size_t row = 0; row < classes_; ++row) draw_row(canvas, row);
    canvas.outline(grid_, {palette::kMuted, 1, false});
  }

 private:
  static PlotColor empty_cell() { return palette::mix(palette::kPaper, palette::kGrid, 0.3); }

  std::string name(size_t index) const {
    const std::string whole = chart_.classes.empty() ? std::to_string(index) : chart_.classes[index];
    return fit_text(whole, name_size_, kLongestName).en;
  }

  std::string whole_name(size_t index) const {
    return chart_.classes.empty() ? std::to_string(index) : chart_.classes[index];
  }

  int64_t row_sum(size_t row) const {
    return std::accumulate(chart_.counts[row].begin(), chart_.counts[row].end(), int64_t{0});
  }

  void draw_summary(Canvas& canvas) const {
    int64_t right = 0, all = 0;
    for (size_t i = 0; i < classes_; ++i) {
      right += chart_.counts[i][i];
      all += row_sum(i);
    }
    const std::string hits = format_count(right), samples = format_count(all);
    Text text = {hits + " of " + samples + " right", "答对 " + hits + " 个，共 " + samples + " 个"};
    if (all > 0) text = text + Text(": ", "：") + format_percent(double(right) / double(all));
    text = text + Text(". Shade: fraction of the true class.", "。颜色深浅：占真实类别的比例。");
    canvas.text({kMargin, kTitleHeight + 8}, text, {kTickSize, palette::kMuted, Anchor::kStart, false, 0});
  }

  void draw_names(Canvas& canvas) const {
    const double middle = grid_.y + grid_.height / 2, top = kTitleHeight + 36;
    canvas.text({grid_.x + grid_.width / 2, top}, {"predicted class", "预测的类别"},
                {kTickSize, palette::kMuted, Anchor::kMiddle, false, 0});
    canvas.text({kMargin + 12, middle}, {"true class", "真实的类别"},
                {kTickSize, palette::kMuted, Anchor::kMiddle, false, -90});
    canvas.text({recall_x_ + 58, grid_.y - 8}, {"recall", "召回率"},
                {kTickSize, palette::kMuted, Anchor::kEnd, false, 0});
    const size_t every = size_t(std::ceil((name_size_ + 1) / cell_));
    for (size_t i = 0; i < classes_; i += every) {
      const double center = (double(i) + 0.5) * cell_, base = name_size_ * 0.36;
      canvas.text({grid_.x - 8, grid_.y + center + base}, name(i), {name_size_, palette::kInk, Anchor::kEnd, false, 0});
      const PlotPoint above{grid_.x + center + (turned_ ? base : 0), grid_.y - 8};
      canvas.text(
          above, name(i),
          {name_size_, palette::kInk, turned_ ? Anchor::kStart : Anchor::kMiddle, false, turned_ ? -45.0 : 0.0});
      draw_recall(canvas, i);
    }
  }

  void draw_recall(Canvas& canvas, size_t row) const {
    const int64_t sum = row_sum(row);
    const double recall = sum > 0 ? double(chart_.counts[row][row]) / double(sum) : NAN;
    canvas.text({recall_x_ + 58, grid_.y + (double(row) + 0.5) * cell_ + name_size_ * 0.36}, format_percent(recall, 1),
                {std::min(name_size_, kTickSize), palette::kMuted, Anchor::kEnd, false, 0});
  }

  void draw_row(Canvas& canvas, size_t row) const {
    const int64_t sum = row_sum(row);
    for (size_t column = 0; column < classes_; ++column) {
      const int64_t count = chart_.counts[row][column];
      if (count > 0) draw_cell(canvas, row, column, double(count) / double(sum));
    }
  }

  void draw_cell(Canvas& canvas, size_t row, size_t column, double fraction) const {
    // Blue is right and vermillion is wrong. The exponent lifts rare mistakes out of the background.
    const PlotColor shade = palette::mix(empty_cell(), palette::series(row == column ? 0 : 1), std::pow(fraction, 0.4));
    const double gap = std::min(0.5, cell_ / 20);
    const PlotBox box{grid_.x + double(column) * cell_ + gap, grid_.y + double(row) * cell_ + gap, cell_ - 2 * gap,
                      cell_ - 2 * gap};
    canvas.rectangle(box, shade);
    const std::string count = format_count(chart_.counts[row][column]);
    if (classes_ <= kMostNumbered) {
      const double size = std::min({15.0, cell_ * 0.45, 0.88 * cell_ / text_width(count, 1)});
      canvas.text({box.x + box.width / 2, box.y + box.height / 2 + size * 0.36}, count,
                  {size, palette::text_on(shade), Anchor::kMiddle, false, 0});
    }
    const std::string percent = format_percent(fraction, 1);
    canvas.hint(box, {as_text(whole_name(row), " taken for ", whole_name(column), ": ", count, " (", percent, ")"),
                      as_text(whole_name(row), " 判为 ", whole_name(column), "：", count, "（", percent, "）")});
  }

  const ConfusionChart chart_;
  size_t classes_;
  double cell_ = 0, name_size_ = 0, name_width_ = 0, recall_x_ = 0;
  bool turned_ = false;  // the names above the columns
  PlotBox grid_;
};

void check(const ConfusionChart& chart) {
  const size_t classes = chart.counts.size();
  if (!chart.classes.empty() && chart.classes.size() != classes)
    throw std::logic_error("ConfusionChart: want as many class names as rows");
  for (const auto& row : chart.counts) {
    if (row.size() != classes) throw std::logic_error("ConfusionChart: want as many columns as rows");
    if (std::any_of(row.begin(), row.end(), [](int64_t count) { return count < 0; }))
      throw std::logic_error("ConfusionChart: want counts >= 0");
  }
}

}  // namespace

Figure::Figure(const ConfusionChart& chart) : Figure(0, 0, chart.title, nullptr) {
  check(chart);
  const ConfusionPlotter plotter(chart);
  width = plotter.width();
  height = plotter.height();
  draw = [plotter](Canvas& canvas) { plotter.draw(canvas); };
}

}  // namespace glassbox
