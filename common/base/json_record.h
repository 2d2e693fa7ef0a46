/// A JSON object from disk, read field by field: a summary, a line of metrics, saved progress. Every mistake is a
/// UserError that names the file and the field.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/file_at.h"

namespace glassbox {

class JsonRecord {
 public:
  /// Strictly: depth, duplicate names, UTF-8, and at most `max_bytes`. Throws UserError if it is no object.
  static JsonRecord from_file(const FileAt& file, uint64_t max_bytes = uint64_t{1} << 20);
  static JsonRecord from_text(const std::string& text, const std::string& source);

  /// Each line of a file of records; `source` names the file.
  static std::vector<JsonRecord> from_lines(const std::vector<std::string>& lines, const std::string& source);

  bool has(const std::string& name) const { return json_.contains(name); }

  /// The field, a name or a word without control characters, or `missing` if it is not there.
  std::string text(const std::string& name, const std::string& missing) const;

  /// A finite number in [low, high]. Throws if it is not there.
  double number(const std::string& name, double low = -std::numeric_limits<double>::max(),
                double high = std::numeric_limits<double>::max()) const;

  /// The same, and null for what was not finite: NaN.
  double number_or_nan(const std::string& name) const;

  /// A whole number in [low, high].
  int64_t whole(const std::string& name, int64_t low, int64_t high) const;

  bool flag(const std::string& name) const;

  JsonRecord object(const std::string& name) const;
  std::vector<JsonRecord> objects(const std::string& name, size_t most) const;  ///< a list of objects
  std::vector<double> numbers(const std::string& name, size_t most) const;      ///< a list; null is NaN
  std::vector<int64_t> wholes(const std::string& name, size_t most) const;      ///< a list, none below 0

  /// A list of [text, number].
  std::vector<std::pair<std::string, double>> pairs(const std::string& name) const;

  std::vector<std::string> names() const;
  const nlohmann::json& value() const { return json_; }
  const std::string& source() const { return source_; }

  /// Throws UserError "SOURCE: NAME: want WANT, got VALUE".
  [[noreturn]] void refuse(const std::string& name, const std::string& want) const;

 private:
  JsonRecord(nlohmann::json json, std::string source) : json_(std::move(json)), source_(std::move(source)) {}
  const nlohmann::json& at(const std::string& name, const std::string& want) const;

  nlohmann::json json_;
  std::string source_;
};

}  // namespace glassbox
