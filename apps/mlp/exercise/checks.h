/// The checks of assignment 1: what must hold of each function, and what is said when it does not.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "apps/mlp/exercise/functions.h"

namespace glassbox::mlp::exercise {

struct Check {
  std::string task;                            ///< "2.2"
  std::string name;                            ///< "values by hand"
  std::string law;                             ///< what must hold, in one sentence
  std::function<void(const Functions&)> hold;  ///< throws Broken if it does not
};

enum class Outcome { passed, broken, not_written };
struct Verdict {
  Outcome outcome = Outcome::passed;
  std::string message;  ///< the smallest failing input and the numbers; never the solution
};

/// A task and what it is worth. Its points are given if all its checks pass.
struct TaskPoints {
  std::string task, title;
  int64_t points;
};

/// In the order of exercise.h; the points add up to 50. Task 8 is nothing to write: the network made of tasks 2 to 7.
const std::vector<TaskPoints>& task_points();

/// All checks, in the order of their tasks.
std::vector<Check> all_checks();

/// Whatever a function throws is a failed check; an endless loop or a crash cannot be caught (see watch.h).
/// Seeds LibTorch's generator, so that a verdict repeats.
Verdict run_check(const Check& check, const Functions& functions);

// One list a subject; all_checks() is their sum.
std::vector<Check> perceptron_checks();
std::vector<Check> linear_checks();
std::vector<Check> activation_checks();
std::vector<Check> softmax_checks();
std::vector<Check> cross_entropy_checks();
std::vector<Check> dropout_checks();
std::vector<Check> batch_norm_checks();
std::vector<Check> batch_norm_gradient_checks();
std::vector<Check> optimizer_checks();
std::vector<Check> network_checks();

}  // namespace glassbox::mlp::exercise
