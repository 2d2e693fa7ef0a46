#include "apps/cnn/inside/checks_page.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/cnn/inside/arithmetic.h"
#include "apps/cnn/inside/images.h"
#include "apps/cnn/inside/maps.h"
#include "apps/cnn/inside/sanity.h"
#include "common/base/error.h"
#include "common/inside/charts.h"
#include "common/inside/looks.h"
#include "common/report/format.h"

namespace glassbox {
extern const char* const kPageWords;
extern const char* const kConvText;
extern const char* const kConvScript;
extern const char* const kConvStyle;
}  // namespace glassbox

namespace glassbox::cnn {
namespace {

using torch::Tensor;
using Json = nlohmann::ordered_json;

constexpr int64_t kMostNumbers = 500000;  // on the page: about 6 MB
constexpr int64_t kSanityImages = 8;
constexpr size_t kMostStages = 12;
constexpr double kChanged = 0.3, kSame = 0.7;  // rank correlations: below the one, beyond the other

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(); }

/// What the last stage, where no trained weight is left, says.
Text verdict_of(double correlation, const Text& map) {
  if (!std::isfinite(correlation)) {
    return map + Text(" is a constant once all weights are random: it has changed, it depends on what was learned. ",
                      "在所有权重都随机之后变成常数：它变了，说明它依赖于学到的东西。");
  }
  const std::string number = format_number(correlation, 2);
  if (std::abs(correlation) < kChanged) {
    return map + Text(as_text(" changes: with all weights random its rank correlation with the trained network's is ",
                              number, ". It depends on what was learned. "),
                      as_text("变了：所有权重都随机之后，它与训练好的网络的图的秩相关系数为 ", number,
                              "。它确实依赖于学到的东西。"));
  }
  if (std::abs(correlation) < kSame) {
    return map +
           Text(as_text(" changes in part: with all weights random its rank correlation with the trained network's is "
                        "still ",
                        number, ". Some of it comes from the image and the layers alone. "),
                as_text("只变了一部分：所有权重都随机之后，它与训练好的网络的图的秩相关系数仍为 ", number,
                        "。其中一部分只来自图像和网络结构。"));
  }
  return map +
         Text(as_text(" hardly changes: with all weights random its rank correlation with the trained network's is "
                      "still ",
                      number, ". It shows the image more than what was learned: do not trust it here. "),
              as_text("几乎不变：所有权重都随机之后，它与训练好的网络的图的秩相关系数仍为 ", number,
                      "。它显示的更多是图像本身，而不是学到的东西：这里不能相信它。"));
}

LineChart correlation_chart(const std::vector<CascadeStage>& stages) {
  LineChart chart{{"Rank correlation with the map of the trained network", "与训练好的网络的图的秩相关系数"},
                  {"layers with random weights, from the last", "权重被随机化的层数（从最后一层起）"},
                  {"rank correlation", "秩相关系数"},
                  {{"Grad-CAM", {}, {}, false}, {{"gradient", "梯度"}, {}, {}, true}},
                  false,
                  {}};
  for (size_t i = 0; i < stages.size(); ++i) {
    for (LineSeries& series : chart.series) series.x.push_back(double(i));
    chart.series[0].y.push_back(stages[i].cam);
    chart.series[1].y.push_back(stages[i].gradient);
  }
  return chart;
}

void add_stage_table(HtmlPage& page, const std::vector<CascadeStage>& stages, int64_t images) {
  std::vector<std::vector<Text>> rows;
  for (size_t i = 0; i < stages.size(); ++i) {
    rows.push_back(
        {std::to_string(i),
         stages[i].layer.empty() ? Text("none: the trained network", "无：训练好的网络") : Text(stages[i].layer),
         format_number(stages[i].cam, 3), format_number(stages[i].gradient, 3)});
  }
  page.table({"#", {"randomised last", "最后被随机化的层"}, "Grad-CAM", {"gradient", "梯度"}}, rows,
             {as_text("Spearman's rank correlation, the mean over ", images, images == 1 ? " image" : " images",
                      "; of the gradient its absolute value in each pixel. n/a: the map is a constant."),
              as_text("Spearman 秩相关系数，", images, " 幅图像的平均；梯度取每个像素的绝对值。n/a：图是常数。")});
}

}  // namespace

void add_arithmetic(HtmlPage& page, NetworkImpl& model, const std::vector<Explained>& images) {
  // Two images, or one where two would make the page heavy: a layer of large photographs has a million numbers.
  for (size_t count = std::min<size_t>(images.size(), 2); count > 0; --count) {
    std::vector<Tensor> inputs;
    std::vector<std::string> names;
    for (size_t i = 0; i < count; ++i) {
      inputs.push_back(images[i].input);
      names.push_back(images[i].name.en);
    }
    const std::vector<ConvStep> all = conv_steps(model, torch::stack(inputs).to(model.parameters().front().device()));
    if (all.empty()) return;
    if (count > 1 && numbers_in(all.front()) > kMostNumbers) continue;
    page.section({"The arithmetic of an output pixel", "一个输出像素是怎么算出来的"});
    page.data("conv-data", arithmetic_json(choose_steps(all, kMostNumbers), names));
    page.place("conv");
    page.style(kConvStyle);
    page.script(std::string(kPageWords) + kConvText + kConvScript);
    return;
  }
}

Json add_sanity(HtmlPage& page, NetworkImpl& model, const LabelledDataset& test, const Explained& first) {
  Json json = Json::array();
  if (!cam_layer(model)) return json;
  std::vector<Tensor> some = {first.input};
  for (const Tensor& more : probe_samples(test, kSanityImages).unbind()) {
    if (int64_t(some.size()) < kSanityImages && !more.equal(first.input)) some.push_back(more);
  }
  const Tensor images = torch::stack(some).to(model.parameters().front().device());
  Tensor targets;
  {
    const torch::NoGradGuard no_graph;
    targets = model.outputs(images).back().argmax(1).cpu();
  }
  const std::vector<CascadeStage> stages = randomisation_cascade(model, images, targets, /*seed=*/1);
  page.section({"Do the maps depend on the weights?", "这些图依赖于权重吗？"});
  page.note(
      Text("The check of Adebayo et al. 2018: layer by layer, from the last to the first, a copy of the network gets "
           "random weights. A map that explains the network must change then. ",
           "Adebayo 等人 2018 "
           "年的检验：从最后一层到第一层，逐层把网络副本的权重换成随机数。能解释网络的图这时必须改变。") +
      verdict_of(stages.back().cam, {"Grad-CAM", "Grad-CAM "}) +
      verdict_of(stages.back().gradient, {"The gradient's map", "梯度图"}));
  std::vector<GalleryItem> items;
  for (const size_t i : some_layers(stages.size(), kMostStages)) {
    const CascadeStage& stage = stages[i];
    items.push_back(
        {png_enlarged(overlay(colours_of(first.input, test.info()), stage.cam_map), 224),
         {i == 0 ? Text("trained", "训练好的网络")
                 : Text(as_text("random from ", stage.layer, " on"), as_text("从 ", stage.layer, " 起随机"))}});
  }
  page.gallery(items, {"Grad-CAM of " + first.name.en, first.name.zh + " 的 Grad-CAM"});
  page.figure(correlation_chart(stages));
  add_stage_table(page, stages, images.size(0));
  for (const CascadeStage& stage : stages) {
    json.push_back({{"layer", stage.layer},
                    {"grad_cam", number_or_null(stage.cam)},
                    {"gradient", number_or_null(stage.gradient)}});
  }
  return json;
}

void add_shifts(HtmlPage& page, const ShiftAccuracy& shifts, int64_t parameters) {
  // One hidden unit may be more than the whole network has: large images have many pixels.
  const bool equal = shifts.mlp_hidden > 1 || shifts.mlp_parameters < 2 * parameters;
  const Text mlp = equal ? Text("MLP of equal size", "同样大小的 MLP")
                         : Text("MLP of one hidden unit (larger still)", "只有一个隐藏单元的 MLP（仍比它大）");
  page.section({"When the image moves", "图像平移时"});
  LineChart chart{{"Accuracy on shifted images", "图像平移后的准确率"},
                  {"shift (pixels)", "平移（像素）"},
                  {"fraction right", "正确的比例"},
                  {{{"this network", "这个网络"}, {}, shifts.network, false}, {mlp, {}, shifts.mlp, true}},
                  false,
                  {}};
  std::vector<std::vector<Text>> rows;
  for (size_t by = 0; by < shifts.network.size(); ++by) {
    for (LineSeries& series : chart.series) series.x.push_back(double(by));
    rows.push_back({std::to_string(by), format_percent(shifts.network[by], 1), format_percent(shifts.mlp[by], 1)});
  }
  const std::string cnn_loss = format_number(100 * (shifts.network.front() - shifts.network.back()), 3);
  const std::string mlp_loss = format_number(100 * (shifts.mlp.front() - shifts.mlp.back()), 3);
  page.note({as_text("Moved by ", kMostShift, " pixels, the network loses ", cnn_loss, " points of accuracy, an ",
                     mlp.en, " ", mlp_loss,
                     ". A convolution looks for its pattern at every place; an MLP must learn it anew for each."),
             as_text("平移 ", kMostShift, " 个像素后，这个网络的准确率下降 ", cnn_loss, " 个百分点，", mlp.zh, "下降 ",
                     mlp_loss, " 个百分点。卷积在每个位置寻找同样的图案；MLP 必须为每个位置重新学习。")});
  page.figure(chart);
  page.table(
      {{"pixels", "像素"}, {"this network", "这个网络"}, {"MLP", "MLP"}}, rows,
      {as_text(format_count(shifts.images),
               " test images, the mean over up, down, left and right; the edge is filled with the "
               "background. The MLP: ",
               shifts.mlp_hidden, " hidden units, ", format_count(shifts.mlp_parameters), " parameters, ",
               shifts.epochs, " epochs on ", format_count(shifts.learned_from), " training images. Measured in ",
               format_seconds(shifts.seconds), "."),
       as_text(format_count(shifts.images), " 幅测试图像，上、下、左、右四个方向的平均；空出的边缘用背景填充。MLP：",
               shifts.mlp_hidden, " 个隐藏单元，", format_count(shifts.mlp_parameters), " 个参数，在 ",
               format_count(shifts.learned_from), " 幅训练图像上训练 ", shifts.epochs, " 轮。测量用时 ",
               format_seconds(shifts.seconds), "。")});
}

}  // namespace glassbox::cnn
