/// Private to the implementations: JSON text -> nlohmann::json, with nothing let through silently.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace glassbox {

constexpr size_t kDeepestJson = 64;

enum class JsonComments { kAllowed, kForbidden };  // "// to the end of the line"

/// Throws UserError "source, line L, column C: ...", the line and a caret, for anything that is no JSON, for numbers
/// beyond a double, text that is no UTF-8, nesting deeper than kDeepestJson, or two fields of one name in an object.
nlohmann::json parse_strict_json(std::string_view text, const std::string& source, JsonComments comments);

/// A value as messages show it: "ten" (string), 2 (number). Cut where it is too long.
std::string describe_json(const nlohmann::json& value);

/// A field's name as messages show it: plain, or in quotes if it holds anything unusual.
std::string describe_name(const std::string& name);

}  // namespace glassbox
