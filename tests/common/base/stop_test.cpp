/// Ctrl-C: asked for between two steps while somebody asks, the end of the process otherwise.
#include "common/base/stop.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace glassbox {
namespace {

// Each runs in a process of its own and says by its exit code what happened.

[[noreturn]] void signal_without_guard(int signal_number) {
  install_stop_handlers();
  ::raise(signal_number);
  ::_exit(1);
}

[[noreturn]] void signal_with_guard(int times) {
  install_stop_handlers();
  const StopGuard guard;
  if (stop_requested()) ::_exit(1);
  for (int i = 0; i < times; ++i) ::raise(SIGINT);
  ::_exit(stop_requested() ? 7 : 2);
}

[[noreturn]] void signal_after_guard() {
  install_stop_handlers();
  { const StopGuard guard; }
  ::raise(SIGTERM);
  ::_exit(1);
}

TEST(Stop, ASignalEndsTheProcessWith130WhereNobodyAsks) {
  EXPECT_EXIT(signal_without_guard(SIGINT), testing::ExitedWithCode(130), "");
  EXPECT_EXIT(signal_without_guard(SIGTERM), testing::ExitedWithCode(130), "");
  EXPECT_EXIT(signal_after_guard(), testing::ExitedWithCode(130), "");
}

TEST(Stop, TheFirstSignalOnlySetsTheFlagWhereSomebodyAsks) {
  EXPECT_EXIT(signal_with_guard(1), testing::ExitedWithCode(7), "");
}

TEST(Stop, TheSecondSignalEndsTheProcessAtOnce) { EXPECT_EXIT(signal_with_guard(2), testing::ExitedWithCode(130), ""); }

}  // namespace
}  // namespace glassbox
