#include "apps/cnn/inside/page.h"

#include <algorithm>

#include "apps/cnn/inside/images.h"
#include "apps/cnn/inside/receptive.h"
#include "apps/cnn/inside/watched.h"
#include "common/base/error.h"
#include "common/classify/classifier.h"
#include "common/inside/charts.h"
#include "common/report/format.h"

namespace glassbox::cnn {
namespace {

constexpr int64_t kMostFilters = 64;
constexpr size_t kMostHistograms = 6;  // layers: a deep network has dozens, which look much alike

/// The filters of the first convolution, one image each.
void add_filters(HtmlPage& page, const NetworkImpl& model) {
  const auto& layers = model.layers();
  const auto first = std::find_if(layers.begin(), layers.end(), [](const Layer& l) { return l.conv || l.residual; });
  if (first == layers.end()) return;
  const torch::Tensor weight = first->conv ? first->conv->weight : first->residual->conv1->weight;
  const int64_t all = weight.size(0), shown = std::min(all, kMostFilters);
  std::vector<GalleryItem> items;
  for (int64_t i = 0; i < shown; ++i) {
    const std::string size = format_number(weight[i].abs().max().item<double>(), 2);
    items.push_back({png_enlarged(filter_colours(weight[i]), 0),
                     {{as_text("channel ", i), as_text("通道 ", i)}, {"max |w| " + size, "最大 |w| " + size}}});
  }
  page.note(
      {as_text("The filters of ", first->line.name, " (", first->line.text, "), ", shown, " of ", all,
               ": each looks for its own pattern at every position. Grey is 0; bright pixels of the image speak for "
               "what is bright here and against what is dark."),
       as_text(first->line.name, "（", first->line.text, "）的卷积核，", all, " 个中的 ", shown,
               " 个：每个都在图像的所有位置寻找自己的图案。灰色为 "
               "0；亮处遇到亮像素会增大响应，暗处遇到亮像素会减小响应。")});
  page.gallery(items, "", GalleryLook::kSmall);
}

/// The kernels of every convolution that learns, a sheet each.
void add_kernels(HtmlPage& page, const NetworkImpl& model) {
  constexpr int64_t kMost = 16;  // channels of a sheet, in and out
  std::vector<GalleryItem> items;
  const auto add = [&](const std::string& name, const std::string& text, const torch::Tensor& weight) {
    const std::string all = shape_text(weight.sizes().vec());
    items.push_back({png_enlarged(kernel_sheet(weight, kMost), 2 * 224), {name, text + "  " + all}});
  };
  for (const Layer& layer : model.layers()) {
    if (layer.conv && !layer.is("whiten")) add(layer.line.name, layer.line.text, layer.conv->weight);
    if (!layer.residual) continue;
    add(layer.line.name + ".conv1", layer.line.text, layer.residual->conv1->weight);
    add(layer.line.name + ".conv2", layer.line.text, layer.residual->conv2->weight);
  }
  if (items.empty()) return;
  page.note(
      {as_text("The kernels of each layer: a row is an output channel, a column the input channel it looks at, up to ",
               kMost, " of each. Grey is 0, bright is above it, dark below."),
       as_text("每一层的卷积核：一行是一个输出通道，一列是它所看的输入通道，各最多 ", kMost,
               " 个。灰色为 0，亮为正，暗为负。")});
  page.gallery(items, "", GalleryLook::kLarge);
}

Text pixels_text(const Field& y, const Field& x) { return as_text(y.size, " x ", x.size); }

/// Shapes and receptive fields, a row a layer.
void add_layer_table(HtmlPage& page, const NetworkImpl& model) {
  const std::vector<ReceptiveField> fields = receptive_fields(model);
  const int64_t height = model.sample()[1], width = model.sample()[2];
  std::vector<std::vector<Text>> rows;
  for (size_t i = 0; i < fields.size(); ++i) {
    const Layer& layer = model.layers()[i];
    const ReceptiveField& field = fields[i];
    const double seen = double(std::min(field.y.size, height) * std::min(field.x.size, width)) / double(height * width);
    const bool learns = layer.module() != nullptr;
    rows.push_back({learns ? layer.line.name : "", layer.line.text, shape_text(layer.out),
                    learns ? format_count(count_parameters(*layer.module())) : "0",
                    field.everything ? Text("everything", "整幅图像") : pixels_text(field.y, field.x),
                    field.everything ? "" : std::to_string(field.y.jump), format_percent(seen, 0)});
  }
  page.table(
      {{"name", "名称"},
       {"layer", "层"},
       {"output", "输出"},
       {"parameters", "参数个数"},
       {"receptive field (pixels)", "感受野（像素）"},
       {"step (pixels)", "步长（像素）"},
       {"fraction of the image", "占图像的比例"}},
      rows,
      {"Receptive field: the pixels that one position of the output can see. Step: how far it moves in the image "
       "from one place to the next.",
       "感受野：输出的一个位置能看到的像素。步长：输出移动一个位置时，感受野在图像中移动的距离。"});
}

void add_unit_table(HtmlPage& page, const Look& now, const Watched& net, int64_t samples) {
  std::vector<std::vector<Text>> rows;
  for (size_t i = 0; i < net.layers.size(); ++i) {
    const LayerLook& layer = now.layers[i];
    const bool bent = !layer.activations.counts.empty();
    const auto fraction = [&](bool can, double value) { return can ? format_percent(value, 1) : ""; };
    const std::string& activation = net.layers[i].activation;
    rows.push_back({net.layers[i].name, format_count(net.layers[i].weight.size(0)), activation,
                    fraction(bent && can_die(activation), layer.dead),
                    fraction(bent && can_saturate(activation), layer.saturated), format_percent(layer.twins, 1),
                    bent ? format_number(layer.activations.low, 3) : "",
                    bent ? format_number(layer.activations.high, 3) : "", format_number(layer.weight_size, 3)});
  }
  page.table({{"layer", "层"},
              {"channels", "通道数"},
              {"activation", "激活函数"},
              {"dead", "死亡"},
              {"saturated", "饱和"},
              {"twins", "孪生"},
              {"lowest activation", "最小激活值"},
              {"highest activation", "最大激活值"},
              {"size of the weights", "权重的大小"}},
             rows,
             Text(as_text("Over ", samples, " test images, all positions."),
                  as_text("基于 ", samples, " 幅测试图像的所有位置。")) +
                 meaning_of_fractions(named_layers(net)) + Text(" Size: root mean square.", "大小：均方根。"));
}

void add_histograms(HtmlPage& page, const Watched& net, const std::vector<Look>& looks) {
  std::vector<size_t> bent;
  for (size_t i = 0; i < net.layers.size(); ++i) {
    if (!net.layers[i].activation.empty()) bent.push_back(i);
  }
  for (const size_t place : some_layers(bent.size(), kMostHistograms)) {
    const size_t i = bent[place];
    page.figure(histograms_over_time(Text(net.layers[i].name) + Text(": activations", "：激活值"),
                                     {"activation", "激活值"}, looks,
                                     [i](const Look& look) -> const Histogram& { return look.layers[i].activations; }));
  }
  for (const size_t i : some_layers(net.layers.size(), kMostHistograms)) {
    page.figure(histograms_over_time(Text(net.layers[i].name) + Text(": gradients of the weights", "：权重的梯度"),
                                     {"log10 |gradient|", "log10 |梯度|"}, looks,
                                     [i](const Look& look) -> const Histogram& { return look.layers[i].gradients; }));
  }
}

void add_history(HtmlPage& page, const Watched& net, const std::vector<Look>& looks, int64_t probe) {
  page.section({"While it learned", "学习过程中的内部"});
  if (looks.empty()) {
    return page.note(
        {"Nobody looked into this run while it learned. Train again with --set looks=24 to see activations, "
         "gradients and steps over time.",
         "这次训练没有记录内部情况。请加上 --set looks=24 重新训练，就能看到激活值、梯度和更新量随时间的变化。"});
  }
  require(looks.back().layers.size() == net.layers.size(), "inside.jsonl: want looks at ", net.layers.size(),
          " layers, as the network has, got ", looks.back().layers.size(), "; take that file out of the run");
  const std::vector<Finding> findings = diagnose(looks, net);
  page.note({as_text(looks.size(),
                     " looks, close together at the beginning. Each column is a moment; the darker, the "
                     "more values lie there."),
             as_text("共 ", looks.size(), " 次观察，前期较密。每一列是一个时刻；颜色越深，落在那里的数值越多。")});
  page.note(findings_text(findings, Subject::kGradients));
  add_histograms(page, net, looks);
  page.note({"How long the steps were, and which channels did not work:", "每一步有多大，哪些通道没有起作用："});
  std::vector<Text> names;
  for (const WatchedLayer& layer : net.layers) names.emplace_back(layer.name);
  const LineChart units = unit_chart(looks, names);
  page.figure(update_chart(looks, names),
              Text("How far one step moves the weights of a layer. ", "一步使一层的权重移动多远。") +
                  findings_text(findings, Subject::kUpdates));
  const Text on_units = findings_text(findings, Subject::kUnits);
  if (units.series.empty()) return page.note(on_units);
  page.figure(units, on_units +
                         Text(as_text(" Over up to ", probe, " training images."),
                              as_text("（基于最多 ", probe, " 幅训练图像。")) +
                         meaning_of_fractions(named_layers(net)) + Text("", "）"));
}

}  // namespace

void add_inside(HtmlPage& page, NetworkImpl& model, const LabelledDataset& test, const std::vector<Look>& looks) {
  const c10::InferenceMode no_graph;
  const Watched net = watched_of(model);
  const torch::Tensor probe = probe_samples(test, probe_count(model));
  const Look now = look_at(net, probe.to(net.device));
  page.section({"Inside the network", "网络内部"});
  if (looks.empty()) page.note(findings_text(diagnose({now}, net), Subject::kUnits));
  add_filters(page, model);
  add_kernels(page, model);
  add_layer_table(page, model);
  add_unit_table(page, now, net, probe.size(0));
  add_history(page, net, looks, probe_count(model));
}

}  // namespace glassbox::cnn
