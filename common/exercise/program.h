/// The program that runs the checks of an exercise and counts the points: mlp_check, cnn_check.
#pragma once

#include <string>
#include <vector>

#include "common/exercise/check.h"

namespace glassbox::exercise {

struct CheckProgram {
  std::string app;       ///< "mlp": the program is mlp_check, the file apps/mlp/exercise/solution.cpp
  std::string question;  ///< "is the backward pass right?"
  std::vector<TaskPoints> tasks;
  std::vector<BoundCheck> checks;
  std::string more_help = {};  ///< lines for options of its own, which main() answers before it calls this
};

/// All of main(): reads the words, runs what is asked for, prints. Returns the exit code: 0 if all checks pass, 2 if
/// one does not or the words are wrong, 1 if the program itself failed.
int run_check_program(const CheckProgram& program, int argc, char** argv);

}  // namespace glassbox::exercise
