#include <algorithm>
#include <cmath>
#include <map>

#include "apps/mlp/history/sweep.h"
#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/report/format.h"
#include "common/report/html.h"
#include "common/report/text.h"

namespace glassbox::mlp {
namespace {

using Rows = std::vector<SweepRow>;

/// "98.10 ± 0.52 %".
std::string cell(const Spread& spread, bool is_share) {
  if (spread.runs == 0) return "";
  const double scale = is_share ? 100 : 1;
  std::string text = format_number(scale * spread.mean, 4);
  if (spread.runs > 1) text += " ± " + format_number(scale * spread.deviation, 2);
  return text + (is_share ? " %" : "");
}

/// The figures that at least one run has above zero, in their order; the scores always.
std::vector<std::string> shown_figures(const Rows& rows) {
  std::vector<std::string> names = {"train_accuracy", "test_accuracy", "kept_test_accuracy"};
  for (const SweepRow& row : rows) {
    for (const auto& [name, value] : row.figures) {
      if (value > 0 && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

bool is_share(const std::string& figure) {
  return figure.find("accuracy") != std::string::npos || figure == "memorised" || figure == "dead" ||
         figure == "saturated" || figure == "twins" || figure == "converged" || figure == "hulls_overlap";
}

Text heading(const std::string& figure) {
  static const std::map<std::string, Text> known = {
      {"train_accuracy", {"train accuracy", "训练准确率"}},
      {"test_accuracy", {"test accuracy", "测试准确率"}},
      {"kept_test_accuracy", {"kept test accuracy", "保留权重的测试准确率"}},
      {"train_loss", {"train loss", "训练损失"}},
      {"guessing_loss", {"loss of guessing", "瞎猜的损失"}},
      {"memorised", {"wrong labels repeated", "照背的错误标签"}},
      {"dead", {"dead units", "死亡单元"}},
      {"saturated", {"saturated", "饱和"}},
      {"twins", {"twin units", "孪生单元"}},
      {"converged", {"converged", "收敛"}},
      {"mistakes", {"mistakes", "错误次数"}},
      {"mistakes_of_last_pass", {"in the last pass", "最后一遍"}},
      {"novikoff_bound", {"Novikoff's bound", "Novikoff 上界"}},
      {"margin", {"margin", "间隔"}},
      {"hulls_overlap", {"hulls overlap", "凸包相交"}}};
  const auto found = known.find(figure);
  return found == known.end() ? Text(figure) : found->second;
}

void add_table(HtmlPage& page, const Experiment& ask, const Rows& rows) {
  const std::vector<std::string> figures = shown_figures(rows);
  std::vector<Text> header = {ask.sweep.path, {"runs", "运行次数"}};
  for (const std::string& name : figures) header.push_back(heading(name));
  std::vector<std::vector<Text>> cells;
  const auto add = [&](const Text& label, const std::string& value) {
    std::vector<Text> line = {label, std::to_string(spread_of(rows, value, "kept_test_accuracy").runs)};
    for (const std::string& name : figures) line.push_back(cell(spread_of(rows, value, name), is_share(name)));
    cells.push_back(line);
  };
  for (const std::string& value : ask.sweep.values) add(value, value);
  if (repeats_one_thing(ask)) add({"all", "全部"}, "");
  const bool folds = ask.sweep.path == "data.fold";
  page.table(
      header, cells,
      {as_text(
           "Mean ± standard deviation over the ", folds ? "folds" : "seeds",
           ". Train and test accuracy are those of the last weights; kept: of the epoch that was best in validation."),
       as_text("各", folds ? "折" : "种子",
               "的均值 ± 标准差。训练与测试准确率用最后一轮的权重；保留权重指验证集上最好的一轮。")});
}

/// The number in "0.5" or "[8]"; NaN if it is none.
double number_in(std::string value) {
  value.erase(std::remove_if(value.begin(), value.end(), [](char c) { return c == '[' || c == ']'; }), value.end());
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  return !value.empty() && *end == '\0' ? number : NAN;
}

/// Where each value stands on the x axis: the number itself, its logarithm where they span decades, or 1, 2, 3...
std::vector<double> places_of(const Experiment& ask, Text& x_label) {
  std::vector<double> places;
  for (const std::string& value : ask.sweep.values) places.push_back(number_in(value));
  const bool numbers = std::none_of(places.begin(), places.end(), [](double place) { return std::isnan(place); });
  const double low = numbers ? *std::min_element(places.begin(), places.end()) : 0,
               high = numbers ? *std::max_element(places.begin(), places.end()) : 0;
  x_label = ask.sweep.path;
  if (numbers && low > 0 && high / low > 20) {
    for (double& place : places) place = std::log10(place);
    x_label = {"log10 of " + ask.sweep.path, ask.sweep.path + " 的 log10"};
  }
  if (numbers) return places;
  for (size_t i = 0; i < places.size(); ++i) places[i] = double(i + 1);
  x_label = {ask.sweep.path + ", in the order of the table", ask.sweep.path + "（按表中顺序）"};
  return places;
}

LineChart error_chart(const Experiment& ask, const Rows& rows) {
  LineChart chart{{"Error", "错误率"}, "", {"fraction wrong", "出错的比例"}, {}, false, {}};
  const std::vector<double> places = places_of(ask, chart.x_label);
  const auto add = [&](const Text& name, const std::string& figure, bool dashed) {
    LineSeries series{name, places, {}, dashed};
    for (const std::string& value : ask.sweep.values) series.y.push_back(1 - spread_of(rows, value, figure).mean);
    chart.series.push_back(series);
  };
  add({"training, last weights", "训练集，最后的权重"}, "train_accuracy", false);
  add({"test, last weights", "测试集，最后的权重"}, "test_accuracy", false);
  add({"test, kept weights", "测试集，保留的权重"}, "kept_test_accuracy", true);
  return chart;
}

/// The curves of the first run of each value.
void add_curves(HtmlPage& page, const Experiment& ask, const Rows& rows) {
  const Text epoch_label = {"epoch", "轮（epoch）"};
  LineChart loss{{"Training loss", "训练损失"}, epoch_label, {"cross-entropy (nats)", "交叉熵（奈特）"}, {}, false, {}};
  LineChart accuracy{
      {"Validation accuracy", "验证准确率"}, epoch_label, {"fraction right", "正确的比例"}, {}, false, {}};
  for (const std::string& value : ask.sweep.values) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const SweepRow& one) { return one.value == value; });
    if (row->train_loss.empty() || loss.series.size() == palette::kSeriesColors) continue;
    LineSeries series{value, {}, row->train_loss, false};
    for (size_t epoch = 1; epoch <= row->train_loss.size(); ++epoch) series.x.push_back(double(epoch));
    loss.series.push_back(series);
    series.y = row->val_accuracy;
    accuracy.series.push_back(series);
  }
  if (loss.series.empty()) return;
  page.section(Text("Learning", "学习过程"));
  page.figure(loss, Text("One run of each value.", "每个取值一次运行。"));
  page.figure(accuracy);
}

void add_runs(HtmlPage& page, const Rows& rows) {
  std::vector<std::vector<Text>> cells;
  for (const SweepRow& row : rows) {
    cells.push_back({row.folder, cell(spread_of({row}, "", "train_accuracy"), true),
                     cell(spread_of({row}, "", "kept_test_accuracy"), true), row.folder + "/report.html"});
  }
  page.section(Text("The runs", "各次运行"));
  page.table({{"run", "运行"}, heading("train_accuracy"), heading("kept_test_accuracy"), {"its report", "报告"}},
             cells);
}

}  // namespace

void write_sweep_report(const RunFolder& run, const Experiment& ask, const Rows& rows) {
  HtmlPage page(ask.name, ask.data.name + ": " + ask.sweep.path);
  page.card(Text("runs", "运行次数"), std::to_string(rows.size()));
  if (repeats_one_thing(ask)) {
    page.card({"test accuracy, all runs", "全部运行的测试准确率"},
              cell(spread_of(rows, "", "kept_test_accuracy"), true));
  }
  page.section(Text("What it shows", "说明了什么"));
  for (const Text& claim : claims_of(ask, rows)) page.note(claim);
  add_table(page, ask, rows);
  if (!repeats_one_thing(ask)) {
    const LineChart chart = error_chart(ask, rows);
    page.figure(chart);
    write_png(chart, run.file("plots/sweep.png"));
  }
  add_curves(page, ask, rows);
  add_runs(page, rows);
  page.section(Text("How to repeat this run", "如何重复这次运行"));
  page.details("config.json", read_file(run.file("config.json")));
  page.write(run.file("report.html"));
}

}  // namespace glassbox::mlp
