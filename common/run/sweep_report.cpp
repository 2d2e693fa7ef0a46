#include <algorithm>
#include <cmath>
#include <map>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/report/format.h"
#include "common/report/html.h"
#include "common/report/plot.h"
#include "common/run/sweep.h"

namespace glassbox {
namespace {

using Rows = std::vector<SweepRow>;
using Units = std::map<std::string, std::string>;

std::string label_of(const std::string& value) { return value.empty() ? "unchanged" : value; }

std::string unit_of(const std::string& figure, const SweepApp& app, const Units& units) {
  const auto found = units.find(figure);
  if (found != units.end()) return found->second;
  const auto own = app.units.find(figure);
  return own != app.units.end() ? own->second : "";
}

Text heading(const std::string& figure, const SweepApp& app) {
  const auto own = app.words.find(figure);
  if (own != app.words.end()) return own->second;
  if (figure == "seconds") return {"seconds", "秒数"};
  if (figure.rfind("test_", 0) == 0) return {"test " + figure.substr(5), "测试 " + figure.substr(5)};
  return figure;
}

/// The headlines, then the other figures that at least one run has above zero, in their order.
std::vector<std::string> shown_figures(const Rows& rows, const Units& units) {
  std::vector<std::string> names;
  for (const auto& [name, unit] : units) names.push_back(name);
  for (const SweepRow& row : rows) {
    for (const auto& [name, value] : row.figures) {
      if (value > 0 && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

void add_table(HtmlPage& page, const SweepConfig& sweep, const SweepApp& app, const Rows& rows, const Units& units) {
  const std::vector<std::string> figures = shown_figures(rows, units);
  std::vector<Text> header = {sweep.path.empty() ? Text("change", "改动") : Text(sweep.path), {"runs", "运行次数"}};
  for (const std::string& name : figures) header.push_back(heading(name, app));
  std::vector<std::vector<Text>> cells;
  const auto add = [&](const Text& label, const std::string& value) {
    std::vector<Text> line = {label, std::to_string(spread_of(rows, value, "seconds").runs)};
    for (const std::string& name : figures)
      line.push_back(spread_text(spread_of(rows, value, name), unit_of(name, app, units)));
    cells.push_back(line);
  };
  for (const std::string& value : values_of(rows)) add(label_of(value), label_of(value));
  if (sweep.repeats_one_thing()) add({"all", "全部"}, "");
  page.table(header, cells, {"Mean ± standard deviation over the runs.", "各次运行的均值 ± 标准差。"});
}

/// The number in "0.5" or "[8]"; NaN if it is none.
double number_in(std::string value) {
  value.erase(std::remove_if(value.begin(), value.end(), [](char c) { return c == '[' || c == ']'; }), value.end());
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  return !value.empty() && *end == '\0' ? number : NAN;
}

/// Where each value stands on the x axis: the number itself, its logarithm where they span decades, or 1, 2, 3...
std::vector<double> places_of(const SweepConfig& sweep, const std::vector<std::string>& values, Text& x_label) {
  std::vector<double> places;
  for (const std::string& value : values) places.push_back(number_in(value));
  const bool numbers = std::none_of(places.begin(), places.end(), [](double place) { return std::isnan(place); });
  if (!numbers) {
    for (size_t i = 0; i < places.size(); ++i) places[i] = double(i + 1);
    const std::string what = sweep.path.empty() ? "change" : sweep.path;
    x_label = {what + ", in the order of the table", what + "（按表中的顺序）"};
    return places;
  }
  const double low = *std::min_element(places.begin(), places.end());
  const double high = *std::max_element(places.begin(), places.end());
  x_label = sweep.path;
  if (low > 0 && high / low > 20) {
    for (double& place : places) place = std::log10(place);
    x_label = "log10 of " + sweep.path;
  }
  return places;
}

/// Mean of the first headline at each value, with its lowest and highest run.
LineChart score_chart(const SweepConfig& sweep, const SweepApp& app, const Rows& rows, const Units& units) {
  const std::string& figure = units.begin()->first;
  const double scale = units.begin()->second == "%" ? 100 : 1;
  const std::vector<std::string> values = values_of(rows);
  Text x_label("");
  const std::vector<double> places = places_of(sweep, values, x_label);
  const Text name = heading(figure, app);
  LineChart chart;
  chart.title = name;
  chart.x_label = x_label;
  chart.y_label = name + Text(units.begin()->second.empty() ? "" : " (" + units.begin()->second + ")");
  LineSeries mean{{"mean", "均值"}, places, {}}, low{{"lowest run", "最低"}, places, {}, true},
      high{{"highest run", "最高"}, places, {}, true};
  for (const std::string& value : values) {
    const Spread spread = spread_of(rows, label_of(value), figure);
    mean.y.push_back(scale * spread.mean);
    low.y.push_back(scale * spread.low);
    high.y.push_back(scale * spread.high);
  }
  chart.series = {mean};
  if (rows.size() > values.size()) chart.series.insert(chart.series.end(), {low, high});
  return chart;
}

/// The training loss of the first run of each value.
void add_curves(HtmlPage& page, const Rows& rows) {
  LineChart loss;
  loss.title = {"Training loss", "训练损失"};
  loss.x_label = {"epoch", "轮"};
  loss.y_label = {"loss", "损失"};
  for (const std::string& value : values_of(rows)) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const SweepRow& one) { return one.value == value; });
    const auto curve = row->curves.find("train_loss");
    if (curve == row->curves.end() || loss.series.size() == palette::kSeriesColors) continue;
    LineSeries series{label_of(value), {}, curve->second, false};
    for (size_t epoch = 1; epoch <= series.y.size(); ++epoch) series.x.push_back(double(epoch));
    loss.series.push_back(series);
  }
  if (loss.series.empty()) return;
  page.section(Text("Learning", "学习过程"));
  page.figure(loss, Text("One run of each value.", "每个取值一次运行。"));
}

void add_runs(HtmlPage& page, const SweepApp& app, const Rows& rows, const Units& units) {
  std::vector<Text> header = {{"run", "运行"}};
  for (const auto& [name, unit] : units) header.push_back(heading(name, app));
  header.emplace_back("its report", "报告");
  std::vector<std::vector<Text>> cells;
  for (const SweepRow& row : rows) {
    std::vector<Text> line = {row.folder};
    for (const auto& [name, unit] : units) line.emplace_back(spread_text(spread_of({row}, "", name), unit));
    line.emplace_back(row.folder + "/report.html");
    cells.push_back(line);
  }
  page.section(Text("The runs", "各次运行"));
  page.table(header, cells);
}

}  // namespace

void write_sweep_report(const RunFolder& run, const std::string& name, const SweepConfig& sweep, const SweepApp& app,
                        const Rows& rows, const Units& units) {
  HtmlPage page(name, sweep.path.empty() ? "changes and seeds" : sweep.path);
  page.card(Text("runs", "运行次数"), std::to_string(rows.size()));
  for (const auto& [figure, unit] : units) {
    if (sweep.repeats_one_thing()) page.card(heading(figure, app), spread_text(spread_of(rows, "", figure), unit));
  }
  page.section(Text("What it shows", "说明了什么"));
  if (app.claims) {
    for (const Text& claim : app.claims(sweep, rows)) page.note(claim);
  }
  add_table(page, sweep, app, rows, units);
  if (!units.empty() && values_of(rows).size() > 1) {
    const LineChart chart = score_chart(sweep, app, rows, units);
    page.figure(chart);
    write_png(chart, run.file("plots/sweep.png"));
  }
  add_curves(page, rows);
  add_runs(page, app, rows, units);
  page.section(Text("How to repeat this run", "如何重复这次运行"));
  page.details("config.json", run.read("config.json"));
  page.write(run.file("report.html"));
}

}  // namespace glassbox
