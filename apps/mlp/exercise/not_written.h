/// What a gap of the exercise says until it is filled.
#pragma once

#include <string>

#include "common/base/error.h"

namespace glassbox::mlp::exercise {

/// A function of the exercise was called before it was written.
class NotWritten : public UserError {
 public:
  explicit NotWritten(const std::string& task)
      : UserError("task " + task + " is not written yet: apps/mlp/exercise/solution.cpp") {}
};

/// Throws NotWritten. scripts/cut_solutions.sh puts it where a solution was.
[[noreturn]] inline void not_written(const std::string& task) { throw NotWritten(task); }

}  // namespace glassbox::mlp::exercise
