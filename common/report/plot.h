/// Charts as plain structs, and the Figure each of them becomes: SVG for a page, PNG for a file.
///
///   LineChart chart;
///   chart.title = {"Loss", "损失"};
///   chart.x_label = {"epoch", "轮"};
///   chart.series = {{{"training", "训练集"}, epochs, train_loss},
///                   {{"validation", "验证集"}, epochs, val_loss, /*dashed=*/true}};
///   page.figure(chart, {"The gap between the lines is overfitting.", "两条线之间的差距就是过拟合。"});
///   write_png(chart, run.file("plots/loss.png"));
///
/// A chart without data says "no data" instead of failing. Vectors that must have equal lengths and do not throw
/// std::logic_error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "common/base/file_at.h"
#include "common/report/canvas.h"
#include "common/report/text.h"

namespace glassbox {

struct LineSeries {
  Text name;
  std::vector<double> x, y;  ///< equal lengths; a point that is not finite leaves a gap
  bool dashed = false;
};

/// A vertical line with a word: where the best epoch was, say. No text means no line.
struct LineMarker {
  double x = 0;
  Text text;
};

struct LineChart {
  Text title, x_label, y_label;
  std::vector<LineSeries> series;
  bool log_y = false;  ///< values <= 0 leave gaps
  LineMarker marker;
  bool log_x = false;  ///< likewise
};

struct ConfusionChart {
  Text title;
  std::vector<std::string> classes;          ///< K names; none means "0", "1", ...
  std::vector<std::vector<int64_t>> counts;  ///< K x K; row = true class, column = predicted class
};

struct ReliabilityBin {
  double confidence = 0;  ///< mean of the bin, in [0, 1]
  double accuracy = 0;    ///< fraction that is right, in [0, 1]
  int64_t count = 0;
};

/// How often the network is right when it says p. The title gains the expected calibration error (Guo et al. 2017).
struct ReliabilityChart {
  Text title = {"Calibration", "校准"};
  std::vector<ReliabilityBin> bins;  ///< of equal width over [0, 1], in order
};

/// Horizontal bars from 0, one a label.
struct BarChart {
  Text title, value_label;
  std::vector<Text> labels;
  std::vector<double> values;  ///< as many as labels; one that is not finite has no bar
};

struct ClassPoint {
  double x = 0, y = 0;
  int64_t label = 0;  ///< its colour is palette::series(label)
};

/// The straight line w1 x + w2 y + bias = 0.
struct PlaneLine {
  double w1 = 0, w2 = 0, bias = 0;
  double fraction = 1;  ///< how strongly it is drawn, in [0, 1]
};

/// What a network decides everywhere in the plane, and the data it learned from.
struct DecisionChart {
  Text title, x_label = "x1", y_label = "x2";
  double x0 = 0, x1 = 1, y0 = 0, y1 = 1;  ///< the raster covers [x0, x1] x [y0, y1]
  Raster raster;                          ///< top row at y1; decision_raster() makes one; empty = the paper shows
  std::vector<ClassPoint> points;
  std::vector<std::string> classes;  ///< for the legend; may be empty
  std::vector<PlaneLine> lines;      ///< over the raster, under the points
};

/// Where in its figure the raster lies.
PlotBox surface_box(const DecisionChart& chart);

/// Colours for probabilities[row * width + column][class], row 0 on top: the series colours weighted by probability,
/// pale enough that points of the same colour stand out. Throws std::logic_error if there are not width x height
/// entries.
Raster decision_raster(int width, int height, const std::vector<std::vector<double>>& probabilities);

/// A chart that knows its size and how to draw itself. Every chart converts to one.
struct Figure {
  Figure(const LineChart& chart);
  Figure(const ConfusionChart& chart);
  Figure(const ReliabilityChart& chart);
  Figure(const BarChart& chart);
  Figure(const DecisionChart& chart);
  /// Your own drawing on `width` x `height` units.
  Figure(int width, int height, Text title, std::function<void(Canvas&)> draw);

  int width = 0, height = 0;
  Text title;
  std::function<void(Canvas&)> draw;
};

struct SvgOptions {
  bool background = true;  ///< paper below the figure; without it what lies behind shows through
  bool bilingual = false;  ///< in English and Chinese, for the switch of an HtmlPage; else in English
};
std::string to_svg(const Figure& figure, const SvgOptions& options = {});

constexpr int kPixelsPerUnit = 2;  ///< a figure of 720 x 440 makes a file of 1440 x 880: sharp on paper too

/// In English. Writes the file atomically and makes its parent folders. Throws UserError if it cannot be written.
void write_png(const Figure& figure, const FileAt& file);

/// Mean of |confidence - accuracy| over all samples in the bins; 0 if there are none.
double expected_calibration_error(const std::vector<ReliabilityBin>& bins);

}  // namespace glassbox
