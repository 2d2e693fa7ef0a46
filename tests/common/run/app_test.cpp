/// run_app(): what an exception becomes on stderr and as exit code.
#include "common/run/app.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <opencv2/core.hpp>

#include "common/base/error.h"
#include "common/base/stop.h"

namespace glassbox {
namespace {

struct Ended {
  int code;
  std::string err;
};

/// "app eval --run x" of an app whose eval is `verb`.
Ended ended_by(const std::function<void(Session&)>& verb) {
  ::setenv("OPENBLAS_CORETYPE", "Haswell", /*overwrite=*/0);  // else a processor unknown to OpenBLAS starts us anew
  char app[] = "app", eval[] = "eval", flag[] = "--run", folder[] = "x";
  char* argv[] = {app, eval, flag, folder, nullptr};
  testing::internal::CaptureStderr();
  const int code = run_app(4, argv, {"app", "a summary", [](ConfigReader) {}, {{eval_verb(), verb}}});
  return {code, testing::internal::GetCapturedStderr()};
}

TEST(RunApp, TurnsExceptionsIntoOneLineAndAnExitCode) {
  EXPECT_EQ(ended_by([](Session&) {}).code, 0);
  const Ended user = ended_by([](Session&) { fail("reading x: no such file"); });
  EXPECT_EQ(user.code, 2);
  EXPECT_EQ(user.err, "error: reading x: no such file\n");
  EXPECT_EQ(ended_by([](Session&) { throw Interrupted("stopped"); }).code, 130);
  const Ended bug = ended_by([](Session&) { throw std::logic_error("first\nsecond"); });
  EXPECT_EQ(bug.code, 1);
  EXPECT_EQ(bug.err, "internal error in app: first\n");
}

TEST(RunApp, TooLittleMemoryIsForTheUserToMend) {
  const std::string remedy =
      "; take smaller batches (data.batch_size), smaller images or a smaller network, or end other programs\n";
  std::vector<Ended> all = {ended_by([](Session&) { throw std::bad_alloc(); }),
                            ended_by([](Session&) { CV_Error(cv::Error::StsNoMem, "Failed to allocate"); })};
#ifndef __SANITIZE_ADDRESS__  // which ends the program instead
  all.push_back(ended_by([](Session&) { torch::empty({int64_t{1} << 50}); }));
#endif
  for (const Ended& ended : all) {
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.err.rfind("error: app: there is not enough memory (", 0), 0u) << ended.err;
    EXPECT_NE(ended.err.find(remedy), std::string::npos) << ended.err;
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  }
}

}  // namespace
}  // namespace glassbox
