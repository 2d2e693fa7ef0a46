#include "apps/cnn/inside/arithmetic.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "common/base/error.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;
using Json = nlohmann::ordered_json;

/// A third of the bytes that the same numbers would take as doubles.
std::string to_json(const Tensor& tensor) {
  const Tensor flat = tensor.detach().to(torch::kCPU, torch::kFloat32).flatten().contiguous();
  std::string values;
  char digits[32];
  for (int64_t i = 0; i < flat.numel(); ++i) {
    const char* end = std::to_chars(digits, digits + sizeof digits, flat.data_ptr<float>()[i]).ptr;
    values += (i > 0 ? "," : "") + std::string(digits, size_t(end - digits));
  }
  return as_text("{\"shape\":", Json(tensor.sizes().vec()).dump(), ",\"values\":[", values, "]}");
}

/// The first outputs of a step, as many as `most` numbers suffice for, at least one.
ConvStep first_outputs(ConvStep step, int64_t most) {
  const int64_t outputs = step.weight.size(0), each = (step.weight.numel() + step.output.numel()) / outputs;
  const int64_t kept = std::clamp<int64_t>((most - step.input.numel()) / each, 1, outputs);
  if (kept == outputs) return step;
  step.text += as_text(", ", kept, " of ", outputs, " outputs");
  step.weight = step.weight.slice(0, 0, kept);
  if (step.bias.defined()) step.bias = step.bias.slice(0, 0, kept);
  step.output = step.output.slice(1, 0, kept);
  return step;
}

}  // namespace

int64_t numbers_in(const ConvStep& step) { return step.weight.numel() + step.input.numel() + step.output.numel(); }

std::vector<ConvStep> conv_steps(NetworkImpl& model, const Tensor& images) {
  const torch::NoGradGuard no_graph;
  const std::vector<Tensor> outputs = model.outputs(images);
  std::vector<ConvStep> steps;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Layer& layer = model.layers()[i];
    const Tensor input = i > 0 ? outputs[i - 1] : images;
    if (layer.conv) {
      const torch::nn::Conv2dImpl& conv = *layer.conv;
      steps.push_back({layer.line.name, layer.line.text, conv.weight, conv.bias, input, outputs[i], layer.line.stride,
                       layer.line.padding});
    } else if (const auto block = layer.residual) {
      const Tensor x = input.to(block->conv1->weight.scalar_type());
      const std::string text = layer.line.text + ", its first convolution 3x3 padding 1";
      steps.push_back(
          {layer.line.name + ".conv1", text, block->conv1->weight, {}, x, block->conv1(x), layer.line.stride, 1});
    }
  }
  return steps;
}

std::vector<ConvStep> choose_steps(const std::vector<ConvStep>& all, int64_t most) {
  std::vector<size_t> chosen;
  int64_t numbers = 0;
  for (const size_t i : {size_t(0), all.size() - 1, all.size() / 2}) {
    if (i >= all.size() || std::count(chosen.begin(), chosen.end(), i) > 0) continue;
    if (i > 0 && numbers + numbers_in(all[i]) > most) continue;  // the first in any case, if not with all outputs
    numbers += numbers_in(all[i]);
    chosen.push_back(i);
  }
  std::sort(chosen.begin(), chosen.end());
  std::vector<ConvStep> steps;
  for (const size_t i : chosen) steps.push_back(first_outputs(all[i], most));
  return steps;
}

std::string arithmetic_json(const std::vector<ConvStep>& steps, const std::vector<std::string>& images) {
  std::string layers;
  for (const ConvStep& step : steps) {
    const Tensor bias = step.bias.defined() ? step.bias : torch::zeros({step.weight.size(0)});
    layers += as_text(layers.empty() ? "" : ",", "{\"name\":", Json(step.name).dump(),
                      ",\"text\":", Json(step.text).dump(), ",\"stride\":", step.stride, ",\"padding\":", step.padding,
                      ",\"weight\":", to_json(step.weight), ",\"bias\":", to_json(bias),
                      ",\"input\":", to_json(step.input), ",\"output\":", to_json(step.output), "}");
  }
  return as_text("{\"images\":", Json(images).dump(-1, ' ', false, Json::error_handler_t::replace), ",\"layers\":[",
                 layers, "]}");
}

}  // namespace glassbox::cnn
