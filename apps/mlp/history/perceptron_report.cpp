#include "apps/mlp/history/perceptron_report.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

#include "apps/mlp/inside/plane.h"
#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/report/encode.h"
#include "common/report/format.h"
#include "common/report/html.h"
#include "common/report/text.h"
#include "common/vision/image.h"
#include "common/vision/png.h"

namespace glassbox::mlp {
namespace {

/// The line in the data's own units: normalised inputs are (value - mean) / std.
PlaneLine in_raw_units(const Perceptron& perceptron, const DatasetInfo& info) {
  const auto w = perceptron.weight.accessor<double, 1>();
  PlaneLine line{w[0] / info.std[0], w[1] / info.std[1], perceptron.bias.item<double>()};
  line.bias -= line.w1 * info.mean[0] + line.w2 * info.mean[1];
  return line;
}

/// The two sides of the line, side x side pixels.
Raster sides_of(const PlaneLine& line, const Plane& plane, int side) {
  std::vector<std::vector<double>> answers;
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      const double x = plane.x0 + (plane.x1 - plane.x0) * (column + 0.5) / side;
      const double y = plane.y1 - (plane.y1 - plane.y0) * (row + 0.5) / side;
      const bool positive = line.w1 * x + line.w2 * y + line.bias > 0;
      answers.push_back({positive ? 0.0 : 1.0, positive ? 1.0 : 0.0});
    }
  }
  return decision_raster(side, side, answers);
}

void add_moving_line(HtmlPage& page, const RunFolder& run, const DataSplits& data, const PerceptronCourse& course) {
  constexpr int kSide = 160;
  const Plane plane = plane_of(*data.train);
  const PlaneLine kept = in_raw_units(course.pocket, data.info());
  Film film;
  DecisionChart chart = empty_chart(plane, {"What the perceptron says", "感知机的判断"});
  for (const Perceptron& moment : course.moments) {
    PlaneLine line = in_raw_units(moment, data.info());
    const size_t mistakes = film.frames.size() + 1;
    film.frames.push_back(encode_png(sides_of(line, plane, kSide)));
    film.labels.push_back({as_text("after mistake ", mistakes), as_text("第 ", mistakes, " 次错误之后")});
    line.fraction = 0.15 + 0.6 * double(mistakes) / double(course.moments.size());
    chart.lines.push_back(line);
  }
  chart.raster = sides_of(kept, plane, kSide);
  chart.lines.push_back(kept);
  page.figure(chart, {as_text("Each mistake moves the line a little (the first ", course.moments.size(),
                              " mistakes, pale to dark); the thick line is the one that was kept."),
                      as_text("每犯一次错，直线就移动一点（前 ", course.moments.size(),
                              " 次错误，由浅到深）；粗线是最后保留的那条。")});
  const DecisionChart stage = empty_chart(plane, {"The line after each mistake", "每次错误之后的直线"});
  if (!film.frames.empty())
    page.film(film, stage, surface_box(stage), {"The same, one mistake after the other.", "同上，逐次播放。"});
  write_png(chart, run.file("plots/line.png"));
}

/// The different points of a set that is a truth table, such as AND: at most four.
std::vector<ClassPoint> corners_of(const LabelledDataset& train) {
  const Batch all = train.batch(torch::arange(train.size()));
  const DatasetInfo& info = train.info();
  const torch::Tensor points = all.input * torch::tensor(info.std) + torch::tensor(info.mean);
  std::set<std::array<double, 3>> seen;
  for (int64_t i = 0; i < points.size(0) && seen.size() <= 4; ++i) {
    const auto rounded = [](double value) { return std::round(value * 1e4) / 1e4 + 0.0; };
    seen.insert(
        {rounded(points[i][0].item<double>()), rounded(points[i][1].item<double>()), all.target[i].item<double>()});
  }
  std::vector<ClassPoint> corners;
  for (const auto& [x, y, label] : seen) corners.push_back({x, y, int64_t(label)});
  return corners;
}

/// "w1 + b > 0" for the corner (1, 0).
std::string inequality(const ClassPoint& corner) {
  std::string sum;
  const auto add = [&](double factor, const char* name) {
    if (factor == 0) return;
    sum += (sum.empty() ? "" : " + ") + (factor == 1 ? std::string(name) : format_number(factor, 3) + " " + name);
  };
  add(corner.x, "w1");
  add(corner.y, "w2");
  add(1, "b");
  return sum + (corner.label == 1 ? " > 0" : " <= 0");
}

void add_inequalities(HtmlPage& page, const DataSplits& data, const PerceptronCourse& course) {
  const std::vector<ClassPoint> corners = corners_of(*data.train);
  if (corners.size() > 4) return;
  const PlaneLine line = in_raw_units(course.pocket, data.info());
  std::vector<std::vector<Text>> rows;
  for (const ClassPoint& corner : corners) {
    const double sum = line.w1 * corner.x + line.w2 * corner.y + line.bias;
    const bool holds = (sum > 0) == (corner.label == 1);
    rows.push_back({as_text("(", corner.x, ", ", corner.y, ")"), std::to_string(corner.label), inequality(corner),
                    format_number(sum, 4), holds ? Text("yes", "是") : Text("no", "否")});
  }
  page.section(Text("The inequalities", "不等式"));
  page.note(
      Text("Each corner asks something of the two weights and the bias. In the units of the table, not normalised:",
           "每个角点都对两个权重和偏置提出一个要求。下表用原始单位，未归一化："));
  page.table(
      {{"corner", "角点"}, {"class", "类别"}, {"wanted", "要求"}, {"sum at the end", "最后的和"}, {"holds", "成立"}},
      rows);
  if (data.info().name != "xor") return;
  page.note(
      Text("Add the second and the third: w1 + w2 + 2b > 0. Add the first and the fourth: w1 + w2 + 2b <= 0. No "
           "weights can do both, so no perceptron says XOR: that is the point of Minsky and Papert (1969). What they "
           "did not prove is that more layers would not help; two hidden units are enough (history/xor_2_2_1.json).",
           "把第二、第三式相加：w1 + w2 + 2b > 0；把第一、第四式相加：w1 + w2 + 2b <= 0。两者不可能同时成立，"
           "所以任何感知机都表达不了异或——这就是 Minsky 与 Papert（1969）指出的事实。他们并没有证明多层也无济于事："
           "两个隐藏单元就够了（history/xor_2_2_1.json）。"));
}

/// The weights as images, after a few of the mistakes.
void add_weight_images(HtmlPage& page, const DataSplits& data, const PerceptronCourse& course) {
  const DatasetInfo& info = data.info();
  std::vector<GalleryItem> images;
  const auto add = [&](const Perceptron& perceptron, const Text& line) {
    const torch::Tensor own = perceptron.weight.view(info.sample_shape);
    const double largest = std::max(own.abs().max().item<double>(), 1e-12);
    const torch::Tensor gray = (own / largest * 127 + 128).round().to(torch::kUInt8);
    images.push_back({encode_png(to_mat(gray)), {line, "max |w| " + format_number(largest, 2)}});
  };
  for (size_t mistakes : {1, 2, 3, 5, 10, 20, 40, 60}) {
    if (mistakes <= course.moments.size())
      add(course.moments[mistakes - 1],
          {as_text(mistakes, mistakes == 1 ? " mistake" : " mistakes"), as_text("错 ", mistakes, " 次")});
  }
  add(course.pocket, {"kept", "保留的权重"});
  page.gallery(images, Text("The weights grow out of the mistakes: each one adds or subtracts the image that was "
                            "misread. White speaks for the class, black against it.",
                            "权重由错误累积而成：每错一次，就加上或减去被认错的那张图。白色支持该类，黑色反对该类。"));
}

void add_weights(HtmlPage& page, const DataSplits& data, const Perceptron& perceptron) {
  const DatasetInfo& info = data.info();
  const auto w = perceptron.weight.accessor<double, 1>();
  std::vector<size_t> order(info.columns.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return std::abs(w[int64_t(a)]) > std::abs(w[int64_t(b)]); });
  std::vector<std::vector<Text>> rows;
  for (size_t i : order) rows.push_back({info.columns[i], format_number(w[int64_t(i)])});
  rows.push_back({{"bias", "偏置"}, format_number(perceptron.bias.item<double>())});
  page.table({{"input (normalised)", "输入（归一化）"}, {"weight", "权重"}}, rows,
             Text("The weights that were kept, the largest first.", "保留下来的权重，从大到小。"));
}

void add_mistakes(HtmlPage& page, const RunFolder& run, const PerceptronCourse& course, const NovikoffBound& bound) {
  LineChart chart{{"Mistakes", "错误次数"}, {"pass", "遍"}, {"mistakes so far", "累计错误次数"}, {}, false, {}};
  LineSeries so_far{{"made", "实际"}, {0}, {0}}, allowed{{"Novikoff's bound", "Novikoff 上界"}, {}, {}, true};
  for (size_t i = 0; i < course.mistakes_of_pass.size(); ++i) {
    so_far.x.push_back(double(i + 1));
    so_far.y.push_back(so_far.y.back() + double(course.mistakes_of_pass[i]));
  }
  chart.series = {so_far};
  if (bound.margin > 0) {
    allowed.x = {0, so_far.x.back()};
    allowed.y = {bound.mistakes(), bound.mistakes()};
    chart.series.push_back(allowed);
  }
  page.section(Text("Mistakes", "错误次数"));
  page.note(
      Text("Novikoff (1962): if every sample (x, 1) is no longer than R and some line separates the classes by the "
           "margin gamma, then the perceptron makes at most (R / gamma)^2 mistakes in its whole life, however many "
           "samples there are and in whatever order they come.",
           "Novikoff（1962）：若每个样本 (x, 1) 的长度不超过 R，且存在间隔为 gamma 的分界线，则感知机总共至多犯 "
           "(R / gamma)^2 次错误，与样本多少、出现次序无关。"));
  page.figure(chart);
  const bool found = bound.margin > 0;
  const Text none = {"none", "无"};
  page.table(
      {"R", {"largest margin", "最大间隔"}, {"bound", "上界"}, {"mistakes", "错误次数"}, {"passes", "遍数"}},
      {{format_number(bound.radius), found ? Text(format_number(bound.margin)) : none,
        found ? Text(format_large(bound.mistakes())) : none, format_count(course.mistakes()),
        format_count(int64_t(course.mistakes_of_pass.size()))}},
      {"The largest margin is the distance from 0 of the convex hull of the samples y (x, 1), found by non-negative "
       "least squares (Lawson and Hanson 1974).",
       "最大间隔就是样本 y (x, 1) 的凸包到原点的距离，由非负最小二乘（Lawson 与 Hanson，1974）求得。"});
  write_png(chart, run.file("plots/mistakes.png"));
}

}  // namespace

void write_perceptron_report(const RunFolder& run, const Experiment& ask, const DataSplits& data,
                             const PerceptronCourse& course, const NovikoffBound& bound, double test_accuracy) {
  const DatasetInfo& info = data.info();
  HtmlPage page(ask.name, info.name + ": " + info.source);
  page.card(Text("test accuracy", "测试准确率"), format_percent(test_accuracy),
            Text(format_count(data.test->size()) + " samples", format_count(data.test->size()) + " 个样本"));
  page.card(Text("mistakes", "错误次数"), format_count(course.mistakes()),
            course.converged ? Text("then it converged", "之后收敛") : Text("and it did not converge", "仍未收敛"));
  page.section(Text("Rosenblatt's perceptron (1958)", "Rosenblatt 的感知机（1958）"));
  const Text ending = say_how_it_ended(course, bound);
  page.note(Text(char(std::toupper(ending.en[0])) + ending.en.substr(1) + ".", ending.zh + "。"));
  if (info.sample_shape == std::vector<int64_t>{2}) add_moving_line(page, run, data, course);
  if (info.is_image()) add_weight_images(page, data, course);
  if (!info.is_image()) add_weights(page, data, course.pocket);
  if (info.sample_shape == std::vector<int64_t>{2}) add_inequalities(page, data, course);
  add_mistakes(page, run, course, bound);
  page.section(Text("How to repeat this run", "如何重复这次运行"));
  page.details("config.json", run.read("config.json"));
  page.write(run.file("report.html"));
}

}  // namespace glassbox::mlp
