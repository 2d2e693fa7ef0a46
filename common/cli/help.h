/// The help text of a program, made from its flags and verbs.
#pragma once

#include <string>

#include "common/cli/verb.h"

namespace glassbox {

/// All verbs, or only `verb` if the program has it. Ends with a newline.
std::string help_text(const Program& program, const std::string& verb = "");

}  // namespace glassbox
