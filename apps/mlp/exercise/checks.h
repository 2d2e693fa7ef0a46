/// The checks of assignment 1: what must hold of each function, and what is said when it does not.
#pragma once

#include <vector>

#include "apps/mlp/exercise/functions.h"
#include "common/exercise/probe.h"

namespace glassbox::mlp::exercise {

using namespace glassbox::exercise;
using Check = CheckOf<Functions>;
using Pure = PureOf<Functions>;

/// In the order of exercise.h; the points add up to 50. Task 8 is nothing to write: the network made of tasks 2 to 7.
const std::vector<TaskPoints>& task_points();

/// All checks, in the order of their tasks.
std::vector<Check> all_checks();

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
