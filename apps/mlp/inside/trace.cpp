#include "apps/mlp/inside/trace.h"

#include <algorithm>

#include "apps/mlp/inside/trace_pass.h"
#include "common/base/error.h"
#include "common/report/format.h"

namespace glassbox::mlp {
namespace {

using namespace trace;
using Json = nlohmann::ordered_json;

/// Writes the groups of a pass as JSON.
class Tracer {
 public:
  Tracer(Net net, Vector x, const DatasetInfo& info)
      : net_(std::move(net)), pass_(run(net_, std::move(x), {})), gradients_(backpropagate(net_, pass_)), info_(info) {}

  Json groups() {
    add("x", "input", -1, {pass_.x.size()}, pass_.x);
    if (!info_.is_image()) last()["labels"] = info_.columns;
    for (size_t l = 0; l < net_.layers.size(); ++l) add_layer(l);
    add_probabilities();
    add("loss", "loss", -1, {}, {pass_.loss});
    last()["formula"] = Json::array({"-ln p[" + std::to_string(net_.target) + "]"});
    last()["sources"] = Json::array({Json::array({Json::array({"p", net_.target})})});
    last()["gradients"] = Json::array({1.0});
    return groups_;
  }

  const Pass& pass() const { return pass_; }

 private:
  Json& last() { return groups_.back(); }

  void add(const std::string& name, const std::string& kind, int64_t layer, std::vector<size_t> shape,
           const Vector& values) {
    Json group = {{"name", name}, {"kind", kind}};
    if (layer >= 0) group["layer"] = layer;
    group["shape"] = shape;
    group["values"] = values;
    const auto own = gradients_.find(name);
    if (own != gradients_.end()) {
      const Vector numeric = numeric_gradient(net_, pass_, name, values.size());
      Vector errors;
      for (size_t i = 0; i < values.size(); ++i) errors.push_back(relative_error(own->second[i], numeric[i]));
      group["gradients"] = own->second;
      group["chain"] = chain_of(name, size_t(std::max<int64_t>(layer, 0)), kind);
      group["numeric"] = numeric;
      group["relative_error"] = errors;
    }
    groups_.push_back(std::move(group));
  }

  void add_layer(size_t l) {
    const Layer& layer = net_.layers[l];
    const auto in = size_t(layer.in), out = size_t(layer.out);
    const auto number = int64_t(l);
    add(as_text("layers.", l, ".weight"), "weight", number, {out, in}, layer.weight);
    add(as_text("layers.", l, ".bias"), "bias", number, {out}, layer.bias);
    add(in_layer("z", l), "sum", number, {out}, pass_.z[l]);
    last()["made_by"] = terms_of_sum(l);
    if (layer.is_output && !net_.sigmoid) last()["labels"] = info_.classes;
    if (!layer.scale.empty()) add_norm(l);
    if (layer.is_output) return;
    add(in_layer("a", l), "activation", number, {out}, pass_.a[l]);
    const std::string source = in_layer(layer.scale.empty() ? "z" : "n", l);
    Json formulas = Json::array(), sources = Json::array();
    for (size_t i = 0; i < out; ++i) {
      const double bent = layer.scale.empty() ? pass_.z[l][i] : pass_.n[l][i];
      formulas.push_back(net_.activation + "(" + format_number(bent) + ")");
      sources.push_back(Json::array({{source, i}}));
    }
    last()["formula"] = formulas;
    last()["sources"] = sources;
  }

  void add_norm(size_t l) {
    const Layer& layer = net_.layers[l];
    const std::string scale = as_text("norms.", l, ".scale"), shift = as_text("norms.", l, ".shift");
    add(scale, "weight", int64_t(l), {layer.scale.size()}, layer.scale);
    add(shift, "weight", int64_t(l), {layer.shift.size()}, layer.shift);
    add(in_layer("n", l), "normalised", int64_t(l), {layer.scale.size()}, pass_.n[l]);
    Json made_by = Json::array();
    for (size_t i = 0; i < layer.scale.size(); ++i) {
      const double product = layer.scale[i] * pass_.z[l][i];
      made_by.push_back({{{"of", Json::array({{scale, i}, {in_layer("z", l), i}})}, {"product", product}},
                         {{"of", Json::array({{shift, i}})}, {"product", layer.shift[i]}}});
    }
    last()["made_by"] = made_by;
  }

  void add_probabilities() {
    add("p", "probability", -1, {pass_.p.size()}, pass_.p);
    last()["labels"] = info_.classes;
    const std::string logits = in_layer("z", net_.layers.size() - 1);
    Json formulas = Json::array(), sources = Json::array(), all = Json::array();
    for (size_t k = 0; k < pass_.z.back().size(); ++k) all.push_back({logits, k});
    for (size_t k = 0; k < pass_.p.size(); ++k) {
      const std::string z = logits + "[" + std::to_string(net_.sigmoid ? 0 : k) + "]";
      const std::string sigmoid = k == 1 ? "1 / (1 + e^-" + z + ")" : "1 / (1 + e^" + z + ")";
      formulas.push_back(net_.sigmoid ? sigmoid : "e^" + z + " / Σ e^" + logits);
      sources.push_back(all);
    }
    last()["formula"] = formulas;
    last()["sources"] = sources;
  }

  /// For each unit: weight x input, one term an input, and the bias.
  Json terms_of_sum(size_t l) const {
    const Layer& layer = net_.layers[l];
    const Vector& input = l == 0 ? pass_.x : pass_.a[l - 1];
    const std::string source = l == 0 ? "x" : in_layer("a", l - 1);
    Json units = Json::array();
    for (size_t i = 0; i < size_t(layer.out); ++i) {
      Json terms = Json::array();
      for (size_t j = 0; j < input.size(); ++j) {
        const size_t place = i * input.size() + j;
        terms.push_back({{"of", Json::array({{as_text("layers.", l, ".weight"), place}, {source, j}})},
                         {"product", layer.weight[place] * input[j]}});
      }
      terms.push_back({{"of", Json::array({{as_text("layers.", l, ".bias"), i}})}, {"product", layer.bias[i]}});
      units.push_back(terms);
    }
    return units;
  }

  static Json factor(const std::string& group, size_t index, bool is_gradient, double value) {
    const std::string name = as_text(group, "[", index, "]");
    return {{"name", is_gradient ? "dL/d" + name : name},
            {"of", {group, index}},
            {"gradient", is_gradient},
            {"value", value}};
  }
  static Json local(const std::string& name, double value) { return {{"name", name}, {"value", value}}; }
  static Json term(const Json& a, const Json& b) {
    return {{"factors", {a, b}}, {"product", a["value"].get<double>() * b["value"].get<double>()}};
  }
  static Json term(const Json& a) { return {{"factors", Json::array({a})}, {"product", a["value"]}}; }

  /// The terms of every gradient of a group, as backpropagate() adds them up.
  Json chain_of(const std::string& name, size_t l, const std::string& kind) const {
    if (kind == "weight") return chain_of_weight(l);
    if (kind == "input") return chain_through_weights(0, pass_.x.size());
    if (kind == "activation") return chain_through_weights(l + 1, pass_.a[l].size());
    Json chain = Json::array();
    for (size_t i = 0; i < gradients_.at(name).size(); ++i) {
      if (kind == "bias") chain.push_back(Json::array({term(gradient_of(in_layer("z", l), i), local("1", 1))}));
      if (kind == "normalised") chain.push_back(Json::array({term(gradient_of(in_layer("a", l), i), slope_at(l, i))}));
      if (kind == "sum") chain.push_back(chain_of_sum(l, i));
    }
    return chain;
  }

  Json gradient_of(const std::string& group, size_t i) const { return factor(group, i, true, gradients_.at(group)[i]); }

  Json slope_at(size_t l, size_t i) const {
    const double bent = pass_.n[l].empty() ? pass_.z[l][i] : pass_.n[l][i];
    return local(slope_name(net_.activation), slope(net_.activation, bent, pass_.a[l][i]));
  }

  Json chain_of_sum(size_t l, size_t i) const {
    if (net_.layers[l].is_output) {
      const size_t k = net_.sigmoid ? 1 : i;
      const double y = int64_t(k) == net_.target ? 1 : 0;
      return {term(factor("p", k, false, pass_.p[k])), term(local(as_text("-y[", k, "]"), -y))};
    }
    if (pass_.n[l].empty()) return Json::array({term(gradient_of(in_layer("a", l), i), slope_at(l, i))});
    const std::string scale = as_text("norms.", l, ".scale");
    return Json::array({term(gradient_of(in_layer("n", l), i), factor(scale, i, false, net_.layers[l].scale[i]))});
  }

  Json chain_of_weight(size_t l) const {
    const Vector& input = l == 0 ? pass_.x : pass_.a[l - 1];
    const std::string source = l == 0 ? "x" : in_layer("a", l - 1);
    Json chain = Json::array();
    for (size_t i = 0; i < size_t(net_.layers[l].out); ++i) {
      for (size_t j = 0; j < input.size(); ++j) {
        chain.push_back(Json::array({term(gradient_of(in_layer("z", l), i), factor(source, j, false, input[j]))}));
      }
    }
    return chain;
  }

  /// A value that every unit of layer l looks at: one term a unit.
  Json chain_through_weights(size_t l, size_t count) const {
    const Layer& layer = net_.layers[l];
    Json chain = Json::array();
    for (size_t j = 0; j < count; ++j) {
      Json terms = Json::array();
      for (size_t i = 0; i < size_t(layer.out); ++i) {
        const size_t place = i * count + j;
        terms.push_back(term(gradient_of(in_layer("z", l), i),
                             factor(as_text("layers.", l, ".weight"), place, false, layer.weight[place])));
      }
      chain.push_back(terms);
    }
    return chain;
  }

  Net net_;
  Pass pass_;
  Gradients gradients_;
  const DatasetInfo& info_;
  Json groups_ = Json::array();
};

}  // namespace

Json trace_sample(const MlpImpl& model, const DatasetInfo& info, const torch::Tensor& input, int64_t target) {
  const int64_t parameters = count_parameters(model);
  require(parameters <= kMostTraced, "explain --trace: want a network of at most ", format_count(kMostTraced),
          " parameters, whose every number can be shown, got ", format_count(parameters),
          "; train a small one, for example with --set model.hidden=[2]");
  Net net = copy_net(model, target);
  const std::string activation = net.layers.size() > 1 ? net.activation : "none",
                    output = net.sigmoid ? "sigmoid" : "softmax";
  Tracer tracer(std::move(net), numbers(input), info);
  const Json groups = tracer.groups();
  const Vector& p = tracer.pass().p;
  return {{"classes", info.classes},
          {"target", target},
          {"prediction", std::max_element(p.begin(), p.end()) - p.begin()},
          {"activation", activation},
          {"output", output},
          {"loss", tracer.pass().loss},
          {"step", kStep},
          {"groups", groups}};
}

}  // namespace glassbox::mlp
