/// The program that runs the checks of an exercise and counts the points: mlp_check, cnn_check.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/cli/options.h"
#include "common/exercise/check.h"

namespace glassbox::exercise {

struct CheckProgram {
  std::string app;       ///< "mlp": the program is mlp_check, the file apps/mlp/exercise/solution.cpp
  std::string question;  ///< "is the backward pass right?"
  std::vector<TaskPoints> tasks;
  std::vector<BoundCheck> checks;
  std::vector<Flag> flags = {};  ///< of its own
  /// Does what a flag of its own asks for and returns the exit code; nothing if none was given.
  std::function<std::optional<int>(const Options&)> answer = {};
};

/// All of main(): reads the command line, runs what is asked for, prints. Returns the exit code: 0 if all checks pass,
/// 2 if one does not or the words are wrong, 1 if the program itself failed.
int run_check_program(const CheckProgram& program, int argc, char** argv);

}  // namespace glassbox::exercise
