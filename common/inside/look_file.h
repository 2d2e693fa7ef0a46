/// A look as a line of inside.jsonl.
#pragma once

#include <string>

#include "common/inside/looks.h"

namespace glassbox {

constexpr const char* kLookFile = "inside.jsonl";

std::string look_to_line(const Look& look);

/// Throws UserError naming `source` if the line is not a look.
Look look_from_line(const std::string& line, const std::string& source);

/// Its step alone, without reading the rest.
int64_t step_of_line(const std::string& line, const std::string& source);

}  // namespace glassbox
