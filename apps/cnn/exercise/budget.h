/// The instruction budget of the convolution by matrices: at most a quarter of what the loops take, counted by
/// valgrind's callgrind. Instructions, unlike seconds, are the same on every run.
#pragma once

namespace glassbox::cnn::exercise {

/// `cnn_check --count direct` and `--count im2col`: what is counted, one convolution of LeNet's second layer.
/// Answers `--budget` too: runs itself under valgrind, prints both counts and their ratio. False if the words ask for
/// something else; otherwise `exit_code` is 0 if the budget is kept, 2 if not.
bool answer_budget(int argc, char** argv, int& exit_code);

}  // namespace glassbox::cnn::exercise
