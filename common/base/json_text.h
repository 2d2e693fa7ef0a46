/// The JSON answers of --json and the JSON files of a run.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace glassbox {

/// Indented by 2, with a newline at the end. Names of files need not be UTF-8 but JSON must: other bytes become U+FFFD,
/// and what a terminal would obey is written as \\uXXXX.
std::string json_text(const nlohmann::ordered_json& value);

}  // namespace glassbox
