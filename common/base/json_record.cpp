#include "common/base/json_record.h"

#include <cmath>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/shown.h"
#include "common/base/strict_json.h"

namespace glassbox {
using nlohmann::json;
namespace {

constexpr size_t kMostNames = 1000, kMostRecords = 100'000, kLongestRecord = size_t{4} << 20;

}  // namespace

JsonRecord JsonRecord::from_file(const FileAt& file, uint64_t max_bytes) {
  return from_text(read_file(file, max_bytes), file.string());
}

JsonRecord JsonRecord::from_text(const std::string& text, const std::string& source) {
  require(text.size() <= kLongestRecord, source, ": want a record of at most ", kLongestRecord, " bytes, got ",
          text.size());
  json value = parse_strict_json(text, source, JsonComments::kForbidden);
  require(value.is_object(), source, ": want a JSON object, got ", describe_json(value));
  return {std::move(value), source};
}

std::vector<JsonRecord> JsonRecord::from_lines(const std::vector<std::string>& lines, const std::string& source) {
  require(lines.size() <= kMostRecords, source, ": want at most ", kMostRecords, " records, got ", lines.size());
  std::vector<JsonRecord> records;
  for (const std::string& line : lines)
    records.push_back(from_text(line, as_text(source, ", record ", records.size() + 1)));
  return records;
}

void JsonRecord::refuse(const std::string& name, const std::string& want) const {
  const auto found = json_.find(name);
  fail(source_, ": ", describe_name(name), ": want ", want, ", got ",
       found == json_.end() ? std::string("nothing") : describe_json(*found));
}

const json& JsonRecord::at(const std::string& name, const std::string& want) const {
  const auto found = json_.find(name);
  if (found == json_.end()) refuse(name, want);
  return *found;
}

std::string JsonRecord::text(const std::string& name, const std::string& missing) const {
  if (!has(name)) return missing;
  const bool fits = json_.at(name).is_string() && is_plain(json_.at(name).get_ref<const std::string&>());
  if (!fits) refuse(name, "text without control characters");
  return json_.at(name).get<std::string>();
}

double JsonRecord::number(const std::string& name, double low, double high) const {
  const json& value = at(name, "a number");
  const bool fits = value.is_number() && value.get<double>() >= low && value.get<double>() <= high;
  if (!fits) refuse(name, as_text("a number from ", low, " to ", high));
  return value.get<double>();
}

double JsonRecord::number_or_nan(const std::string& name) const {
  return at(name, "a number").is_null() ? NAN : number(name);
}

int64_t JsonRecord::whole(const std::string& name, int64_t low, int64_t high) const {
  const json& value = at(name, "a whole number");
  // What is beyond 2^63 - 1 the parser holds as unsigned.
  const bool fits =
      value.is_number_integer() &&
      (!value.is_number_unsigned() || value.get<uint64_t>() <= uint64_t(std::numeric_limits<int64_t>::max())) &&
      value.get<int64_t>() >= low && value.get<int64_t>() <= high;
  if (!fits) refuse(name, as_text("a whole number from ", low, " to ", high));
  return value.get<int64_t>();
}

bool JsonRecord::flag(const std::string& name) const {
  const json& value = at(name, "true or false");
  if (!value.is_boolean()) refuse(name, "true or false");
  return value.get<bool>();
}

JsonRecord JsonRecord::object(const std::string& name) const {
  const json& value = at(name, "an object");
  if (!value.is_object()) refuse(name, "an object");
  return {value, source_ + ": " + describe_name(name)};
}

std::vector<JsonRecord> JsonRecord::objects(const std::string& name, size_t most) const {
  const json& list = at(name, "a list");
  if (!list.is_array() || list.size() > most) refuse(name, as_text("a list of at most ", most, " objects"));
  std::vector<JsonRecord> objects;
  for (const json& value : list) {
    if (!value.is_object()) refuse(name, "a list of objects");
    objects.push_back({value, as_text(source_, ": ", describe_name(name), "[", objects.size(), "]")});
  }
  return objects;
}

std::vector<double> JsonRecord::numbers(const std::string& name, size_t most) const {
  const json& list = at(name, "a list");
  if (!list.is_array() || list.size() > most) refuse(name, as_text("a list of at most ", most, " numbers"));
  std::vector<double> numbers;
  for (const json& value : list) {
    if (!value.is_number() && !value.is_null()) refuse(name, "a list of numbers");
    numbers.push_back(value.is_null() ? NAN : value.get<double>());
  }
  return numbers;
}

std::vector<int64_t> JsonRecord::wholes(const std::string& name, size_t most) const {
  std::vector<int64_t> wholes;
  for (const double number : numbers(name, most)) {
    const bool fits = number >= 0 && number <= 9e15 && number == std::floor(number);
    if (!fits) refuse(name, "a list of whole numbers from 0");
    wholes.push_back(int64_t(number));
  }
  return wholes;
}

std::vector<std::pair<std::string, double>> JsonRecord::pairs(const std::string& name) const {
  const std::string want = "a list of [text, number]";
  const json& list = at(name, want);
  if (!list.is_array()) refuse(name, want);
  std::vector<std::pair<std::string, double>> pairs;
  for (const json& value : list) {
    const bool fits = value.is_array() && value.size() == 2 && value[0].is_string() && value[1].is_number();
    if (!fits) refuse(name, want);
    pairs.emplace_back(value[0].get<std::string>(), value[1].get<double>());
  }
  return pairs;
}

std::vector<std::string> JsonRecord::names() const {
  std::vector<std::string> names;
  require(json_.size() <= kMostNames, source_, ": want at most ", kMostNames, " fields, got ", json_.size());
  for (const auto& item : json_.items()) {
    if (!is_plain(item.key())) refuse(item.key(), "a name without control characters");
    names.push_back(item.key());
  }
  return names;
}

}  // namespace glassbox
