/// Ctrl-C: asked for between two steps while somebody asks, the end of the process otherwise.
#include "common/base/stop.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace glassbox {
namespace {

// Each runs in a process of its own and says by its exit code what happened: 7 = the flag was set, 2 = it was not.

void install(unsigned patience_s = 10) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::signal(number, SIG_DFL);  // whatever started this test
  install_stop_handlers(patience_s);
}

void pause_s(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

[[noreturn]] void say_flag() { ::_exit(stop_requested() ? 7 : 2); }

[[noreturn]] void signal_without_guard(int signal_number) {
  install();
  ::raise(signal_number);
  ::_exit(1);
}

[[noreturn]] void signals_with_guard(int first, int second = 0, double between_s = 0) {
  install();
  const StopGuard guard;
  if (stop_requested()) ::_exit(1);
  ::raise(first);
  pause_s(between_s);
  if (second != 0) ::raise(second);
  say_flag();
}

[[noreturn]] void signal_after_guard() {
  install();
  { const StopGuard guard; }
  ::raise(SIGTERM);
  ::_exit(1);
}

[[noreturn]] void computation_that_never_returns() {
  install(/*patience_s=*/1);
  const StopGuard guard;
  ::raise(SIGTERM);
  for (volatile bool spinning = true; spinning;) {
  }
  ::_exit(1);
}

[[noreturn]] void saving_for_long() {
  install(/*patience_s=*/1);
  const StopGuard guard;
  ::raise(SIGTERM);
  if (!stop_requested()) ::_exit(1);
  pause_s(1.5);
  say_flag();
}

[[noreturn]] void ignored(int signal_number) {
  install();
  ::signal(signal_number, SIG_IGN);
  install_stop_handlers();
  const StopGuard guard;
  ::raise(signal_number);
  say_flag();
}

[[noreturn]] void write_to_nobody(bool guarded) {
  install();
  int ends[2];
  if (::pipe(ends) != 0) ::_exit(1);
  ::close(ends[0]);
  if (!guarded) {
    (void)!::write(ends[1], "x", 1);
    ::_exit(1);
  }
  {
    const StopGuard guard;
    (void)!::write(ends[1], "x", 1);
  }
  (void)!::write(ends[1], "x", 1);  // "stopped in epoch 3" on the way out
  say_flag();
}

TEST(Stop, ASignalEndsTheProcessWith130WhereNobodyAsks) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EXIT(signal_without_guard(number), testing::ExitedWithCode(130), "");
  }
  EXPECT_EXIT(signal_after_guard(), testing::ExitedWithCode(130), "");
}

TEST(Stop, TheFirstSignalOnlySetsTheFlagWhereSomebodyAsks) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EXIT(signals_with_guard(number), testing::ExitedWithCode(7), "");
  }
}

TEST(Stop, ASecondSignalEndsTheProcessAtOnce) {
  EXPECT_EXIT(signals_with_guard(SIGINT, SIGINT, 0.6), testing::ExitedWithCode(130), "");
}

TEST(Stop, ASignalThatComesTwiceIsOneAndATerminalMayHangUpTwice) {
  EXPECT_EXIT(signals_with_guard(SIGTERM, SIGTERM), testing::ExitedWithCode(7), "");
  EXPECT_EXIT(signals_with_guard(SIGHUP, SIGHUP, 0.6), testing::ExitedWithCode(7), "");
}

TEST(Stop, AComputationThatNeverReturnsEndsWithTheProcess) {
  EXPECT_EXIT(computation_that_never_returns(), testing::ExitedWithCode(130), "the last checkpoint is intact");
}

TEST(Stop, WhoHasHeardOfTheSignalMayTakeItsTimeToSave) {
  EXPECT_EXIT(saving_for_long(), testing::ExitedWithCode(7), "");
}

TEST(Stop, AnIgnoredSignalStaysIgnored) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) EXPECT_EXIT(ignored(number), testing::ExitedWithCode(2), "");
}

TEST(Stop, APipeThatNobodyReadsStopsWhoAsksAndEndsOthers) {
  EXPECT_EXIT(write_to_nobody(/*guarded=*/true), testing::ExitedWithCode(7), "");
  EXPECT_EXIT(write_to_nobody(/*guarded=*/false), testing::KilledBySignal(SIGPIPE), "");
}

}  // namespace
}  // namespace glassbox
