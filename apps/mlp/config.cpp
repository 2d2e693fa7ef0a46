#include "apps/mlp/config.h"

namespace glassbox::mlp {

void ModelConfig::read(ConfigReader json) {
  json.field("name", name, one_of({"linear", "mlp"}), "linear = softmax regression, no hidden layer");
  json.field("hidden", hidden, between(1, 65536), "mlp: width of each hidden layer");
  json.field("activation", activation, one_of({"relu", "leaky_relu", "tanh", "sigmoid", "gelu"}),
             "mlp: what bends the lines");
  json.field("dropout", dropout, from_below(0, 1), "mlp: share of hidden units silenced in training");
  json.field("input_dropout", input_dropout, from_below(0, 1), "share of inputs silenced in training");
  json.field("batch_norm", batch_norm, "mlp: normalise each hidden unit over the batch");
  json.field("init", init, one_of({"zeros", "normal", "xavier", "he"}),
             "the first weights; normal has standard deviation 0.01");
  if (name == "mlp" && hidden.empty())
    json.problem("hidden", "want at least one width, got none; or model.name \"linear\"");
}

void Experiment::read(ConfigReader json) {
  json.field("name", name, any_text(), "names the run's folder");
  json.field("seed", seed, between(0, 9e15), "all chance in the run follows from it");
  data.read(json.section("data", "what is learned from"));
  model.read(json.section("model", "the network"));
  optimizer.read(json.section("optimizer", "how weights move"));
  schedule.read(json.section("schedule", "how far they move, step by step"));
  train.read(json.section("train", "how long, and what is kept"));
  if (name.empty() || name.find('/') != std::string::npos || name.front() == '.') {
    json.problem("name", "want a folder's name without \"/\" and no dot in front, got \"" + name + "\"");
  }
}

}  // namespace glassbox::mlp
