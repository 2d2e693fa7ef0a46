/// mlp_check: runs the checks of assignment 1 against the functions it is linked with.
#include "apps/mlp/exercise/assignment.h"

int main(int argc, char** argv) {
  return glassbox::exercise::run_check_program(glassbox::mlp::exercise::assignment(), argc, argv);
}
