#include "common/report/axes.h"
#include "common/report/font.h"

namespace glassbox {
namespace {

constexpr double kLegendRow = 22, kEntryGap = 20, kSignGap = 7;

bool is_line(LegendEntry::Sign sign) {
  return sign == LegendEntry::Sign::kLine || sign == LegendEntry::Sign::kDashedLine;
}

double sign_width(LegendEntry::Sign sign) { return is_line(sign) ? 22 : 12; }

void draw_sign(Canvas& canvas, const LegendEntry& entry, PlotPoint where) {
  const double y = where.y - 4.5;  // the middle of the small letters
  if (is_line(entry.sign)) {
    const bool dashed = entry.sign == LegendEntry::Sign::kDashedLine;
    canvas.line({where.x, y}, {where.x + sign_width(entry.sign), y}, {entry.color, 2.5, dashed});
  } else if (entry.sign == LegendEntry::Sign::kDot) {
    canvas.circle({where.x + 6, y}, 5, entry.color);
  } else {
    canvas.rectangle({where.x, y - 6, 12, 12}, entry.color);
  }
}

}  // namespace

void draw_title(Canvas& canvas, const Text& title, double width) {
  TextStyle style;
  style.size = kTitleSize;
  style.bold = true;
  canvas.text({kMargin, 27}, fit_text(title, style.size, width - 2 * kMargin, style.bold), style);
}

void draw_y_ticks(Canvas& canvas, const PlotBox& plot, const Axis& axis, const Ticks& ticks) {
  const TextStyle style{kTickSize, palette::kMuted, Anchor::kEnd, false, 0};
  for (size_t i = 0; i < ticks.at.size(); ++i) {
    const double y = axis.place(ticks.at[i]);
    canvas.line({plot.x, y}, {plot.x + plot.width, y}, {palette::kGrid, 1, false});
    canvas.text({plot.x - 8, y + 4}, ticks.labels[i], style);
  }
}

void draw_x_ticks(Canvas& canvas, const PlotBox& plot, const Axis& axis, const Ticks& ticks) {
  const double bottom = plot.y + plot.height;
  const TextStyle style{kTickSize, palette::kMuted, Anchor::kMiddle, false, 0};
  canvas.line({plot.x, bottom}, {plot.x + plot.width, bottom}, {palette::kMuted, 1, false});
  for (size_t i = 0; i < ticks.at.size(); ++i) {
    const double x = axis.place(ticks.at[i]);
    canvas.line({x, bottom}, {x, bottom + 5}, {palette::kMuted, 1, false});
    canvas.text({x, bottom + 19}, ticks.labels[i], style);
  }
}

void draw_axis_labels(Canvas& canvas, const PlotBox& plot, const Text& x_label, const Text& y_label,
                      double y_distance) {
  const double middle = plot.x + plot.width / 2, height = plot.y + plot.height / 2;
  const TextStyle style{kLabelSize, palette::kInk, Anchor::kMiddle, false, 0};
  TextStyle upwards = style;
  upwards.degrees = -90;
  if (!x_label.empty())
    canvas.text({middle, plot.y + plot.height + 40}, fit_text(x_label, kLabelSize, plot.width), style);
  if (!y_label.empty()) canvas.text({plot.x - y_distance, height}, fit_text(y_label, kLabelSize, plot.height), upwards);
}

double draw_legend(Canvas* canvas, PlotPoint where, double width, const std::vector<LegendEntry>& entries) {
  double x = 0, y = 0;
  for (const LegendEntry& entry : entries) {
    const double indent = sign_width(entry.sign) + kSignGap;
    const Text name = fit_text(entry.name, kLabelSize, width - indent);
    const double needed = indent + text_width(name, kLabelSize);
    if (x > 0 && x + needed > width) {
      x = 0;
      y += kLegendRow;
    }
    if (canvas) {
      draw_sign(*canvas, entry, {where.x + x, where.y + y + 14});
      const TextStyle style{kLabelSize, palette::kInk, Anchor::kStart, false, 0};
      canvas->text({where.x + x + indent, where.y + y + 14}, name, style);
    }
    x += needed + kEntryGap;
  }
  return entries.empty() ? 0 : y + kLegendRow;
}

void draw_no_data(Canvas& canvas, double width, double height) {
  canvas.text({width / 2, height / 2}, {"no data", "没有数据"},
              {kLabelSize, palette::kMuted, Anchor::kMiddle, false, 0});
}

}  // namespace glassbox
