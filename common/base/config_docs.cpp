#include <algorithm>
#include <utility>

#include "common/base/config.h"
#include "common/base/config_impl.h"

namespace glassbox {

std::string Config::complete_json() const { return document_->root.complete().dump(2) + "\n"; }

std::string Config::schema_json() const {
  ordered_json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}};
  schema.update(document_->root.schema());
  return schema.dump(2) + "\n";
}

std::string Config::docs() const {
  std::vector<std::vector<std::string>> table = {{"field", "default", "takes", "meaning"}};
  document_->root.add_docs(table);

  // One field with twenty choices must not push every meaning off the screen: wider cells stick out.
  constexpr size_t kWidest = 36;
  std::vector<size_t> widths(3, 0);
  for (const auto& row : table) {
    for (size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], std::min(row[i].size(), kWidest));
  }
  std::string text;
  for (auto& row : table) {
    for (size_t i = 0; i < widths.size(); ++i) {
      row[i].resize(std::max(row[i].size(), widths[i]), ' ');
      text += row[i] + "  ";
    }
    text += row.back() + "\n";
  }
  return text;
}

std::string Config::differences() const {
  std::string text;
  document_->root.add_differences(text);
  return text;
}

bool Config::Node::is_required() const {
  return std::any_of(entries.begin(), entries.end(),
                     [](const Entry& e) { return e.section ? e.section->is_required() : e.required; });
}

ordered_json Config::Node::complete() const {
  ordered_json all = ordered_json::object();
  for (const Entry& e : entries) {
    if (e.section) {
      all[e.name] = e.section->complete();
    } else {
      all[e.name] = e.value;
    }
  }
  return all;
}

ordered_json Config::Node::schema() const {
  ordered_json properties = ordered_json::object(), required = ordered_json::array();
  for (const Entry& e : entries) {
    ordered_json property = e.section ? e.section->schema() : e.accepted.schema;
    if (!e.section && !e.required) property["default"] = e.standard;
    property["description"] = e.meaning;
    properties[e.name] = std::move(property);
    if (e.section ? e.section->is_required() : e.required) required.push_back(e.name);
  }
  ordered_json schema = {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

void Config::Node::add_docs(std::vector<std::vector<std::string>>& table) const {
  for (const Entry& e : entries) {
    if (e.section) {
      table.push_back({path_of(e.name), "", "an object", e.meaning});
      e.section->add_docs(table);
    } else {
      table.push_back({path_of(e.name), e.required ? "required" : e.standard.dump(), e.accepted.words, e.meaning});
    }
  }
}

void Config::Node::add_differences(std::string& text) const {
  for (const Entry& e : entries) {
    if (e.section) {
      e.section->add_differences(text);
    } else if (e.required || e.value != e.standard) {
      const std::string standard = e.required ? "none" : e.standard.dump();
      text += path_of(e.name) + ": " + e.value.dump() + " (default: " + standard + ")\n";
    }
  }
}

}  // namespace glassbox
