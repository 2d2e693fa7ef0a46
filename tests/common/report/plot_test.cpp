/// Charts: their SVG and their pixels.
#include "common/report/plot.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <regex>
#include <stdexcept>

#include "common/base/error.h"
#include "common/report/font.h"
#include "tests/common/report/xml_check.h"

namespace glassbox {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

size_t occurrences(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

LineChart line_chart(const std::vector<double>& y) {
  LineChart chart;
  chart.title = "Loss";
  LineSeries series{"training", {}, y, false};
  for (size_t i = 0; i < y.size(); ++i) series.x.push_back(double(i + 1));
  chart.series = {series};
  return chart;
}

/// A chart's PNG file, read back.
cv::Mat pixels_of(const Figure& figure) {
  const auto path = std::filesystem::temp_directory_path() /
                    as_text("glassbox_plot_test_", getpid(), "_",
                            testing::UnitTest::GetInstance()->current_test_info()->name(), ".png");
  write_png(figure, path);
  cv::Mat pixels = cv::imread(path.string(), cv::IMREAD_COLOR);
  std::filesystem::remove(path);
  return pixels;
}

uint32_t rgb_at(const cv::Mat& pixels, double x, double y) {
  const auto pixel = pixels.at<cv::Vec3b>(int(y * kPixelsPerUnit), int(x * kPixelsPerUnit));
  return uint32_t(pixel[2]) << 16 | uint32_t(pixel[1]) << 8 | pixel[0];
}

TEST(LineChart, IsWellFormedAndNamesItsSeries) {
  LineChart chart = line_chart({3, 2, 1});
  chart.x_label = "epoch";
  chart.y_label = "loss";
  chart.marker = {2, "best"};
  const std::string svg = to_svg(chart);
  EXPECT_EQ(xml_problem(svg), "");
  for (const char* text : {">training<", ">epoch<", ">loss<", ">best<", ">Loss<", "#0072b2"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
}

TEST(LineChart, ANanLeavesAGap) {
  const std::string whole = to_svg(line_chart({5, 4, 3, 2, 1})), gap = to_svg(line_chart({5, 4, kNan, 2, 1}));
  const std::string blue_line = "<polyline fill=\"none\" stroke=\"#0072b2\"";
  EXPECT_EQ(occurrences(gap, blue_line), occurrences(whole, blue_line) + 1);
  EXPECT_EQ(occurrences(whole, "<circle") - 1, occurrences(gap, "<circle"));
  EXPECT_EQ(gap.find("nan"), std::string::npos);
}

TEST(LineChart, OnALogAxisValuesBelowZeroLeaveAGap) {
  LineChart chart = line_chart({5, 4, 0, -2, 1, 2});
  chart.log_y = true;
  const std::string svg = to_svg(chart);
  EXPECT_EQ(occurrences(svg, "<circle"), 4u);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
}

TEST(LineChart, OnALogAxisBelowEqualFactorsAreEquallyFar) {
  LineChart chart = line_chart({1, 1, 1, 1});
  chart.series[0].x = {0, 1, 8, 64};
  chart.log_x = true;
  const std::string svg = to_svg(chart);
  const std::regex circle("<circle[^>]* cx=\"([0-9.]+)\"");
  std::vector<double> places;
  for (std::sregex_iterator found(svg.begin(), svg.end(), circle), end; found != end; ++found)
    places.push_back(std::stod((*found)[1]));
  ASSERT_EQ(places.size(), 3u) << svg;  // 0 has no place
  EXPECT_NEAR(places[1] - places[0], places[2] - places[1], 0.2);
}

TEST(LineChart, DrawsWhateverItIsGiven) {
  const double huge = std::numeric_limits<double>::max(), infinite = std::numeric_limits<double>::infinity();
  const std::vector<std::vector<double>> all = {
      {}, {1}, {kNan}, {2, 2, 2}, {1e-320, 2e-320}, {huge, -huge, 1}, {infinite, 1}, {1e12, 1e12 + 1}, {0, 0}};
  for (const auto& y : all) {
    for (bool log : {false, true}) {
      LineChart chart = line_chart(y);
      chart.log_y = chart.log_x = log;
      const std::string svg = to_svg(chart);
      EXPECT_EQ(xml_problem(svg), "");
      EXPECT_EQ(svg.find("nan"), std::string::npos);
      EXPECT_EQ(svg.find("inf"), std::string::npos);
      EXPECT_FALSE(pixels_of(chart).empty());
    }
  }
}

TEST(LineChart, WithoutDataSaysSo) {
  EXPECT_NE(to_svg(LineChart{}).find("no data"), std::string::npos);
  EXPECT_NE(to_svg(line_chart({kNan, kNan})).find("no data"), std::string::npos);
}

TEST(LineChart, ThinsOutWhatNobodyCanSeeAndKeepsTheExtremes) {
  std::vector<double> y(100000, 1);
  y[77777] = 9;  // one spike
  const std::string svg = to_svg(line_chart(y));
  EXPECT_LT(svg.size(), 60000u);
  LineChart without = line_chart(std::vector<double>(100000, 1));
  EXPECT_NE(svg, to_svg(without));
}

TEST(LineChart, RefusesSeriesOfUnequalLengths) {
  LineChart chart;
  chart.series = {{"a", {1, 2}, {1}, false}};
  EXPECT_THROW(to_svg(chart), std::logic_error);
}

TEST(LineChart, TheLineLiesWhereItShould) {
  const LineChart chart = line_chart({1, 1, 1});  // ticks 0.9 .. 1.1 are symmetric: the line is in the plot's middle
  const cv::Mat pixels = pixels_of(chart);
  const Figure figure(chart);
  EXPECT_EQ(pixels.cols, figure.width * kPixelsPerUnit);
  EXPECT_EQ(pixels.rows, figure.height * kPixelsPerUnit);
  EXPECT_EQ(rgb_at(pixels, 1, 1), 0xffffffu);
  int blue_rows = 0;
  for (int y = 90; y < figure.height - 40; ++y) blue_rows += rgb_at(pixels, figure.width * 0.4, y) == 0x0072b2;
  EXPECT_GE(blue_rows, 1);
  EXPECT_LE(blue_rows, 3);  // a line 2 units wide
}

TEST(PngCanvas, PaintsTheColourAtThePlaceInTheSizeAsked) {
  const Figure figure(100, 60, "mine", [](Canvas& canvas) {
    canvas.line({10, 20}, {90, 20}, {palette::series(1), 4, false});
    canvas.rectangle({10, 30, 20, 20}, palette::series(2));
    canvas.circle({60, 40}, 8, palette::series(0));
    canvas.image({80, 30, 10, 10}, {1, 1, {1, 2, 3}});
  });
  const cv::Mat pixels = pixels_of(figure);
  EXPECT_EQ(pixels.size(), cv::Size(200, 120));
  EXPECT_EQ(rgb_at(pixels, 50, 20), 0xd55e00u);
  EXPECT_EQ(rgb_at(pixels, 20, 40), 0x009e73u);
  EXPECT_EQ(rgb_at(pixels, 60, 40), 0x0072b2u);
  EXPECT_EQ(rgb_at(pixels, 85, 35), 0x010203u);
  EXPECT_EQ(rgb_at(pixels, 50, 25), 0xffffffu);
  EXPECT_EQ(rgb_at(pixels, 35, 40), 0xffffffu);
}

TEST(PngCanvas, DashesHaveGaps) {
  const Figure figure(200, 40, "", [](Canvas& canvas) {
    canvas.line({10, 20}, {190, 20}, {palette::series(0), 2, true});
  });
  const cv::Mat pixels = pixels_of(figure);
  int blue = 0, white = 0;
  for (int x = 10; x < 190; ++x) {
    blue += rgb_at(pixels, x, 20) == 0x0072b2;
    white += rgb_at(pixels, x, 20) == 0xffffff;
  }
  EXPECT_GT(blue, 90);  // 6 of 10, but for their smoothed ends
  EXPECT_GT(white, 50);
}

TEST(PngCanvas, TurnedTextLeavesInkAboveItsPoint) {
  const Figure figure(100, 100, "", [](Canvas& canvas) {
    TextStyle style;
    style.degrees = -90;
    canvas.text({50, 90}, "HHHH", style);
  });
  const cv::Mat pixels = pixels_of(figure);
  int above = 0, beside = 0;
  for (int i = 0; i < 30; ++i) {
    for (int j = 38; j < 50; ++j) above += rgb_at(pixels, j, 60 + i) != 0xffffff;
    for (int j = 60; j < 90; ++j) beside += rgb_at(pixels, j, 60 + i) != 0xffffff;
  }
  EXPECT_GT(above, 20);
  EXPECT_EQ(beside, 0);
}

/// The first and the last column with ink, in units; -1 if there is none.
std::pair<int, int> inked_columns(const cv::Mat& pixels) {
  std::pair<int, int> columns{-1, -1};
  for (int x = 0; x < pixels.cols / kPixelsPerUnit; ++x) {
    for (int y = 0; y < pixels.rows / kPixelsPerUnit; ++y) {
      if (rgb_at(pixels, x, y) == 0xffffff) continue;
      if (columns.first < 0) columns.first = x;
      columns.second = x;
    }
  }
  return columns;
}

TEST(PngCanvas, TextIsAsWideAsLayoutsThink) {
  for (const bool bold : {false, true}) {
    const std::string word = "HillWMAGiE";
    const double width = text_width(word, 16, bold);
    for (const auto& [anchor, begin] : {std::pair(Anchor::kStart, 200.0), std::pair(Anchor::kMiddle, 200 - width / 2),
                                        std::pair(Anchor::kEnd, 200 - width)}) {
      const Figure figure(400, 40, "", [&, anchor = anchor](Canvas& canvas) {
        canvas.text({200, 25}, word, {16, palette::kInk, anchor, bold, 0});
      });
      const auto [first, last] = inked_columns(pixels_of(figure));
      EXPECT_NEAR(first, begin, 3) << bold;  // a letter keeps a little distance to its neighbours
      EXPECT_NEAR(last, begin + width, 3) << bold;
    }
  }
}

TEST(PngCanvas, DrawsWhateverText) {
  for (const std::string text : {"", "caf\xe9", "a\tb\nc", "\x01\x7f", "\xed\xa0\x80", "数字 é 🙂"}) {
    const Figure figure(100, 40, "", [&](Canvas& canvas) {
      canvas.text({10, 25}, text, {});
      canvas.circle({90, 20}, 5, palette::series(0));
    });
    EXPECT_EQ(rgb_at(pixels_of(figure), 90, 20), 0x0072b2u) << text;  // and goes on drawing
  }
}

TEST(PngCanvas, ImagesAreSmoothedInsideAndSharpAtTheirEdges) {
  const Figure figure(60, 40, "", [](Canvas& canvas) {
    canvas.image({10, 10, 40, 20}, {2, 1, {0, 0, 0, 200, 200, 200}});
  });
  const cv::Mat pixels = pixels_of(figure);
  EXPECT_EQ(rgb_at(pixels, 9.5, 20), 0xffffffu);
  EXPECT_EQ(rgb_at(pixels, 10, 20), 0x000000u);
  EXPECT_EQ(rgb_at(pixels, 49.5, 20), 0xc8c8c8u);
  EXPECT_EQ(rgb_at(pixels, 50, 20), 0xffffffu);
  EXPECT_NEAR(int(rgb_at(pixels, 30, 20) & 255), 100, 6);
}

TEST(ConfusionChart, ShowsCountsRecallAndAccuracy) {
  ConfusionChart chart;
  chart.classes = {"cat", "dog"};
  chart.counts = {{3, 1}, {0, 4}};
  const std::string svg = to_svg(chart);
  EXPECT_EQ(xml_problem(svg), "");
  EXPECT_NE(svg.find(">75.0 %<"), std::string::npos);   // 3 of 4 cats
  EXPECT_NE(svg.find(">100.0 %<"), std::string::npos);  // 4 of 4 dogs
  EXPECT_NE(svg.find("7 of 8 right: 87.50 %"), std::string::npos);
  EXPECT_NE(svg.find("cat taken for dog: 1 (25.0 %)"), std::string::npos);
}

TEST(ConfusionChart, EscapesClassNames) {
  ConfusionChart chart;
  chart.classes = {"<script>alert(1)</script>", "a\"b&c\x01\xff"};
  chart.counts = {{1, 1}, {1, 1}};
  const std::string svg = to_svg(chart);
  EXPECT_EQ(xml_problem(svg), "");
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  EXPECT_NE(svg.find("&lt;script&gt;"), std::string::npos);
}

TEST(ConfusionChart, IsDrawnForAnyNumberOfClasses) {
  for (size_t k : {0, 1, 2, 3, 10, 26, 27, 100, 300}) {
    ConfusionChart chart;
    chart.counts.assign(k, std::vector<int64_t>(k, 0));
    for (size_t i = 0; i < k; ++i) chart.counts[i][i] = 1000;
    const std::string svg = to_svg(chart);
    EXPECT_EQ(xml_problem(svg), "") << k;
    EXPECT_EQ(svg.find("nan"), std::string::npos) << k;
    EXPECT_EQ(occurrences(svg, ">1,000<"), k <= 26 ? k : 0) << k;
    EXPECT_LT(Figure(chart).width, 1000) << k;
    EXPECT_FALSE(pixels_of(chart).empty());
  }
}

TEST(ConfusionChart, AClassWithoutSamplesHasNoRecall) {
  ConfusionChart chart;
  chart.counts = {{0, 0}, {1, 1}};
  EXPECT_NE(to_svg(chart).find(">n/a<"), std::string::npos);
}

TEST(ConfusionChart, RefusesWhatIsNoSquareOfCounts) {
  ConfusionChart chart;
  chart.counts = {{1, 2}, {3}};
  EXPECT_THROW(to_svg(chart), std::logic_error);
  chart.counts = {{1, -2}, {3, 4}};
  EXPECT_THROW(to_svg(chart), std::logic_error);
  chart.counts = {{1, 2}, {3, 4}};
  chart.classes = {"one"};
  EXPECT_THROW(to_svg(chart), std::logic_error);
}

TEST(ReliabilityChart, HasTheCalibrationErrorInItsTitle) {
  ReliabilityChart chart;
  chart.bins = {{0.3, 0.5, 10}, {0.9, 0.8, 30}, {0, 0, 0}};
  EXPECT_NEAR(expected_calibration_error(chart.bins), (10 * 0.2 + 30 * 0.1) / 40, 1e-12);
  EXPECT_EQ(Figure(chart).title.en, "Calibration: expected calibration error 12.50 %");
  EXPECT_EQ(Figure(chart).title.zh, "校准：期望校准误差 12.50 %");
  EXPECT_EQ(xml_problem(to_svg(chart)), "");
  EXPECT_EQ(expected_calibration_error({}), 0);
  EXPECT_NE(to_svg(ReliabilityChart{}).find("no data"), std::string::npos);
}

TEST(BarChart, DrawsNegativeMissingAndManyValues) {
  BarChart chart;
  chart.labels = {"a", "b & c", "d"};
  chart.values = {0.5, -0.25, kNan};
  const std::string svg = to_svg(chart);
  EXPECT_EQ(xml_problem(svg), "");
  for (const char* text : {">0.500<", ">-0.250<", ">n/a<", ">b &amp; c<"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  BarChart many;
  many.labels.assign(1000, "class");
  many.values.assign(1000, 1);
  EXPECT_LT(Figure(many).height, 2000);
  EXPECT_NE(to_svg(BarChart{}).find("no data"), std::string::npos);
}

TEST(DecisionRaster, MixesTheColoursByProbability) {
  const Raster raster = decision_raster(2, 1, {{1, 0}, {0, 1}});
  ASSERT_EQ(raster.rgb.size(), 6u);
  EXPECT_GT(raster.rgb[2], raster.rgb[0]);  // class 0 is blue
  EXPECT_GT(raster.rgb[3], raster.rgb[5]);  // class 1 is vermillion
  EXPECT_THROW(decision_raster(2, 2, {{1}}), std::logic_error);
}

TEST(DecisionChart, EmbedsItsRasterAndLeavesOutPointsBeyondIt) {
  DecisionChart chart;
  chart.raster = decision_raster(2, 2, {{1, 0}, {0, 1}, {0, 1}, {1, 0}});
  chart.points = {{0.5, 0.5, 0}, {2, 2, 1}, {kNan, 0, 1}, {0.1, 0.1, 12}};
  chart.classes = {"left", "right"};
  const std::string svg = to_svg(chart);
  EXPECT_EQ(xml_problem(svg), "");
  EXPECT_NE(svg.find("href=\"data:image/png;base64,iVBOR"), std::string::npos);
  EXPECT_EQ(occurrences(svg, "<circle"), 2u + 2 * 2u);  // two in the legend, two points with their rims
  EXPECT_FALSE(pixels_of(chart).empty());
  chart.raster.rgb.pop_back();
  EXPECT_THROW(to_svg(chart), std::logic_error);
}

TEST(WritePng, NamesThePathItCannotWrite) {
  EXPECT_THROW(write_png(line_chart({1, 2}), "/dev/null/plot.png"), UserError);
}

}  // namespace
}  // namespace glassbox
