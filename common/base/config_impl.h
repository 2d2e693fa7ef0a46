/// Private to config*.cpp: what a Config remembers about every field that was read.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/config.h"

namespace glassbox {

using nlohmann::json;
using nlohmann::ordered_json;

/// What a field takes, for people ("a number > 0") and for editors ({"type": "number", "exclusiveMinimum": 0}).
struct Accepted {
  std::string words;
  ordered_json schema;
  std::string each = "";  ///< of a list: the words for one entry
};

/// One object of the file. Its fields and sections are kept in the order in which they were read.
struct Config::Node {
  struct Entry {
    std::string name, meaning;
    Accepted accepted;
    bool required = false;
    json standard, value;           // the default and what the field is now
    std::unique_ptr<Node> section;  // set for an object read by another struct
  };

  std::string path;              // "" for the outermost object, "train", "model.head"
  const json* object = nullptr;  // in the file; null if it is not there
  std::deque<Entry> entries;     // a deque: entries stay where they are while others are added
  std::vector<std::string> problems;

  std::string path_of(const std::string& name) const;
  const json* find(const std::string& name) const;
  Entry& entry(const std::string& name);
  void note(const std::string& name, const std::string& message);

  /// Checks the field `name` and puts it into `value`; what cannot be taken is noted.
  template <typename T, typename Rule>
  void read(const std::string& name, T& value, const Rule& rule, const Accepted& accepted, const std::string& meaning,
            bool required);

  void note_unknown(std::vector<std::string>& all) const;
  void collect_problems(std::vector<std::string>& all) const;

  bool is_required() const;  // a field in it has no default
  ordered_json complete() const;
  ordered_json schema() const;
  void add_docs(std::vector<std::vector<std::string>>& table) const;
  void add_differences(std::string& text) const;
};

struct Config::Document {
  std::string source;
  json file;
  Node root;
  std::map<std::string, std::string> set_texts;  // "data.label" -> what stands behind --set data.label=

  /// --set name=2024 of a text field means the text 2024, not the number that apply_override() took it for.
  void read_as_text(const std::string& path);
};

}  // namespace glassbox
