#include "common/base/config_rules.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <utility>

#include "common/base/error.h"
#include "common/base/shown.h"
#include "common/base/strict_json.h"

namespace glassbox {
namespace {

constexpr double kLargestWhole = 9007199254740991;  // 2^53 - 1: beyond it a double no longer tells neighbours apart

bool is_whole(double number) { return number == std::floor(number) && std::abs(number) <= kLargestWhole; }

/// A bound without needless digits: 1, 0.5, 1e-08.
json bound(double number) { return is_whole(number) ? json(int64_t(number)) : json(number); }

/// " >= 1", " > 0", " in [0, 1)", or nothing.
std::string range(const NumberRule& rule) {
  const bool low = std::isfinite(rule.low), high = std::isfinite(rule.high);
  if (low && high) {
    return as_text(rule.above_low ? " in (" : " in [", bound(rule.low), ", ", bound(rule.high),
                   rule.below_high ? ")" : "]");
  }
  if (low) return as_text(rule.above_low ? " > " : " >= ", bound(rule.low));
  if (high) return as_text(rule.below_high ? " < " : " <= ", bound(rule.high));
  return "";
}

std::string choices(const TextRule& rule) {
  std::string text;
  for (const std::string& choice : rule.choices) text += (text.empty() ? "" : ", ") + json(choice).dump();
  return text;
}

Accepted list_of(const std::string& words, const Accepted& each) {
  return {words, {{"type", "array"}, {"items", each.schema}}, each.words};
}

bool obeys(double number, const NumberRule& rule) {
  return (rule.above_low ? number > rule.low : number >= rule.low) &&
         (rule.below_high ? number < rule.high : number <= rule.high);
}

std::string lower(std::string text) {
  for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Insertions, deletions, replacements and swaps of neighbours that make `b` of `a` (optimal string alignment).
size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<size_t> before, above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + size_t(a[i - 1] != b[j - 1])});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(above, row);
  }
  return above.back();
}

}  // namespace

NumberRule any_number() { return {}; }
NumberRule at_least(double low) { return {low}; }
NumberRule greater_than(double low) { return {low, any_number().high, /*above_low=*/true}; }
NumberRule between(double low, double high) { return {low, high}; }
NumberRule from_below(double low, double high) { return {low, high, /*above_low=*/false, /*below_high=*/true}; }

TextRule any_text() { return {}; }
TextRule name_or_index() { return {{}, /*or_index=*/true}; }
TextRule one_of(std::vector<std::string> choices) { return {std::move(choices)}; }

Accepted accepted_boolean() { return {"true or false", {{"type", "boolean"}}}; }

Accepted accepted_number(const NumberRule& rule, bool whole) {
  ordered_json schema = {{"type", whole ? "integer" : "number"}};
  if (std::isfinite(rule.low)) schema[rule.above_low ? "exclusiveMinimum" : "minimum"] = bound(rule.low);
  if (std::isfinite(rule.high)) schema[rule.below_high ? "exclusiveMaximum" : "maximum"] = bound(rule.high);
  return {(whole ? "a whole number" : "a number") + range(rule), schema};
}

Accepted accepted_text(const TextRule& rule) {
  if (rule.or_index) return {"a name or an index", {{"type", {"string", "integer"}}}};
  ordered_json schema = {{"type", "string"}};
  if (rule.choices.empty()) return {"text", schema};
  schema["enum"] = rule.choices;
  return {"one of " + choices(rule), schema};
}

Accepted accepted_list_of_whole_numbers(const NumberRule& each) {
  return list_of("a list of whole numbers" + range(each), accepted_number(each, /*whole=*/true));
}

Accepted accepted_list_of_text(const TextRule& each) {
  const std::string words = each.or_index          ? "a list of names and indices"
                            : each.choices.empty() ? "a list of texts"
                                                   : "a list with entries out of " + choices(each);
  return list_of(words, accepted_text(each));
}

Accepted accepted_entry(const Accepted& list) { return {list.each, list.schema["items"]}; }

bool take(const json& given, bool& value, NoRule) {
  if (given.is_boolean()) value = given.get<bool>();
  return given.is_boolean();
}

bool take(const json& given, int64_t& value, const NumberRule& rule) {
  if (!given.is_number()) return false;
  const double number = given.get<double>();
  if (!is_whole(number) || !obeys(number, rule)) return false;
  value = int64_t(number);
  return true;
}

bool take(const json& given, double& value, const NumberRule& rule) {
  if (!given.is_number()) return false;
  const double number = given.get<double>();
  if (!std::isfinite(number) || !obeys(number, rule)) return false;
  value = number;
  return true;
}

bool take(const json& given, std::string& value, const TextRule& rule) {
  if (rule.or_index && given.is_number_integer()) {
    value = given.dump();
    return true;
  }
  if (!given.is_string()) return false;
  const auto& text = given.get_ref<const std::string&>();
  const auto& known = rule.choices;
  if (!is_plain(text)) return false;  // it is printed, and stands in file names
  if (!known.empty() && std::find(known.begin(), known.end(), text) == known.end()) return false;
  value = text;
  return true;
}

std::string complaint(const Accepted& accepted, const json& given) {
  std::string text = "want " + accepted.words + ", got " + describe_json(given);
  const ordered_json& schema = accepted.schema;
  if (given.is_string() && schema.contains("enum")) {
    const std::string near = nearest_name(given.get<std::string>(), schema["enum"].get<std::vector<std::string>>());
    if (!near.empty()) text += "; did you mean " + json(near).dump() + "?";
  }
  if (given.is_string() && !is_plain(given.get<std::string>())) text += "; control characters are not allowed";
  const bool whole = schema.contains("type") && schema["type"] == "integer";
  if (given.is_number() && whole && std::abs(given.get<double>()) > kLargestWhole) {
    text += as_text("; whole numbers go up to ", int64_t(kLargestWhole), " (2^53 - 1)");
  }
  return text;
}

std::string nearest_name(const std::string& name, const std::vector<std::string>& names) {
  std::string nearest;
  size_t allowed = name.size() / 3 + 1;  // a candidate must be nearer than this
  for (const std::string& candidate : names) {
    const size_t longer = std::max(name.size(), candidate.size()), shorter = std::min(name.size(), candidate.size());
    if (longer - shorter >= allowed) continue;  // cannot be near; do not compute a large table to find out
    const size_t distance = edit_distance(lower(name), lower(candidate));
    if (distance >= allowed) continue;
    nearest = candidate;
    allowed = distance;
  }
  return nearest;
}

}  // namespace glassbox
