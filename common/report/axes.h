/// Axes of charts: ticks at round numbers, and where a value lies on the page.
#pragma once

#include <string>
#include <vector>

#include "common/report/canvas.h"
#include "common/report/text.h"

namespace glassbox {

/// Round numbers (1, 2 or 5 times a power of ten) and their texts.
struct Ticks {
  std::vector<double> at;  ///< rising; the first is <= the lowest value asked for, the last is >= the highest
  std::vector<std::string> labels;
};

/// Magnitudes above this are drawn as gaps: differences between them are infinite.
constexpr double kLargestDrawn = 1e300;

/// About `wanted` ticks that cover [low, high], any finite numbers. A range of one value is widened around it.
/// With `whole` no tick lies between whole numbers (epochs).
Ticks nice_ticks(double low, double high, int wanted, bool whole = false);

/// Ticks for a logarithmic axis, 1 / kLargestDrawn <= low <= high: powers of ten, and 2 and 5 times them when there is
/// room.
Ticks log_ticks(double low, double high);

/// Leaves out ticks outside [low, high].
Ticks only_within(const Ticks& ticks, double low, double high);

/// Maps [low, high] to [from, to] in page units; `from` > `to` for a vertical axis.
struct Axis {
  double low = 0, high = 1, from = 0, to = 1;
  bool log = false;

  double place(double value) const;
};

/// Title above the plot, bold, cut to the figure's width.
void draw_title(Canvas& canvas, const Text& title, double width);

/// Horizontal lines and their numbers on the left of `plot`.
void draw_y_ticks(Canvas& canvas, const PlotBox& plot, const Axis& axis, const Ticks& ticks);

/// The line below `plot`, its small marks and numbers.
void draw_x_ticks(Canvas& canvas, const PlotBox& plot, const Axis& axis, const Ticks& ticks);

/// "epoch" below `plot`, "loss" to its left, `y_distance` away.
void draw_axis_labels(Canvas& canvas, const PlotBox& plot, const Text& x_label, const Text& y_label, double y_distance);

struct LegendEntry {
  enum class Sign { kLine, kDashedLine, kDot, kSquare };
  Text name;
  PlotColor color;
  Sign sign = Sign::kLine;
};

/// Draws the entries from left to right in rows that begin at (x, y), and returns the height of all rows.
/// With `canvas` null it only measures.
double draw_legend(Canvas* canvas, PlotPoint where, double width, const std::vector<LegendEntry>& entries);

/// In the middle of a figure that has nothing to show.
void draw_no_data(Canvas& canvas, double width, double height);

constexpr double kTitleHeight = 40;  ///< from the top of the figure to what comes below its title
constexpr double kMargin = 18;       ///< between the figure's edge and anything in it
constexpr double kTickSize = 12, kLabelSize = 13, kTitleSize = 16;  ///< of text

}  // namespace glassbox
