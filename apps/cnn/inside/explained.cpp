#include "apps/cnn/inside/explained.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/cnn/inside/images.h"
#include "apps/cnn/inside/maps.h"
#include "common/base/error.h"
#include "common/report/format.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;
using Json = nlohmann::ordered_json;

constexpr int64_t kSide = 224;         // pixels of an image on the page
constexpr int64_t kMapSide = 112;      // of a feature map, four beside each other
constexpr int64_t kMostChannels = 16;  // of a layer
constexpr int64_t kSteps = 64;         // of integrated gradients

Json rows_of(const Tensor& map) {
  const Tensor values = map.detach().to(torch::kCPU, torch::kFloat64).contiguous();
  Json rows = Json::array();
  for (int64_t i = 0; i < values.size(0); ++i) {
    const double* row = values.data_ptr<double>() + i * values.size(1);
    rows.push_back(std::vector<double>(row, row + values.size(1)));
  }
  return rows;
}

/// Makes the maps of one image, as items of a gallery and as numbers.
class MapsOfImage {
 public:
  MapsOfImage(NetworkImpl& model, const DatasetInfo& info, const Explained& image)
      : model_(model),
        info_(info),
        image_(image),
        x_(image.input.unsqueeze(0).to(model.parameters().front().device())),
        colours_(colours_of(image.input, info)) {}

  void add_all() {
    items.push_back({png_enlarged(colours_, kSide), {{"the image", "原图"}, shape_text(image_.input.sizes().vec())}});
    add_grad_cam();
    add_integrated_gradients();
    add_occlusion();
    add_item(gradient_map(model_, x_, image_.said), {"gradient", "梯度"},
             {"|df/dx| (Simonyan 2014)", "|df/dx|（Simonyan 2014）"});
  }

  std::vector<GalleryItem> items;
  std::vector<Text> sentences;
  Json numbers;

 private:
  void add_item(const Tensor& map, const Text& title, const Text& remark) {
    items.push_back({png_enlarged(overlay(colours_, map), kSide), {title, remark}});
  }

  void add_grad_cam() {
    const std::optional<size_t> layer = cam_layer(model_);
    if (!layer) return;
    const Tensor map = grad_cam(model_, x_, image_.said, *layer);
    const LayerLine& line = model_.layers()[*layer].line;
    const std::string shape = shape_text(map.sizes().vec());
    add_item(map, "Grad-CAM", as_text(shape, ", ", line.text, " (", *layer + 1, ")"));
    numbers["grad_cam"] = {{"layer", *layer}, {"layer_text", line.text}, {"map", rows_of(map)}};
    if (map.max().item<double>() > 0) return;
    sentences.push_back({"Grad-CAM is 0 everywhere: no place of the last convolution speaks for the class on balance.",
                         "Grad-CAM 处处为 0：最后一个卷积层没有任何位置总体上支持该类别。"});
  }

  void add_integrated_gradients() {
    const Tensor baseline = background(info_).to(x_.device()).view({1, -1, 1, 1}).expand_as(x_);
    const IntegratedGradients found = integrated_gradients(model_, x_, baseline, image_.said, kSteps);
    const bool black = info_.channels() == 1;
    add_item(found.map.sum(0), {"integrated gradients", "积分梯度"},
             {as_text(kSteps, " steps from ", black ? "a black image" : "the mean colour"),
              as_text("从", black ? "全黑图像" : "平均颜色", "出发，", kSteps, " 步")});
    numbers["integrated_gradients"] = {
        {"steps", kSteps},        {"baseline", black ? "black" : "mean"}, {"sum", found.sum},
        {"change", found.change}, {"completeness_error", found.error()},  {"relative_error", found.relative_error()}};
    const std::string sum = format_number(found.sum, 6), change = format_number(found.change, 6);
    const std::string error = format_number(found.error(), 3), fraction = format_percent(found.relative_error(), 2);
    sentences.push_back(
        {as_text("Completeness: the integrated gradients add up to ", sum, "; the logit changes by ", change,
                 " from the baseline to the image. The error of the sum is ", error, ", ", fraction, " of the change."),
         as_text("完备性：积分梯度之和为 ", sum, "；从基线到原图，logit 变化了 ", change, "。误差为 ", error,
                 "，占变化量的 ", fraction, "。")});
  }

  void add_occlusion() {
    const int64_t shorter = std::min(x_.size(2), x_.size(3));
    const int64_t patch = std::min<int64_t>(std::max<int64_t>((shorter + 3) / 7, 2), shorter), stride = (patch + 1) / 2;
    const Tensor map = occlusion_map(model_, x_, image_.said, background(info_), patch, stride);
    add_item(map, {"occlusion", "遮挡"}, {as_text("squares of ", patch, " pixels"), as_text(patch, " 像素的方块")});
    const auto fall = map.max().item<double>();
    numbers["occlusion"] = {{"patch", patch}, {"stride", stride}, {"largest_fall", fall}, {"map", rows_of(map)}};
    sentences.push_back(
        {as_text("Covering the most important place lowers the probability by ", format_number(fall, 3), "."),
         as_text("遮住最重要的位置，概率会降低 ", format_number(fall, 3), "。")});
  }

  NetworkImpl& model_;
  const DatasetInfo& info_;
  const Explained& image_;
  const Tensor x_, colours_;
};

/// A vector as an image: rows of 32, what is missing in the last one stays at its lowest.
Tensor as_rows(const Tensor& values) {
  const int64_t count = values.numel(), columns = std::min<int64_t>(count, 32), rows = (count + columns - 1) / columns;
  const Tensor all = torch::full({rows * columns}, values.min().item<double>());
  all.slice(0, 0, count).copy_(values);
  return all.view({1, rows, columns});
}

/// MapsOfImage [K, h, w] of large images made smaller, so that the page stays light: means, the longer side `most`.
Tensor at_most(const Tensor& maps, int64_t most) {
  const int64_t h = maps.size(1), w = maps.size(2), longer = std::max(h, w);
  if (longer <= most) return maps;
  return torch::adaptive_avg_pool2d(maps,
                                    {std::max<int64_t>(h * most / longer, 1), std::max<int64_t>(w * most / longer, 1)});
}

/// An image a layer: up to 16 of its channels, each from its lowest value (black) to its highest.
void add_feature_maps(HtmlPage& page, NetworkImpl& model, const Tensor& x) {
  const torch::NoGradGuard no_graph;
  const std::vector<Tensor> outputs = model.outputs(x);
  std::vector<GalleryItem> items;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Layer& layer = model.layers()[i];
    if (layer.is("dropout")) continue;  // at rest it lets everything through
    const Tensor own = outputs[i][0].cpu().to(torch::kFloat32);
    const bool flat = own.dim() < 3 || own.size(1) * own.size(2) == 1;
    const int64_t shown = flat ? own.numel() : std::min(own.size(0), kMostChannels);
    const Tensor maps = flat ? as_rows(own.flatten()) : at_most(own.slice(0, 0, shown), kMapSide);
    const std::string range =
        as_text(format_number(own.min().item<double>(), 3), " ... ", format_number(own.max().item<double>(), 3));
    items.push_back({png_enlarged(mosaic(maps, 4), 2 * kSide),
                     {as_text(i + 1, "  ", layer.line.text), as_text(shape_text(layer.out), "  ", range),
                      flat ? Text("")
                           : Text(as_text(shown, " of ", own.size(0), " channels"),
                                  as_text(own.size(0), " 个通道中的 ", shown, " 个"))}});
  }
  page.note(
      {"What every layer makes of the image, from the first to the last. Each channel from its lowest value (black) "
       "to its highest (white); the numbers are those of the whole layer.",
       "每一层把图像变成了什么，从第一层到最后一层。每个通道从最小值（黑）到最大值（白）；数字是整层的范围。"});
  page.gallery(items, "", GalleryLook::kLarge);
}

}  // namespace

void ask_network(NetworkImpl& model, const std::string& test_time, Explained& image) {
  const torch::NoGradGuard no_graph;
  const Tensor x = image.input.unsqueeze(0).to(model.parameters().front().device());
  const Tensor probabilities = torch::softmax(answer(model, x, test_time)[0].to(torch::kCPU, torch::kFloat64), 0);
  image.said = probabilities.argmax().item<int64_t>();
  image.probability = probabilities.max().item<double>();
}

Json add_explained(HtmlPage& page, NetworkImpl& model, const DatasetInfo& info, const Explained& image) {
  const std::string& said = info.classes[size_t(image.said)];
  const std::string truth = image.truth >= 0 ? info.classes[size_t(image.truth)] : "";
  const std::string fraction = format_percent(image.probability, 1);
  page.section(image.name + Text(": " + said, "：" + said));
  Text verdict(as_text("The network says ", said, " (", fraction, ")"),
               as_text("网络的答案是 ", said, "（", fraction, "）"));
  if (!truth.empty() && truth != said)
    verdict = verdict + Text(as_text("; it is ", truth, ". "), as_text("；正确答案是 ", truth, "。"));
  else
    verdict = verdict + Text(truth.empty() ? ". " : ", which is right. ", truth.empty() ? "。" : "，答对了。");
  MapsOfImage maps(model, info, image);
  maps.add_all();
  for (const Text& sentence : maps.sentences) verdict = verdict + sentence + Text(" ", "");
  page.note(verdict + Text(as_text("All maps explain the logit of ", said, "; occlusion its probability."),
                           as_text("所有的图解释的都是 ", said, " 的 logit；遮挡图解释的是它的概率。")));
  page.gallery(maps.items, "", GalleryLook::kLarge);
  page.figure(overlay_legend());
  add_feature_maps(page, model, image.input.unsqueeze(0).to(model.parameters().front().device()));
  Json json = {{"name", image.name.en}, {"class", said}, {"probability", image.probability}};
  if (!truth.empty()) json["true_class"] = truth;
  json["target_class"] = said;
  json.update(maps.numbers);
  return json;
}

}  // namespace glassbox::cnn
