#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/mlp/verbs.h"
#include "common/app/json_text.h"
#include "common/app/run_records.h"
#include "common/base/error.h"
#include "common/report/classifier_report.h"
#include "common/report/encode.h"
#include "common/report/format.h"
#include "common/train/evaluate.h"
#include "common/vision/image.h"

namespace glassbox::mlp {
namespace {

/// One picture a unit of the first layer: weights from the most negative (black) over 0 (grey) to the most positive
/// (white).
void add_first_layer(HtmlPage& page, const MlpImpl& model, const DatasetInfo& info) {
  const torch::Tensor weights = model.layers().front()->weight.detach().cpu();  // [H, F]
  const int64_t shown = std::min<int64_t>(weights.size(0), 64);
  std::vector<GalleryItem> pictures;
  for (int64_t unit = 0; unit < shown; ++unit) {
    const torch::Tensor own = weights[unit].view({info.sample_shape[1], info.sample_shape[2]});
    const double largest = std::max(own.abs().max().item<double>(), 1e-12);
    const torch::Tensor gray = (own / largest * 127 + 128).round().to(torch::kUInt8).contiguous();
    pictures.push_back({encode_png(as_mat(gray)), {concat("unit ", unit), "max |w| " + format_number(largest, 2)}});
  }
  page.note(concat("What each unit of the first layer looks for (", shown, " of ", weights.size(0),
                   " units): white where ink speaks for it, black where ink speaks against it."));
  page.gallery(pictures);
}

/// The probabilities of every point of the plane, over the box of the test points.
void add_plane(HtmlPage& page, MlpImpl& model, const Dataset& test) {
  const DatasetInfo& info = test.info();
  const Batch all = test.batch(torch::arange(test.size()));
  const torch::Tensor points = all.input * torch::tensor(info.std) + torch::tensor(info.mean);  // [N, 2] as in the file
  const auto low = std::get<0>(points.min(0)), high = std::get<0>(points.max(0));
  const torch::Tensor margin = 0.1 * (high - low) + 1e-6;
  DecisionChart chart;
  chart.title = "What the network says everywhere in the plane";
  chart.x_label = info.columns.at(0);
  chart.y_label = info.columns.at(1);
  chart.x0 = (low - margin)[0].item<double>();
  chart.y0 = (low - margin)[1].item<double>();
  chart.x1 = (high + margin)[0].item<double>();
  chart.y1 = (high + margin)[1].item<double>();
  const int side = 160;
  const auto grid =
      torch::meshgrid({torch::linspace(chart.y1, chart.y0, side), torch::linspace(chart.x0, chart.x1, side)}, "ij");
  const torch::Tensor everywhere = torch::stack({grid[1].flatten(), grid[0].flatten()}, 1);  // [side * side, 2] (x, y)
  const torch::Device device = model.layers().front()->weight.device();
  const torch::Tensor p =
      torch::softmax(model.forward(normalise(everywhere, info).to(device)).cpu(), 1).to(torch::kFloat64).contiguous();
  std::vector<std::vector<double>> probabilities;
  const double* first = p.data_ptr<double>();
  const int64_t classes = p.size(1);
  for (int64_t i = 0; i < p.size(0); ++i) probabilities.emplace_back(first + i * classes, first + (i + 1) * classes);
  chart.raster = decision_raster(side, side, probabilities);
  for (int64_t i = 0; i < points.size(0); ++i) {
    chart.points.push_back({points[i][0].item<double>(), points[i][1].item<double>(), all.target[i].item<int64_t>()});
  }
  chart.classes = info.classes;
  page.figure(chart, "Colours are classes, points are the test set. Where colours mix, the network is in doubt.");
}

void add_weight_table(HtmlPage& page, const MlpImpl& model) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& item : model.named_parameters()) {
    const torch::Tensor w = item.value().detach().to(torch::kFloat64);
    rows.push_back({item.key(), concat(w.sizes()), format_number(w.mean().item<double>()),
                    format_number(w.std(/*unbiased=*/false).item<double>()),
                    format_number(w.abs().max().item<double>())});
  }
  page.table({"parameter", "shape", "mean", "standard deviation", "largest"}, rows);
}

void add_inside(HtmlPage& page, MlpImpl& model, const Dataset& test) {
  const c10::InferenceMode no_graph;
  page.section("Inside the network");
  if (test.info().is_image()) add_first_layer(page, model, test.info());
  if (test.info().sample_shape == std::vector<int64_t>{2}) add_plane(page, model, test);
  add_weight_table(page, model);
}

}  // namespace

void write_report(const RunFolder& run, MlpImpl& model, const Dataset& test, const Predictions& answers) {
  write_classifier_report(run, test, answers, [&](HtmlPage& page) { add_inside(page, model, test); });
}

void explain(Session& session) {
  require(session.options().inputs.empty(), "explain: mlp explains a run, not single inputs; leave out \"",
          session.options().inputs.empty() ? "" : session.options().inputs.front(), "\"");
  Trained trained = load_trained(session);
  const DataSplits data = open_data(trained.experiment.data, session.data_folders(), uint64_t(trained.experiment.seed));
  require_same_data(session.options().run, data);
  const DataLoader loader(data.test, {/*batch_size=*/128, /*shuffle=*/false});
  const auto forward = [&](const Batch& batch) { return trained.model->forward(batch.input); };
  const Predictions answers = predict_all(forward, loader, session.device());
  HtmlPage page("Inside " + trained.experiment.name, data.info().name + ": " + data.info().source);
  page.card("test accuracy", format_percent(accuracy(answers)), format_count(data.test->size()) + " samples");
  add_inside(page, *trained.model, *data.test);
  add_worst_cases(page, *data.test, answers, /*count=*/48);
  const RunFolder run = RunFolder::open(session.options().run, /*to_continue=*/false);
  page.write(run.file("explain.html"));
  const std::string file = run.file("explain.html").string();
  const nlohmann::ordered_json json = {{"app", "mlp"}, {"run", session.options().run.string()}, {"page", file}};
  session.answer(json_text(json), "page " + file + "\n");
}

}  // namespace glassbox::mlp
