#include "apps/mlp/inside/page.h"

#include <algorithm>

#include "apps/mlp/inside/diagnose.h"
#include "apps/mlp/inside/plane.h"
#include "common/base/error.h"
#include "common/inside/charts.h"
#include "common/report/format.h"
#include "common/vision/image.h"
#include "common/vision/png.h"

namespace glassbox::mlp {
namespace {

/// One image a unit of the first layer: weights from the most negative (black) over 0 (grey) to the most positive
/// (white); of colour images each of red, green and blue.
void add_first_layer(HtmlPage& page, const MlpImpl& model, const DatasetInfo& info) {
  const torch::Tensor weights = model.layers().front()->weight.detach().cpu();  // [H, F]
  const int64_t shown = std::min<int64_t>(weights.size(0), 64);
  std::vector<GalleryItem> images;
  for (int64_t unit = 0; unit < shown; ++unit) {
    const torch::Tensor own = weights[unit].view(info.sample_shape);  // [1 or 3, H, W]
    const double largest = std::max(own.abs().max().item<double>(), 1e-12);
    const torch::Tensor shown_weights = (own / largest * 127 + 128).round().to(torch::kUInt8);
    const std::string size = format_number(largest, 2);
    images.push_back(
        {encode_png(to_mat(shown_weights)),
         {{as_text("unit ", unit + 1), as_text("单元 ", unit + 1)}, {"max |w| " + size, "最大 |w| " + size}}});
  }
  page.note({as_text("What each unit of the first layer looks for (", shown, " of ", weights.size(0),
                     " units): white where ink speaks for it, black where ink speaks against it."),
             as_text("第一层的每个单元在寻找什么（", weights.size(0), " 个单元中的 ", shown,
                     " 个）：白色处有笔画会使它更活跃，黑色处有笔画会抑制它。")});
  page.gallery(images, "", GalleryLook::kSmall);
}

void add_weight_table(HtmlPage& page, const MlpImpl& model) {
  std::vector<std::vector<Text>> rows;
  for (const auto& item : model.named_parameters()) {
    const torch::Tensor w = item.value().detach().to(torch::kFloat64);
    rows.push_back({item.key(), as_text(w.sizes()), format_number(w.mean().item<double>()),
                    format_number(w.std(/*unbiased=*/false).item<double>()),
                    format_number(w.abs().max().item<double>())});
  }
  page.table({{"parameter", "参数"},
              {"shape", "形状"},
              {"mean", "均值"},
              {"standard deviation", "标准差"},
              {"largest", "最大绝对值"}},
             rows, {"All weights of the network that was tested.", "参加测试的网络的全部权重。"});
}

/// The hidden units of the tested network over `samples` samples, a row a layer.
void add_unit_table(HtmlPage& page, const Look& now, const ModelConfig& model, int64_t samples) {
  const bool with_dead = can_die(model.activation), with_saturated = can_saturate(model.activation);
  std::vector<Text> header = {{"hidden layer", "隐藏层"}, {"units", "单元数"}};
  if (with_dead) header.push_back({"dead", "死亡"});
  if (with_saturated) header.push_back({"saturated", "饱和"});
  header.insert(header.end(),
                {{"twins", "孪生"}, {"lowest activation", "最小激活值"}, {"highest activation", "最大激活值"}});
  std::vector<std::vector<Text>> rows;
  for (size_t i = 0; i + 1 < now.layers.size(); ++i) {
    const LayerLook& layer = now.layers[i];
    std::vector<Text> row = {std::to_string(i + 1), format_count(model.hidden[i])};
    if (with_dead) row.push_back(format_percent(layer.dead, 1));
    if (with_saturated) row.push_back(format_percent(layer.saturated, 1));
    row.insert(row.end(), {format_percent(layer.twins, 1), format_number(layer.activations.low, 3),
                           format_number(layer.activations.high, 3)});
    rows.push_back(row);
  }
  if (rows.empty()) return;
  page.table(header, rows,
             Text(as_text("Over ", samples, " test samples."), as_text("基于 ", samples, " 个测试样本。")) +
                 meaning_of_fractions(named_layers(model, now.layers.size())));
}

void add_histograms(HtmlPage& page, const std::vector<Look>& looks) {
  const size_t layers = looks.back().layers.size();
  for (size_t i = 0; i + 1 < layers; ++i) {
    page.figure(histograms_over_time({as_text("Layer ", i + 1, ": activations"), as_text("第 ", i + 1, " 层：激活值")},
                                     {"activation", "激活值"}, looks,
                                     [i](const Look& look) -> const Histogram& { return look.layers[i].activations; }));
  }
  for (size_t i = 0; i < layers; ++i) {
    const Text name =
        i + 1 == layers ? Text("Output layer", "输出层") : Text(as_text("Layer ", i + 1), as_text("第 ", i + 1, " 层"));
    page.figure(histograms_over_time(name + Text(": gradients of the weights", "：权重的梯度"),
                                     {"log10 |gradient|", "log10 |梯度|"}, looks,
                                     [i](const Look& look) -> const Histogram& { return look.layers[i].gradients; }));
  }
}

void add_history(HtmlPage& page, const ModelConfig& model, const std::vector<Look>& looks) {
  page.section({"While it learned", "学习过程中的内部"});
  if (looks.empty()) {
    page.note(
        {"Nobody looked into this run while it learned. Train again with --set looks=24 to see activations, "
         "gradients and steps over time, and with two inputs the decision surface as a film.",
         "这次训练没有记录内部情况。请加上 --set looks=24 重新训练，就能看到激活值、梯度和更新量随时间的变化；"
         "输入是二维时，还能看到判决面变化的动画。"});
    return;
  }
  const std::vector<Finding> findings = diagnose(looks, model);
  page.note({as_text(looks.size(),
                     " looks, close together at the beginning. Each column is a moment; the darker, the "
                     "more values lie there."),
             as_text("共 ", looks.size(), " 次观察，前期较密。每一列是一个时刻；颜色越深，落在那里的数值越多。")});
  page.note(findings_text(findings, Subject::kGradients));
  add_histograms(page, looks);
  page.note({"How long the steps were, and which units did not work:", "每一步有多大，哪些单元没有起作用："});
  const size_t layers = looks.back().layers.size();
  std::vector<Text> names;
  for (size_t i = 0; i < layers; ++i)
    names.push_back(i + 1 == layers ? Text("output layer", "输出层") : layer_name(i, layers));
  const LineChart updates = update_chart(looks, names), units = unit_chart(looks, names);
  page.figure(updates, Text("How far one step moves the weights of a layer. ", "一步使一层的权重移动多远。") +
                           findings_text(findings, Subject::kUpdates));
  const Text on_units = findings_text(findings, Subject::kUnits);
  if (units.series.empty()) return page.note(on_units);
  page.figure(units, on_units + Text(" Over up to 256 training samples.", "（基于最多 256 个训练样本。") +
                         meaning_of_fractions(named_layers(model, layers)) + Text("", "）"));
}

}  // namespace

void add_inside(HtmlPage& page, MlpImpl& model, const LabelledDataset& test, const std::vector<Look>& looks) {
  const c10::InferenceMode no_graph;
  const torch::Tensor probe = probe_samples(test);
  const Look now = look_at(model, probe.to(model.layers().front()->weight.device()));
  page.section({"Inside the network", "网络内部"});
  if (looks.empty()) page.note(findings_text(diagnose({now}, model.config()), Subject::kUnits));
  if (test.info().is_image()) add_first_layer(page, model, test.info());
  if (test.info().sample_shape == std::vector<int64_t>{2}) add_plane(page, model, test, looks);
  add_unit_table(page, now, model.config(), probe.size(0));
  add_weight_table(page, model);
  add_history(page, model.config(), looks);
}

}  // namespace glassbox::mlp
