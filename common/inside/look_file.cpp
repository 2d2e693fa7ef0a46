#include "common/inside/look_file.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "common/base/error.h"
#include "common/base/json_record.h"
#include "common/base/shown.h"

namespace glassbox {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Histogram& histogram) {
  return {{"low", histogram.low}, {"high", histogram.high}, {"counts", histogram.counts}};
}

Json to_json(const LayerLook& layer) {
  return {{"weight_size", layer.weight_size},      {"gradient_size", layer.gradient_size},
          {"update_ratio", layer.update_ratio},    {"dead", layer.dead},
          {"saturated", layer.saturated},          {"twins", layer.twins},
          {"gradients", to_json(layer.gradients)}, {"activations", to_json(layer.activations)}};
}

constexpr int64_t kMostSteps = int64_t(1e12);
constexpr size_t kMostLayers = 10'000, kMostState = 1'000'000;

Histogram read_histogram(const JsonRecord& json) {
  Histogram histogram{json.number_or_nan("low"), json.number_or_nan("high"), json.wholes("counts", size_t(kBins))};
  if (!histogram.counts.empty() && histogram.counts.size() != size_t(kBins))
    json.refuse("counts", as_text("none or ", kBins));
  return histogram;
}

LayerLook read_layer(const JsonRecord& json) {
  LayerLook layer;
  layer.weight_size = json.number_or_nan("weight_size");
  layer.gradient_size = json.number_or_nan("gradient_size");
  layer.update_ratio = json.number_or_nan("update_ratio");
  layer.dead = json.number_or_nan("dead");
  layer.saturated = json.number_or_nan("saturated");
  layer.twins = json.number_or_nan("twins");
  layer.gradients = read_histogram(json.object("gradients"));
  layer.activations = read_histogram(json.object("activations"));
  return layer;
}

/// The shortest text that reads back as the same float; a quarter of what a double would take.
std::string state_text(const std::vector<float>& state) {
  std::string text;
  char digits[32];
  for (float value : state) {
    if (!text.empty()) text += ',';
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    text += std::isfinite(value) ? std::string(digits, end) : "null";
  }
  return "[" + text + "]";
}

}  // namespace

std::string look_to_line(const Look& look) {
  Json json = {{"step", look.step}, {"epoch", look.epoch}, {"layers", Json::array()}};
  for (const LayerLook& layer : look.layers) json["layers"].push_back(to_json(layer));
  std::string line = json.dump();
  if (look.state.empty()) return line;
  line.pop_back();
  return line + ",\"state\":" + state_text(look.state) + "}";
}

Look look_from_line(const std::string& line, const std::string& source) {
  const JsonRecord json = JsonRecord::from_text(line, "reading " + source);
  Look look;
  look.step = json.whole("step", 0, kMostSteps);
  look.epoch = json.number("epoch", 0, 1e9);
  for (const JsonRecord& layer : json.objects("layers", kMostLayers)) look.layers.push_back(read_layer(layer));
  if (!json.has("state")) return look;
  for (const double value : json.numbers("state", kMostState)) look.state.push_back(float(value));
  return look;
}

int64_t step_of_line(const std::string& line, const std::string& source) {
  const std::string begin = "{\"step\":";
  int64_t step = -1;
  if (line.rfind(begin, 0) == 0) std::from_chars(line.data() + begin.size(), line.data() + line.size(), step);
  require(step >= 0 && step <= kMostSteps, "reading ", source, ": want a look into the network in every line, got \"",
          shown(line, 60), "\"; take that line out");
  return step;
}

}  // namespace glassbox
