#include <algorithm>
#include <cmath>

#include "apps/mlp/inside/plane.h"
#include "common/base/error.h"
#include "common/report/axes.h"
#include "common/report/format.h"

namespace glassbox::mlp {
namespace {

constexpr int kWidth = 540, kHeight = 560;
constexpr PlotBox kPlot{72, 82, 442, 420};
constexpr int64_t kLines = 21, kSteps = 81;  // grid lines each way, points along a line
constexpr int64_t kLinePoints = kLines * kSteps;

/// How a layer's space is drawn on paper: (h - centre) times two directions.
struct View {
  torch::Tensor centre;      ///< float64 [H]
  torch::Tensor directions;  ///< float64 [H, 2], orthonormal
  double fraction = 1;       ///< of the points' variance, that the paper holds
};

/// With two units the paper is their plane; with more, the plane in which the points lie widest apart (PCA).
View view_of(const torch::Tensor& h) {
  const int64_t units = h.size(1);
  if (units == 2) return {torch::zeros({2}, torch::kFloat64), torch::eye(2, torch::kFloat64)};
  const torch::Tensor centre = h.mean(0), away = h - centre;
  const auto [values, vectors] = torch::linalg_eigh(away.t().matmul(away));  // rising
  torch::Tensor directions = torch::stack({vectors.select(1, units - 1), vectors.select(1, units - 2)}, 1);
  // An eigenvector's sign is chance: its largest part shall point upwards.
  const torch::Tensor largest = directions.gather(0, directions.abs().argmax(0, /*keepdim=*/true));  // [1, 2]
  directions = directions * torch::where(largest < 0, -1.0, 1.0);
  const double all = std::max(values.clamp_min(0).sum().item<double>(), 1e-300);
  return {centre, directions, (values[units - 1] + values[units - 2]).item<double>() / all};
}

/// The grid's lines as float32 [2 * kLines * kSteps, 2], normalised: first those of constant x, then of constant y.
torch::Tensor grid_lines(const Plane& plane) {
  const torch::Tensor line_x = torch::linspace(plane.x0, plane.x1, kLines).repeat_interleave(kSteps);
  const torch::Tensor line_y = torch::linspace(plane.y0, plane.y1, kLines).repeat_interleave(kSteps);
  const torch::Tensor along_x = torch::linspace(plane.x0, plane.x1, kSteps).repeat({kLines});
  const torch::Tensor along_y = torch::linspace(plane.y0, plane.y1, kSteps).repeat({kLines});
  const torch::Tensor upright = torch::stack({line_x, along_y}, 1), level = torch::stack({along_x, line_y}, 1);
  return normalise(torch::cat({upright, level}), plane.info);
}

/// Everything that is drawn, in the coordinates of the paper.
struct Drawing {
  Text title, x_label, y_label;
  std::vector<PlotPoint> lines, points;
  std::vector<int64_t> labels;
  std::vector<std::string> classes;
  double a = 0, b = 0, c = 0;  ///< the decision line a x + b y + c = 0, if a or b is not 0
  double x0 = 0, y0 = 0, x1 = 1, y1 = 1;
};

std::vector<PlotPoint> on_paper(const torch::Tensor& h, const View& view) {
  const torch::Tensor flat = (h - view.centre).matmul(view.directions).contiguous();  // [N, 2]
  const auto xy = flat.accessor<double, 2>();
  std::vector<PlotPoint> points;
  for (int64_t i = 0; i < flat.size(0); ++i) points.push_back({xy[i][0], xy[i][1]});
  return points;
}

void set_range(Drawing& drawing) {
  double x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
  for (const auto* part : {&drawing.lines, &drawing.points}) {
    for (const PlotPoint& point : *part) {
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
      x0 = std::min(x0, point.x);
      x1 = std::max(x1, point.x);
      y0 = std::min(y0, point.y);
      y1 = std::max(y1, point.y);
    }
  }
  const double x_room = 0.05 * (x1 - x0) + 1e-6, y_room = 0.05 * (y1 - y0) + 1e-6;
  drawing.x0 = x0 - x_room;
  drawing.x1 = x1 + x_room;
  drawing.y0 = y0 - y_room;
  drawing.y1 = y1 + y_room;
}

/// Where the decision line enters and leaves the box; nothing if it passes by.
std::vector<PlotPoint> clipped_line(const Drawing& d) {
  std::vector<PlotPoint> ends;
  for (double x : {d.x0, d.x1}) {
    const double y = -(d.a * x + d.c) / d.b;
    if (y >= d.y0 && y <= d.y1) ends.push_back({x, y});
  }
  for (double y : {d.y0, d.y1}) {
    const double x = -(d.b * y + d.c) / d.a;
    if (x > d.x0 && x < d.x1) ends.push_back({x, y});
  }
  if (ends.size() > 2) ends.resize(2);
  return ends;
}

void draw(Canvas& canvas, const Drawing& d) {
  draw_title(canvas, d.title, kWidth);
  std::vector<LegendEntry> legend;
  for (size_t k = 0; k < d.classes.size(); ++k)
    legend.push_back({d.classes[k], palette::series(k), LegendEntry::Sign::kDot});
  const std::vector<PlotPoint> cut = d.a != 0 || d.b != 0 ? clipped_line(d) : std::vector<PlotPoint>{};
  if (cut.size() == 2) legend.push_back({{"decision line", "判决直线"}, palette::kInk, LegendEntry::Sign::kLine});
  draw_legend(&canvas, {kMargin, kTitleHeight}, kWidth - 2 * kMargin, legend);
  const Axis x_axis{d.x0, d.x1, kPlot.x, kPlot.x + kPlot.width, false};
  const Axis y_axis{d.y0, d.y1, kPlot.y + kPlot.height, kPlot.y, false};
  const auto place = [&](const PlotPoint& p) { return PlotPoint{x_axis.place(p.x), y_axis.place(p.y)}; };
  draw_y_ticks(canvas, kPlot, y_axis, only_within(nice_ticks(d.y0, d.y1, 6), d.y0, d.y1));
  draw_x_ticks(canvas, kPlot, x_axis, only_within(nice_ticks(d.x0, d.x1, 6), d.x0, d.x1));
  draw_axis_labels(canvas, kPlot, d.x_label, d.y_label, 48);
  for (int64_t line = 0; line < 2 * kLines; ++line) {
    std::vector<PlotPoint> path;
    for (int64_t i = 0; i < kSteps; ++i) path.push_back(place(d.lines[size_t(line * kSteps + i)]));
    const double strength = line < kLines ? 0.75 : 0.35;  // upright lines are darker than level ones
    canvas.polyline(path, {palette::mix(palette::kGrid, palette::kMuted, strength), 1, false});
  }
  for (size_t i = 0; i < d.points.size(); ++i)
    canvas.circle(place(d.points[i]), d.points.size() > 500 ? 2 : 3, palette::series(size_t(d.labels[i])));
  if (cut.size() == 2) canvas.line(place(cut[0]), place(cut[1]), {palette::kInk, 2.5, false});
}

/// The output's own straight line, where the paper is the space of the last hidden layer's two units.
void set_decision_line(Drawing& drawing, const MlpImpl& model) {
  const auto& last = model.layers().back();
  const torch::Tensor w = last->weight.detach().cpu().to(torch::kFloat64),
                      b = last->bias.detach().cpu().to(torch::kFloat64);
  if (w.size(0) > 2) return;  // three classes and more are cut by several lines
  const bool one = w.size(0) == 1;
  const torch::Tensor line = one ? w[0] : w[1] - w[0];
  drawing.a = line[0].item<double>();
  drawing.b = line[1].item<double>();
  drawing.c = (one ? b[0] : b[1] - b[0]).item<double>();
}

Text caption_of(int64_t layer, int64_t units, const View& view) {
  if (layer < 0)
    return {"Before: the plane as the network gets it (normalised), with its grid and the test points.",
            "弯曲之前：网络得到的平面（已归一化）、网格和测试点。"};
  if (units == 2)
    return {
        as_text("The same grid and points in the space of hidden layer ", layer + 1, ", whose two units are its axes."),
        as_text("同样的网格和点在第 ", layer + 1, " 个隐藏层空间中的样子；坐标轴就是该层的两个单元。")};
  return {as_text("The same grid and points in the space of hidden layer ", layer + 1,
                  ". Paper has two dimensions and the "
                  "layer has ",
                  units, ": shown are its two principal components, which hold ", format_percent(view.fraction, 1),
                  " of the test points' variance."),
          as_text("同样的网格和点在第 ", layer + 1, " 个隐藏层空间中的样子。该层有 ", units,
                  " 维，纸面只有两维：这里画的是前两个主成分，它们占测试点方差的 ", format_percent(view.fraction, 1),
                  "。")};
}

}  // namespace

void add_bent_grid(HtmlPage& page, MlpImpl& model, const Plane& plane, int64_t layer) {
  const torch::Device device = model.layers().front()->weight.device();
  const auto in_layer = [&](const torch::Tensor& input) {
    const torch::Tensor h = layer < 0 ? input : hidden_activations(model, input.to(device)).at(size_t(layer));
    return h.cpu().to(torch::kFloat64);
  };
  const torch::Tensor points = in_layer(plane.inputs), lines = in_layer(grid_lines(plane));
  const int64_t units = points.size(1), last = int64_t(model.layers().size()) - 2;
  if (units < 2) return;
  const View view = view_of(points);
  Drawing drawing;
  drawing.title = layer < 0 ? Text("The plane before the network", "进入网络之前的平面")
                            : Text(as_text("The plane as hidden layer ", layer + 1, " sees it"),
                                   as_text("第 ", layer + 1, " 个隐藏层所看到的平面"));
  const auto axis_name = [&](size_t i) -> Text {
    if (layer < 0) return plane.info.columns[i];
    if (units == 2) return {as_text("unit ", i + 1), as_text("单元 ", i + 1)};
    return {as_text("principal component ", i + 1), as_text("第 ", i + 1, " 主成分")};
  };
  drawing.x_label = axis_name(0);
  drawing.y_label = axis_name(1);
  drawing.lines = on_paper(lines, view);
  drawing.points = on_paper(points, view);
  for (const ClassPoint& point : plane.points) drawing.labels.push_back(point.label);
  drawing.classes = plane.info.classes;
  if (layer == last && units == 2) set_decision_line(drawing, model);
  set_range(drawing);
  page.figure({kWidth, kHeight, drawing.title, [drawing](Canvas& canvas) { draw(canvas, drawing); }},
              caption_of(layer, units, view));
}

}  // namespace glassbox::mlp
