#include "common/inside/look_file.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "common/base/error.h"

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

/// JSON says null for NaN.
double number(const Json& json, const char* name) {
  const Json& value = json.at(name);
  return value.is_null() ? NAN : value.get<double>();
}

Histogram read_histogram(const Json& json) {
  return {number(json, "low"), number(json, "high"), json.at("counts").get<std::vector<int64_t>>()};
}

LayerLook read_layer(const Json& json) {
  LayerLook layer;
  layer.weight_size = number(json, "weight_size");
  layer.gradient_size = number(json, "gradient_size");
  layer.update_ratio = number(json, "update_ratio");
  layer.dead = number(json, "dead");
  layer.saturated = number(json, "saturated");
  layer.twins = number(json, "twins");
  layer.gradients = read_histogram(json.at("gradients"));
  layer.activations = read_histogram(json.at("activations"));
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

[[noreturn]] void refuse(const std::string& line, const std::string& source) {
  fail("reading ", source, ": want a look into the network in every line, got \"", line.substr(0, 60),
       "\"; take that line out");
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

Look look_from_line(const std::string& line, const std::string& source) try {
  const Json json = Json::parse(line);
  Look look;
  look.step = json.at("step").get<int64_t>();
  look.epoch = json.at("epoch").get<double>();
  for (const Json& layer : json.at("layers")) look.layers.push_back(read_layer(layer));
  if (!json.contains("state")) return look;
  for (const Json& value : json.at("state")) look.state.push_back(value.is_null() ? NAN : value.get<float>());
  return look;
} catch (const Json::exception&) {
  refuse(line, source);
}

int64_t step_of_line(const std::string& line, const std::string& source) {
  const std::string begin = "{\"step\":";
  int64_t step = -1;
  if (line.rfind(begin, 0) == 0) std::from_chars(line.data() + begin.size(), line.data() + line.size(), step);
  if (step < 0) refuse(line, source);
  return step;
}

}  // namespace glassbox
