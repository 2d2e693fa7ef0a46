/// cnn_check: runs the checks of assignment 2 against the functions it is linked with.
#include "apps/cnn/exercise/assignment.h"
#include "apps/cnn/exercise/budget.h"

int main(int argc, char** argv) {
  using namespace glassbox::cnn::exercise;
  glassbox::exercise::CheckProgram program = assignment();
  program.flags = budget_flags();
  program.answer = answer_budget;
  return glassbox::exercise::run_check_program(program, argc, argv);
}
