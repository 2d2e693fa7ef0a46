/// Private to config*.cpp: does a JSON value fit a rule, and what does the rule say in words and as JSON Schema.
#pragma once

#include "common/base/config_impl.h"

namespace glassbox {

struct NoRule {};  // a boolean takes true and false

Accepted accepted_boolean();
Accepted accepted_number(const NumberRule& rule, bool whole);
Accepted accepted_text(const TextRule& rule);
Accepted accepted_list_of_whole_numbers(const NumberRule& each);
Accepted accepted_list_of_text(const TextRule& each);

/// Puts `given` into `value` if it has the right type and obeys the rule.
bool take(const json& given, bool& value, NoRule);
bool take(const json& given, int64_t& value, const NumberRule& rule);
bool take(const json& given, double& value, const NumberRule& rule);
bool take(const json& given, std::string& value, const TextRule& rule);

/// What one entry of a list takes.
Accepted accepted_entry(const Accepted& list);

/// "want W, got G", with a guess at what was meant.
std::string complaint(const Accepted& accepted, const json& given);

}  // namespace glassbox
