/// Runs that many tests of cnn begin with, trained once for all their processes.
#include "tests/e2e/cnn_desk.h"

namespace glassbox::e2e {
namespace {

class TrainedRuns : public CnnDesk {};

TEST_F(TrainedRuns, Colours) {
  keep_for_all("colours", [&] { bring_colours(); });
}

TEST_F(TrainedRuns, Digits) {
  SKIP_WITHOUT_DIGITS();
  keep_for_all("digits", [&] { bring_digits(); });
}

}  // namespace
}  // namespace glassbox::e2e
