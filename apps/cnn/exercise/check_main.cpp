/// cnn_check: runs the checks of assignment 2 against the functions it is linked with.
#include "apps/cnn/exercise/budget.h"
#include "apps/cnn/exercise/checks.h"
#include "common/exercise/program.h"

int main(int argc, char** argv) {
  using namespace glassbox::cnn::exercise;
  const Functions functions;
  return run_check_program({"cnn", "are convolution and pooling right?", task_points(),
                            bind_all(all_checks(), functions), budget_flags(), answer_budget},
                           argc, argv);
}
