#include "apps/mlp/inside/plane.h"

#include <algorithm>
#include <cmath>

#include "common/base/error.h"
#include "common/report/encode.h"
#include "common/report/format.h"

namespace glassbox::mlp {
namespace {

constexpr int64_t kMostPoints = 1000;  // more of them hide the surface and weigh a megabyte
constexpr int64_t kFilmSide = 64, kSurfaceSide = 160, kUnitSide = 48;  // samples of the plane; the browser smooths
constexpr int64_t kMostUnits = 64;

Raster surface_of(MlpImpl& model, const torch::Tensor& grid, int64_t side) {
  const torch::Device device = model.layers().front()->weight.device();
  const torch::Tensor p =
      torch::softmax(model.forward(grid.to(device)).cpu(), 1).to(torch::kFloat64).contiguous();  // [side * side, K]
  const double* first = p.data_ptr<double>();
  const int64_t classes = p.size(1);
  std::vector<std::vector<double>> probabilities;
  for (int64_t i = 0; i < p.size(0); ++i) probabilities.emplace_back(first + i * classes, first + (i + 1) * classes);
  return decision_raster(int(side), int(side), probabilities);
}

/// Calls `use` with the network as it was at each look that kept its weights.
template <typename Use>
void replay(const MlpImpl& model, const std::vector<Look>& looks, Use use) {
  const int64_t inputs = model.layers().front()->options.in_features();
  int64_t classes = model.layers().back()->options.out_features();
  if (model.config().output == "sigmoid") classes = 2;
  Mlp then(inputs, classes, model.config());
  then->eval();
  for (const Look& look : looks) {
    if (look.state.empty()) continue;
    set_state(*then, look.state);
    use(*then, look);
  }
}

Text label_of(const Look& look) {
  const std::string epoch = format_number(look.epoch, 3);
  return {as_text("step ", look.step, ", epoch ", epoch), as_text("第 ", look.step, " 步，第 ", epoch, " 轮")};
}

void add_surface(HtmlPage& page, MlpImpl& model, const Plane& plane) {
  DecisionChart chart =
      empty_chart(plane, {"What the network says everywhere in the plane", "网络对平面上每一点的判断"});
  chart.raster = surface_of(model, plane_grid(plane, kSurfaceSide), kSurfaceSide);
  page.figure(chart, {"Colours are classes, points are the test set. Where colours mix, the network is in doubt.",
                      "颜色代表类别，点是测试集。颜色混合之处，网络拿不定主意。"});
}

void add_film(HtmlPage& page, const MlpImpl& model, const Plane& plane, const std::vector<Look>& looks) {
  Film film;
  const torch::Tensor grid = plane_grid(plane, kFilmSide);
  replay(model, looks, [&](MlpImpl& then, const Look& look) {
    film.frames.push_back(encode_png(surface_of(then, grid, kFilmSide)));
    film.labels.push_back(label_of(look));
  });
  if (film.frames.empty() && !looks.empty())
    page.note({"The network is too large for its weights to be kept at every look: there is no film of the surface.",
               "网络太大，没有在每次观察时保存权重，因此没有判决面的动画。"});
  if (film.frames.empty()) return;
  const DecisionChart stage = empty_chart(plane, {"The decision surface over training", "训练过程中的判决面"});
  page.film(film, stage, surface_box(stage),
            {"The same surface from the first weights to the last step. Early moments lie closer together, because "
             "most happens there. The weights kept for the test are those of the best epoch.",
             "同一个判决面，从初始权重到最后一步。前期的画面更密，因为变化主要发生在那里。测试用的是最佳一轮的权重。"});
}

/// Vermillion above 0, blue below, white at 0; `largest` has the full colour.
Raster heat_map(const torch::Tensor& values, int64_t side, double largest) {
  const torch::Tensor own = values.to(torch::kFloat64).contiguous();
  const double* value = own.data_ptr<double>();
  Raster raster{int(side), int(side), {}};
  for (int64_t i = 0; i < own.numel(); ++i) {
    const double fraction = std::isfinite(value[i]) ? std::abs(value[i]) / largest : 0;
    const uint32_t color = palette::mix(palette::kPaper, palette::series(value[i] > 0 ? 1 : 0), fraction).light;
    for (int shift : {16, 8, 0}) raster.rgb.push_back(uint8_t(color >> shift));
  }
  return raster;
}

void add_unit_maps(HtmlPage& page, MlpImpl& model, const Plane& plane) {
  const torch::Tensor grid = plane_grid(plane, kUnitSide).to(model.layers().front()->weight.device());
  const auto hidden = hidden_activations(model, grid);
  for (size_t layer = 0; layer < hidden.size(); ++layer) {
    const torch::Tensor h = hidden[layer].cpu().to(torch::kFloat64);  // [side * side, H]
    const int64_t shown = std::min(h.size(1), kMostUnits);
    std::vector<GalleryItem> maps;
    for (int64_t unit = 0; unit < shown; ++unit) {
      const torch::Tensor own = h.select(1, unit);
      const double low = own.min().item<double>(), high = own.max().item<double>();
      const double largest = std::max({std::abs(low), std::abs(high), 1e-12});
      maps.push_back({encode_png(heat_map(own, kUnitSide, largest)),
                      {{as_text("unit ", unit + 1), as_text("单元 ", unit + 1)},
                       {as_text(format_number(low, 2), " to ", format_number(high, 2)),
                        as_text(format_number(low, 2), " 到 ", format_number(high, 2))}}});
    }
    page.gallery(
        maps,
        {as_text("What each unit of hidden layer ", layer + 1, " answers everywhere in the plane (", shown, " of ",
                 h.size(1), " units): vermillion above 0, blue below, white at 0; below each, its range."),
         as_text("第 ", layer + 1, " 个隐藏层的每个单元对平面上各点的响应（", h.size(1), " 个单元中的 ", shown,
                 " 个）：朱红为正，蓝为负，白为零；下方是取值范围。")},
        GalleryLook::kSmallAndSmooth);
  }
}

}  // namespace

DecisionChart empty_chart(const Plane& plane, const Text& title) {
  DecisionChart chart;
  chart.title = title;
  chart.x_label = plane.info.columns.at(0);
  chart.y_label = plane.info.columns.at(1);
  chart.x0 = plane.x0;
  chart.y0 = plane.y0;
  chart.x1 = plane.x1;
  chart.y1 = plane.y1;
  chart.points = plane.points;
  chart.classes = plane.info.classes;
  return chart;
}

Plane plane_of(const LabelledDataset& test) {
  const DatasetInfo& info = test.info();
  const Batch all = test.batch(torch::arange(test.size()));
  const torch::Tensor points = all.input * torch::tensor(info.std) + torch::tensor(info.mean);  // [N, 2] as in the file
  const auto low = std::get<0>(points.min(0)), high = std::get<0>(points.max(0));
  const torch::Tensor margin = 0.1 * (high - low) + 1e-6;
  const int64_t shown = std::min(test.size(), kMostPoints);
  const torch::Tensor chosen = torch::floor_divide(torch::arange(shown) * test.size(), shown);
  Plane plane{info,
              (low - margin)[0].item<double>(),
              (low - margin)[1].item<double>(),
              (high + margin)[0].item<double>(),
              (high + margin)[1].item<double>(),
              all.input.index_select(0, chosen),
              {}};
  const auto place = points.index_select(0, chosen).to(torch::kFloat64).contiguous();
  const auto target = all.target.index_select(0, chosen);
  const auto xy = place.accessor<double, 2>();
  const auto label = target.accessor<int64_t, 1>();
  for (int64_t i = 0; i < shown; ++i) plane.points.push_back({xy[i][0], xy[i][1], label[i]});
  return plane;
}

torch::Tensor plane_grid(const Plane& plane, int64_t side) {
  const auto grid =
      torch::meshgrid({torch::linspace(plane.y1, plane.y0, side), torch::linspace(plane.x0, plane.x1, side)}, "ij");
  return normalise(torch::stack({grid[1].flatten(), grid[0].flatten()}, 1), plane.info);  // (x, y)
}

void add_plane(HtmlPage& page, MlpImpl& model, const LabelledDataset& test, const std::vector<Look>& looks) {
  const Plane plane = plane_of(test);
  const auto layers = int64_t(model.layers().size());
  add_surface(page, model, plane);
  add_film(page, model, plane, looks);
  if (layers < 2) return;
  add_unit_maps(page, model, plane);
  page.note(
      {"A network ends with straight lines: its output layer can only cut a space in two. What lies before it must "
       "therefore bend the plane until a straight cut is enough. Below, the plane with a grid on it, and what the "
       "hidden layers make of grid and points.",
       "网络的最后一步总是直的：输出层只能用直线（超平面）切开空间。因此前面的各层必须把平面弯到一刀就能切开的样子。"
       "下面先是画有网格的原平面，然后是各隐藏层把网格和点变成的样子。"});
  add_bent_grid(page, model, plane, -1);
  add_bent_grid(page, model, plane, 0);
  if (layers > 2) add_bent_grid(page, model, plane, layers - 2);
}

}  // namespace glassbox::mlp
