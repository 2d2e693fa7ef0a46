/// How a program ends: its exit code, and one line on stderr.
#include "common/cli/exit_code.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "common/base/error.h"

namespace glassbox {
namespace {

struct Outcome {
  int code;
  std::string err;
};

Outcome outcome_of(const std::function<int()>& body) {
  testing::internal::CaptureStderr();
  const int code = exit_code_of("app", body);
  return {code, testing::internal::GetCapturedStderr()};
}

TEST(ExitCode, SaysWhoCanMendIt) {
  EXPECT_EQ(outcome_of([] { return 0; }).code, 0);
  EXPECT_EQ(outcome_of([] { return 2; }).err, "");
  const Outcome user = outcome_of([]() -> int { fail("reading x: no such file"); });
  EXPECT_EQ(user.code, 2);
  EXPECT_EQ(user.err, "error: reading x: no such file\n");
  const Outcome file = outcome_of([] { return int(std::filesystem::file_size("/nowhere/at/all")); });
  EXPECT_EQ(file.code, 2);
  EXPECT_EQ(file.err, "error: /nowhere/at/all: No such file or directory\n");
  const Outcome stopped = outcome_of([]() -> int { throw Interrupted("stopped"); });
  EXPECT_EQ(stopped.code, 130);
  EXPECT_EQ(stopped.err, "app: stopped\n");
  const Outcome bug = outcome_of([]() -> int { throw std::logic_error("first\nsecond"); });
  EXPECT_EQ(bug.code, 1);
  EXPECT_EQ(bug.err, "internal error in app: first\n");
}

}  // namespace
}  // namespace glassbox
