#include "common/base/config.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <utility>

#include "common/base/atomic_file.h"
#include "common/base/config_impl.h"
#include "common/base/config_rules.h"
#include "common/base/error.h"
#include "common/base/shown.h"
#include "common/base/strict_json.h"

namespace glassbox {
namespace {

/// JSON if it is JSON, text otherwise: --set name=abc needs no quotes.
json override_value(const std::string& text) {
  try {
    return parse_strict_json(text, "--set", JsonComments::kForbidden);
  } catch (const UserError&) {
    return text;
  }
}

std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> names(1);
  for (char c : path) {
    if (c == '.') names.emplace_back();
    if (c != '.') names.back() += c;
  }
  return names;
}

/// Returns the path and the text of its value.
std::pair<std::string, std::string> apply_override(json& file, const std::string& text) {
  const std::string where = "--set " + text;
  const size_t equals = text.find('=');
  require(equals != std::string::npos, where, ": want PATH=VALUE, got no \"=\"");
  try {
    json(text).dump();
  } catch (const json::exception&) {
    fail("--set: want text in UTF-8, got other bytes in ", describe_json(text));
  }
  const std::vector<std::string> names = split_path(text.substr(0, equals));
  require(names.size() <= kDeepestJson, where, ": want at most ", kDeepestJson, " levels, got ", names.size());
  json* at = &file;
  for (size_t i = 0; i < names.size(); ++i) {
    require(!names[i].empty(), where, ": want names between the dots, got an empty one");
    require(at->is_object(), where, ": want an object to set ", names[i], " in, got ", describe_json(*at));
    if (i + 1 < names.size()) at = &*at->emplace(names[i], json::object()).first;  // keeps what is there
  }
  (*at)[names.back()] = override_value(text.substr(equals + 1));
  return {text.substr(0, equals), text.substr(equals + 1)};
}

template <typename T, typename Rule>
bool take(const json& given, std::vector<T>& value, const Rule& rule) {
  if (!given.is_array()) return false;
  std::vector<T> taken;
  for (const json& item : given) {
    T element{};
    if (!take(item, element, rule)) return false;
    taken.push_back(std::move(element));
  }
  value = std::move(taken);
  return true;
}

/// Which entry of a list breaks the rule; given.size() if that is not what is wrong.
template <typename T, typename Rule>
size_t first_bad_entry(const json& given, const std::vector<T>&, const Rule& rule) {
  if (!given.is_array()) return given.size();
  T element{};
  size_t i = 0;
  while (i < given.size() && take(given[i], element, rule)) ++i;
  return i;
}

template <typename T, typename Rule>
size_t first_bad_entry(const json& given, const T&, const Rule&) {
  return given.size();
}

}  // namespace

Config Config::from_file(const FileAt& file, const std::vector<std::string>& overrides) {
  return from_text(read_file(file, kMostConfigBytes), file.string(), overrides);
}

Config Config::from_text(const std::string& text, const std::string& source,
                         const std::vector<std::string>& overrides) {
  Config config;
  config.document_ = std::make_shared<Document>();
  Document& document = *config.document_;
  document.source = source;
  document.file = parse_strict_json(text, source, JsonComments::kAllowed);
  require(document.file.is_object(), source, ": want an object { ... }, got ", describe_json(document.file));
  for (const std::string& override : overrides) {
    const auto [path, value] = apply_override(document.file, override);
    document.set_texts[path] = value;
  }
  document.root.object = &document.file;
  return config;
}

void Config::Document::read_as_text(const std::string& path) {
  const auto set = set_texts.find(path);
  if (set == set_texts.end()) return;
  json* at = &file;
  for (const std::string& name : split_path(path)) {
    const auto inside = at->find(name);
    if (inside == at->end()) return;
    at = &*inside;
  }
  // A later --set of the whole section may have put something else here.
  if (!at->is_string() && *at == override_value(set->second)) *at = set->second;
}

ConfigReader Config::root() { return ConfigReader(document_, &document_->root); }

void Config::finish() const {
  std::vector<std::string> all;
  document_->root.collect_problems(all);
  Problems problems;
  for (const std::string& problem : all) problems.add(problem);
  require(problems.empty(), document_->source, " has ", problems.count(),
          problems.count() == 1 ? " problem:" : " problems:", problems.text());
}

std::string Config::Node::path_of(const std::string& name) const {
  return path.empty() ? describe_name(name) : path + "." + describe_name(name);
}

const json* Config::Node::find(const std::string& name) const {
  if (object == nullptr) return nullptr;
  const auto found = object->find(name);
  return found == object->end() ? nullptr : &*found;
}

Config::Node::Entry& Config::Node::entry(const std::string& name) {
  const auto known = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.name == name; });
  if (known != entries.end()) return *known;
  entries.emplace_back();
  entries.back().name = name;
  return entries.back();
}

void Config::Node::note(const std::string& name, const std::string& message) {
  const std::string problem = path_of(name) + ": " + message;
  // A field may be read twice: once to choose a struct by name, once by that struct.
  if (std::find(problems.begin(), problems.end(), problem) == problems.end()) problems.push_back(problem);
}

template <typename T, typename Rule>
void Config::Node::read(const std::string& name, T& value, const Rule& rule, const Accepted& accepted,
                        const std::string& meaning, bool required) {
  T checked = value;
  if (!required && !take(json(value), checked, rule)) {
    throw std::logic_error(path_of(name) +
                           ": the default breaks the field's own rule: " + complaint(accepted, json(value)));
  }
  Entry& field = entry(name);
  field.meaning = meaning;
  field.accepted = accepted;
  field.required = required;
  field.standard = value;
  const json* given = find(name);
  if (given != nullptr && !take(*given, value, rule)) {
    const size_t bad = first_bad_entry(*given, value, rule);
    if (bad < given->size()) note(as_text(name, "[", bad, "]"), complaint(accepted_entry(accepted), (*given)[bad]));
    if (bad >= given->size()) note(name, complaint(accepted, *given));
  }
  if (given == nullptr && required) note(name, "want " + accepted.words + ", got nothing; this field is required");
  field.value = value;
}

void Config::Node::note_unknown(std::vector<std::string>& all) const {
  if (object == nullptr) return;
  std::vector<std::string> known;
  for (const Entry& e : entries) known.push_back(e.name);
  for (const auto& item : object->items()) {
    if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
    const std::string near = nearest_name(item.key(), known);
    all.push_back(path_of(item.key()) + ": unknown field" +
                  (near.empty() ? "" : "; did you mean " + json(near).dump() + "?"));
  }
}

void Config::Node::collect_problems(std::vector<std::string>& all) const {
  all.insert(all.end(), problems.begin(), problems.end());
  note_unknown(all);
  for (const Entry& e : entries) {
    if (e.section) e.section->collect_problems(all);
  }
}

ConfigReader::ConfigReader(std::shared_ptr<Config::Document> document, Config::Node* node)
    : document_(std::move(document)), node_(node) {}

void ConfigReader::field(const std::string& name, bool& value, const std::string& meaning) {
  node_->read(name, value, NoRule{}, accepted_boolean(), meaning, /*required=*/false);
}

void ConfigReader::field(const std::string& name, int64_t& value, const NumberRule& rule, const std::string& meaning) {
  node_->read(name, value, rule, accepted_number(rule, /*whole=*/true), meaning, /*required=*/false);
}

void ConfigReader::field(const std::string& name, double& value, const NumberRule& rule, const std::string& meaning) {
  node_->read(name, value, rule, accepted_number(rule, /*whole=*/false), meaning, /*required=*/false);
}

void ConfigReader::field(const std::string& name, std::string& value, const TextRule& rule,
                         const std::string& meaning) {
  document_->read_as_text(node_->path_of(name));
  node_->read(name, value, rule, accepted_text(rule), meaning, /*required=*/false);
}

void ConfigReader::field(const std::string& name, std::vector<int64_t>& value, const NumberRule& each,
                         const std::string& meaning) {
  node_->read(name, value, each, accepted_list_of_whole_numbers(each), meaning, /*required=*/false);
}

void ConfigReader::field(const std::string& name, std::vector<std::string>& value, const TextRule& each,
                         const std::string& meaning) {
  node_->read(name, value, each, accepted_list_of_text(each), meaning, /*required=*/false);
}

void ConfigReader::required(const std::string& name, std::string& value, const TextRule& rule,
                            const std::string& meaning) {
  document_->read_as_text(node_->path_of(name));
  node_->read(name, value, rule, accepted_text(rule), meaning, /*required=*/true);
}

ConfigReader ConfigReader::section(const std::string& name, const std::string& meaning) {
  Config::Node::Entry& entry = node_->entry(name);
  entry.meaning = meaning;
  if (!entry.section) {
    entry.section = std::make_unique<Config::Node>();
    entry.section->path = node_->path_of(name);
    const json* given = node_->find(name);
    if (given != nullptr && given->is_object()) entry.section->object = given;
    if (given != nullptr && !given->is_object()) node_->note(name, "want an object, got " + describe_json(*given));
  }
  return ConfigReader(document_, entry.section.get());
}

void ConfigReader::problem(const std::string& name, const std::string& message) { node_->note(name, message); }

}  // namespace glassbox
