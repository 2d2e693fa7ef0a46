/// What a gap of the exercise says until it is filled.
#pragma once

#include <string>

#include "common/exercise/check.h"

namespace glassbox::mlp::exercise {

/// Throws NotWritten. scripts/cut_solutions.sh puts it where a solution was.
[[noreturn]] inline void not_written(const std::string& task) {
  throw glassbox::exercise::NotWritten(task, "apps/mlp/exercise/solution.cpp");
}

}  // namespace glassbox::mlp::exercise
