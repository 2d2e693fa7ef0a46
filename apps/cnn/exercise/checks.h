/// The checks of assignment 2: what must hold of each function, and what is said when it does not.
#pragma once

#include <vector>

#include "apps/cnn/exercise/functions.h"
#include "common/exercise/probe.h"

namespace glassbox::cnn::exercise {

using namespace glassbox::exercise;
using Check = CheckOf<Functions>;
using Pure = PureOf<Functions>;

/// In the order of exercise.h; the points add up to 50. Task 5 is nothing to write: LeNet made of tasks 1 to 4.
const std::vector<TaskPoints>& task_points();

/// All checks, in the order of their tasks.
std::vector<Check> all_checks();

// One list a subject; all_checks() is their sum.
std::vector<Check> output_size_checks();
std::vector<Check> direct_convolution_checks();
std::vector<Check> im2col_checks();
std::vector<Check> col2im_checks();
std::vector<Check> matrix_convolution_checks();
std::vector<Check> convolution_gradient_checks();
std::vector<Check> max_pool_checks();
std::vector<Check> max_pool_gradient_checks();
std::vector<Check> average_pool_checks();
std::vector<Check> average_pool_gradient_checks();
std::vector<Check> folding_checks();
std::vector<Check> network_checks();

}  // namespace glassbox::cnn::exercise
