#include "apps/mlp/inside/diagnose.h"

#include "common/base/error.h"

namespace glassbox::mlp {
namespace {

const Remedies kRemedies = {
    {"draw the first weights at random (model.init \"he\" or \"xavier\").",
     "请随机初始化权重（model.init 取 \"he\" 或 \"xavier\"）。"},
    {"use smaller first weights (model.init_scale, \"xavier\"), batch norm, or relu.",
     "请减小初始权重（model.init_scale、\"xavier\"），使用批归一化，或改用 relu。"},
    {"use relu, he or xavier weights, or batch norm.", "请使用 relu、he 或 xavier 初始化，或批归一化。"},
    {"use smaller first weights, or set train.clip_gradient_norm.",
     "请减小初始权重，或设置 train.clip_gradient_norm。"}};

}  // namespace

Text layer_name(size_t index, size_t layers) {
  if (index + 1 == layers) return {"the output layer", "输出层"};
  return {as_text("layer ", index + 1), as_text("第 ", index + 1, " 层")};
}

std::vector<NamedLayer> named_layers(const ModelConfig& model, size_t layers) {
  std::vector<NamedLayer> named;
  for (size_t i = 0; i < layers; ++i) {
    const bool is_output = i + 1 == layers;
    named.push_back({layer_name(i, layers), is_output ? 0 : model.hidden[i], is_output ? "" : model.activation});
  }
  return named;
}

std::vector<Finding> diagnose(const std::vector<Look>& looks, const ModelConfig& model) {
  if (looks.empty()) return {};
  return glassbox::diagnose(looks, named_layers(model, looks.back().layers.size()), kRemedies);
}

}  // namespace glassbox::mlp
