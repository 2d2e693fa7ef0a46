#include "apps/mlp/config.h"

#include "common/base/error.h"

namespace glassbox::mlp {
namespace {

constexpr size_t kMostLayers = 1000;

const char* const kDataMeaning = "what is learned from";
const char* const kModelMeaning = "the network";
const char* const kSweepMeaning = "the same with one field at several values";

}  // namespace

void ModelConfig::read(ConfigReader json) {
  json.field("name", name, one_of({"linear", "mlp", "perceptron", "threshold_units"}),
             "linear = softmax regression; perceptron = Rosenblatt 1958, train.epochs passes at most, no optimizer; "
             "threshold_units = McCulloch and Pitts 1943");
  json.field("hidden", hidden, between(1, 65536), "mlp: width of each hidden layer");
  json.field("activation", activation, one_of({"relu", "leaky_relu", "tanh", "sigmoid", "gelu"}),
             "mlp: the activation function of the hidden layers");
  json.field("dropout", dropout, from_below(0, 1), "mlp: fraction of hidden units silenced in training");
  json.field("input_dropout", input_dropout, from_below(0, 1), "fraction of inputs silenced in training");
  json.field("batch_norm", batch_norm, "mlp: normalise each hidden unit over the batch");
  json.field("init", init, one_of({"zeros", "normal", "xavier", "he"}),
             "the first weights; normal has standard deviation 0.01");
  json.field("init_scale", init_scale, at_least(0), "multiplies the first weights");
  json.field("output", output, one_of({"softmax", "sigmoid"}), "sigmoid = one output unit for two classes");
  json.field("units", units, any_text(),
             "threshold_units: each as \"AND = a + b >= 2\"; later ones may use earlier ones");
  json.field("truth", truth, any_text(), "threshold_units: what a unit should say, as \"AND = 0001\"");
  if (hidden.size() > kMostLayers)
    json.problem("hidden", as_text("want at most ", kMostLayers, " layers, got ", hidden.size()));
  if (name == "mlp" && hidden.empty())
    json.problem("hidden", "want at least one width, got none; or model.name \"linear\"");
}

namespace {

/// It has weights and a bias, and learns by its own rule: what it would ignore is a mistake.
void refuse_what_a_perceptron_has_not(const Experiment& ask, ConfigReader& json) {
  const Experiment standard;
  ConfigReader network = json.section("model", kModelMeaning);
  const auto refuse = [](ConfigReader& section, const char* field, bool differs) {
    if (differs) section.problem(field, "a perceptron has no such thing; leave it out");
  };
  const ModelConfig &own = ask.model, &usual = standard.model;
  refuse(json, "engine", ask.engine != standard.engine);
  refuse(json, "precision", ask.precision != standard.precision);
  refuse(network, "hidden", own.hidden != usual.hidden);
  refuse(network, "activation", own.activation != usual.activation);
  refuse(network, "dropout", own.dropout != usual.dropout);
  refuse(network, "input_dropout", own.input_dropout != usual.input_dropout);
  refuse(network, "batch_norm", own.batch_norm != usual.batch_norm);
  refuse(network, "init", own.init != usual.init || own.init_scale != usual.init_scale);
  refuse(network, "output", own.output != usual.output);
  refuse(json, "optimizer",
         ask.optimizer.name != standard.optimizer.name ||
             ask.optimizer.learning_rate != standard.optimizer.learning_rate || ask.optimizer.momentum != 0 ||
             ask.optimizer.weight_decay != 0);
  refuse(json, "schedule", ask.schedule.name != standard.schedule.name);
}

}  // namespace

void Experiment::read(ConfigReader json) {
  json.field("name", name, any_text(), "names the run's folder");
  json.field("seed", seed, between(0, 9e15), "all chance in the run follows from it");
  json.field("engine", engine, one_of({"autograd", "by_hand"}), "by_hand = the functions of apps/mlp/exercise");
  json.field("precision", precision, one_of({"float32", "float64"}), "of weights and arithmetic");
  json.field("looks", looks, between(0, 1000), "times the inside of the network is recorded in a run; 0 = never");
  data.read(json.section("data", kDataMeaning));
  model.read(json.section("model", kModelMeaning));
  ConfigReader optimizer_json = json.section("optimizer", "the optimizer and its learning rate");
  optimizer.read(optimizer_json);
  if (engine == "by_hand" && optimizer.nesterov) {
    optimizer_json.problem("nesterov",
                           "want false with engine \"by_hand\", got true; its functions have momentum only");
  }
  schedule.read(json.section("schedule", "how the learning rate changes over the run"));
  train.read(json.section("train", "how long, and what is kept"));
  sweep.read(json.section("sweep", kSweepMeaning));
  const bool by_hand_units = model.name == "threshold_units";
  if (by_hand_units != (data.name == "truth_table")) {
    json.section("data", kDataMeaning)
        .problem("name",
                 "want truth_table with model.name threshold_units, and only with it, got \"" + data.name + "\"");
  }
  if (by_hand_units && model.units.empty())
    json.section("model", kModelMeaning).problem("units", "want at least one unit, got none");
  if (by_hand_units && model.truth.empty()) {
    json.section("model", kModelMeaning)
        .problem("truth", "want what at least one unit should say, as \"AND = 0001\", got none");
  }
  if (by_hand_units && sweep.is_on())
    json.section("sweep", kSweepMeaning).problem("path", "want no sweep over units set by hand");
  if (model.name == "perceptron") refuse_what_a_perceptron_has_not(*this, json);
  if (name.empty() || name.find('/') != std::string::npos || name.front() == '.') {
    json.problem("name", "want a folder's name without \"/\" and no dot in front, got \"" + name + "\"");
  }
}

}  // namespace glassbox::mlp
