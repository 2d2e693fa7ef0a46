/// cnn_check: runs the checks of assignment 2 against the functions it is linked with.
#include "apps/cnn/exercise/assignment.h"
#include "apps/cnn/exercise/budget.h"

namespace {

const char* const kBudgetHelp =
    "  cnn_check --budget        counts instructions with valgrind (20 seconds): conv2d_im2col may take at most a\n"
    "                            quarter of conv2d_direct's; exit 0 if it does\n"
    "  cnn_check --count im2col  what is counted: that convolution, twice;  --count direct: the other one\n";

}  // namespace

int main(int argc, char** argv) {
  using namespace glassbox::cnn::exercise;
  int exit_code = 0;
  if (answer_budget(argc, argv, exit_code)) return exit_code;
  glassbox::exercise::CheckProgram program = assignment();
  program.more_help = kBudgetHelp;
  return glassbox::exercise::run_check_program(program, argc, argv);
}
