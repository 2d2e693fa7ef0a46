/// The instruction budget of the convolution by matrices: at most a quarter of what the loops take, counted by
/// valgrind's callgrind. Instructions, unlike seconds, are the same on every run.
#pragma once

#include <optional>
#include <vector>

#include "common/cli/options.h"

namespace glassbox::cnn::exercise {

/// --budget: runs the program itself under valgrind, prints both counts and their ratio.
/// --count direct and --count im2col: what is counted, one convolution of LeNet's second layer.
std::vector<Flag> budget_flags();

/// Does what these flags ask for: 0 if the budget is kept, 2 if not; nothing if none was given.
std::optional<int> answer_budget(const Options& options);

}  // namespace glassbox::cnn::exercise
