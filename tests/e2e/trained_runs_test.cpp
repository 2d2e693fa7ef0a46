/// Runs that many tests begin with, trained once for all their processes: ctest runs these tests before the others.
#include "tests/e2e/desk.h"

namespace glassbox::e2e {
namespace {

class TrainedRuns : public Desk {
 protected:
  void keep(const std::string& kind) const {
    keep_for_all(kind, [&] { bring_trained(kind); });
    EXPECT_TRUE(fs::exists(kept_run(kind) / "run/summary.json")) << kept_run(kind);
  }
};

TEST_F(TrainedRuns, Moons) { keep("moons"); }
TEST_F(TrainedRuns, Images) { keep("images"); }
TEST_F(TrainedRuns, Table) { keep("table"); }

}  // namespace
}  // namespace glassbox::e2e
