/// Assignment 2 as cnn_check runs it. Says nothing of tensors, so that its main() compiles at once.
#pragma once

#include "common/exercise/program.h"

namespace glassbox::cnn::exercise {

/// All checks, of the functions that the program is linked with.
glassbox::exercise::CheckProgram assignment();

}  // namespace glassbox::cnn::exercise
