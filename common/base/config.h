/// Reads a JSON experiment into plain structs, strictly. A struct's initialisers are the defaults and its read()
/// function is the schema: the same calls check the file, apply --set, write the documentation and the JSON Schema.
///
///   struct OptimizerConfig {
///     std::string name = "adam";
///     double learning_rate = 1e-3;
///     void read(ConfigReader json) {
///       json.field("name", name, one_of({"sgd", "adam"}), "the update rule");
///       json.field("learning_rate", learning_rate, greater_than(0), "the highest step size of the run");
///     }
///   };
///   Config config = Config::from_file("x.json", {"optimizer.name=sgd"});
///   optimizer.read(config.root().section("optimizer", "the optimizer and its learning rate"));
///   config.finish();   // one UserError with every problem
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "common/base/file_at.h"

namespace glassbox {

constexpr uint64_t kMostConfigBytes = 1 << 20;

/// The numbers a field accepts.
struct NumberRule {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  bool above_low = false;   ///< low itself is excluded
  bool below_high = false;  ///< high itself is excluded
};
NumberRule any_number();
NumberRule at_least(double low);
NumberRule greater_than(double low);
NumberRule between(double low, double high);     ///< [low, high]
NumberRule from_below(double low, double high);  ///< [low, high)

/// The texts a field accepts: any, or one of a list.
struct TextRule {
  std::vector<std::string> choices;
  bool or_index = false;  ///< a whole number too, which is taken as text: 2 and "2" are the same
};
TextRule any_text();
TextRule name_or_index();
TextRule one_of(std::vector<std::string> choices);

class ConfigReader;

/// One experiment file and all that was found wrong with it.
class Config {
 public:
  /// Parses `path`, then applies overrides "a.b=value" (value is JSON; what is not JSON is text).
  /// Throws UserError if the file is missing, larger than 1 MB or broken (line, column, the line with a caret),
  /// nested deeper than 64, has a field twice, or an override has no "=" or walks through something that is no object.
  static Config from_file(const FileAt& file, const std::vector<std::string>& overrides = {});

  /// The same for JSON at hand; `source` names it in messages.
  static Config from_text(const std::string& text, const std::string& source,
                          const std::vector<std::string>& overrides = {});

  /// The outermost object, to be read by the experiment's struct.
  ConfigReader root();

  /// Throws one UserError that lists every problem found so far, fields nobody read included (with the nearest name):
  ///   configs/mlp/x.json has 2 problems:
  ///     optimizer.learning_rte: unknown field; did you mean "learning_rate"?
  ///     train.epochs: want a whole number >= 1, got "ten" (string)
  /// Call it once, after the last read.
  void finish() const;

  std::string complete_json() const;  ///< every field with the value it has now, defaults included; replays the run
  std::string schema_json() const;    ///< JSON Schema, draft 2020-12, of everything that was read
  std::string docs() const;           ///< one line a field, as text: path, default, accepted values, meaning
  std::string differences() const;    ///< "path: value (default: value)" for each field that differs from its default

 private:
  struct Node;
  struct Document;
  std::shared_ptr<Document> document_;
  friend class ConfigReader;
};

/// One object of the file. field() keeps `value` where the file does not have the field: the initialiser is the
/// default. A value of the wrong type or range is noted as a problem and leaves `value` alone. An integer field takes 3
/// and 3.0 but not 3.5, and nothing beyond 2^53 - 1; a number field takes whole numbers too. A default that breaks its
/// own rule is a bug: std::logic_error. `meaning` is one line of documentation.
class ConfigReader {
 public:
  void field(const std::string& name, bool& value, const std::string& meaning);
  void field(const std::string& name, int64_t& value, const NumberRule& rule, const std::string& meaning);
  void field(const std::string& name, double& value, const NumberRule& rule, const std::string& meaning);
  void field(const std::string& name, std::string& value, const TextRule& rule, const std::string& meaning);
  void field(const std::string& name, std::vector<int64_t>& value, const NumberRule& each, const std::string& meaning);
  void field(const std::string& name, std::vector<std::string>& value, const TextRule& each,
             const std::string& meaning);

  /// Like field(), but the file must have it.
  void required(const std::string& name, std::string& value, const TextRule& rule, const std::string& meaning);

  /// The object under `name`, to be read by another struct. Absent means {}.
  ConfigReader section(const std::string& name, const std::string& meaning);

  /// Notes a problem that concerns several fields: "path.name: message".
  void problem(const std::string& name, const std::string& message);

 private:
  friend class Config;
  ConfigReader(std::shared_ptr<Config::Document> document, Config::Node* node);
  std::shared_ptr<Config::Document> document_;
  Config::Node* node_;
};

/// The entry of `names` that is nearest to `name` (edit distance with swaps at most a third of its length), or "".
std::string nearest_name(const std::string& name, const std::vector<std::string>& names);

}  // namespace glassbox
