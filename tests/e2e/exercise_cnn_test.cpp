/// What students of assignment 2 get and call: cut_solutions.sh, check.sh, cnn_check and its instruction budget.
#include "tests/e2e/exercise_desk.h"

namespace glassbox::e2e {
namespace {

class CnnExercise : public Exercise {
 protected:
  /// Why nothing can be counted here; "" if it can.
  static std::string no_counting() {
#ifdef __SANITIZE_ADDRESS__
    return "valgrind does not run what AddressSanitizer is in";
#else
    const bool missing = std::system("valgrind --version > /dev/null 2>&1") != 0;
    return missing && !on_ci() ? "no valgrind here; scripts/setup.sh --test" : "";
#endif
  }
};

TEST_F(CnnExercise, CnnCheckCountsThePointsOfTheSolution) { expect_full_marks("cnn_check"); }

TEST_F(CnnExercise, CnnCheckExplainsItsOptions) {
  const std::string help = run("cnn_check", {"--help"}, around()).out;
  for (const char* option : {"--task 2.2", "--seconds 5", "--budget", "--count im2col", "scripts/check.sh cnn FILE"}) {
    EXPECT_TRUE(has(help, option)) << option << " in\n" << help;
  }
  for (const Words& wrong : {Words{"--task", "6"}, Words{"--count"}, Words{"--count", "all"}, Words{"--budget", "1"}}) {
    const Ended refused = run("cnn_check", wrong, around());
    EXPECT_EQ(refused.code, 2);
    EXPECT_EQ(refused.out, "");
    EXPECT_EQ(refused.err.rfind("error: ", 0), 0u) << refused.err;
  }
}

/// Counted, not timed: the same on every run. Some 20 seconds.
TEST_F(CnnExercise, Im2colTakesAtMostAQuarterOfTheInstructionsOfDirect) {
  if (!no_counting().empty()) GTEST_SKIP() << no_counting();
  const Ended ended = run("cnn_check", {"--budget"}, around());
  ASSERT_EQ(ended.code, 0) << ended.out << ended.err;
  double direct = 0, im2col = 0;
  const char* const line = "conv2d_direct %lf instructions, conv2d_im2col %lf:";
  ASSERT_EQ(std::sscanf(ended.out.c_str(), line, &direct, &im2col), 2) << ended.out;
  // 4 images, 16 kernels of 150 weights, 10 x 10 places: 960,000 products, each at least one instruction of the loops.
  EXPECT_GT(direct, 960'000);
  EXPECT_GT(im2col, 10'000);
  EXPECT_LE(im2col, direct / 4);
}

TEST_F(CnnExercise, CutSolutionsLeavesNoSolution) {
  ASSERT_EQ(script("cut_solutions.sh", {solution("cnn"), "cut.cpp"}).code, 0);
  const std::string whole = read_file(solution("cnn")), rest = read("cut.cpp");
  for (const char* solved : {"sum +=", "matmul", "scatter", "sqrt", "copy_", "SOLUTION"}) {
    EXPECT_TRUE(has(whole, solved)) << solved;
    EXPECT_FALSE(has(rest, solved)) << solved;
  }
}

/// Compiles one file: some 15 seconds the first time.
TEST_F(CnnExercise, CheckShSaysWhatIsNotWritten) {
  if (built_elsewhere()) GTEST_SKIP() << "scripts/check.sh works in build/, this test was built elsewhere";
  expect_nothing_written("cnn", '5', "1.2");
}

/// A convolution by matrices that calls the loops is right, and too slow.
TEST_F(CnnExercise, CheckShTellsWhoExceedsTheBudget) {
  if (built_elsewhere()) GTEST_SKIP() << "scripts/check.sh works in build/, this test was built elsewhere";
  if (!no_counting().empty()) GTEST_SKIP() << no_counting();
  std::string text = read_file(solution("cnn"));
  const std::string mark = "// BEGIN SOLUTION task 2.3\n";
  ASSERT_TRUE(has(text, mark));
  text.insert(text.find(mark) + mark.size(), "  return conv2d_direct(x, weight, bias, stride, padding);\n");
  write("mine.cpp", text);
  EXPECT_EQ(script("check.sh", {"cnn", "mine.cpp", "--", "--task", "2.3"}).code, 0);
  const Ended budget = script("check.sh", {"cnn", "mine.cpp", "--", "--budget"});
  EXPECT_EQ(budget.code, 2) << budget.err;
  EXPECT_TRUE(has(budget.out, ": 1.000 of it, want at most 0.25")) << budget.out << budget.err;
}

}  // namespace
}  // namespace glassbox::e2e
