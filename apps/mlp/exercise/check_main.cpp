/// mlp_check: runs the checks of assignment 1 against the functions it is linked with.
#include "apps/mlp/exercise/checks.h"
#include "common/exercise/program.h"

int main(int argc, char** argv) {
  using namespace glassbox::mlp::exercise;
  const Functions functions;
  return run_check_program({"mlp", "is the backward pass right?", task_points(), bind_all(all_checks(), functions)},
                           argc, argv);
}
