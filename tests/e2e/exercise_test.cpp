/// What students get and what they call: cut_solutions.sh, check.sh, mlp_check.
#include "tests/e2e/exercise_desk.h"

namespace glassbox::e2e {
namespace {

TEST_F(Exercise, MlpCheckCountsThePointsOfTheSolution) { expect_full_marks("mlp_check"); }

TEST_F(Exercise, MlpCheckRunsAPartOfThem) {
  const Ended part = run("mlp_check", {"--task", "2.2"}, around()), task = run("mlp_check", {"--task", "2"}, around());
  EXPECT_EQ(part.code, 0);
  EXPECT_TRUE(has(part.out, "5 of 5 points")) << part.out;
  EXPECT_FALSE(has(part.out, "2.1  "));
  EXPECT_TRUE(has(task.out, "7 of 7 points")) << task.out;
  const std::string help = run("mlp_check", {"--help"}, around()).out;
  EXPECT_TRUE(has(help, "--task 2") && has(help, "--seconds 5")) << help;
  for (const Words& wrong :
       {Words{"--task", "9"}, Words{"--task"}, Words{"--tasks"}, Words{"mine.cpp"}, Words{"--task", ""},
        Words{"--seconds"}, Words{"--seconds", "0"}, Words{"--seconds", "1.5"}, Words{"--seconds", "99999"}}) {
    const Ended refused = run("mlp_check", wrong, around());
    EXPECT_EQ(refused.code, 2);
    EXPECT_EQ(refused.out, "");
    EXPECT_EQ(refused.err.rfind("error: ", 0), 0u) << refused.err;
  }
}

TEST_F(Exercise, CutSolutionsLeavesNoSolutionAndKeepsTheRest) {
  const Ended cut = script("cut_solutions.sh", {solution("mlp"), "cut.cpp"});
  ASSERT_EQ(cut.code, 0) << cut.err;
  const std::string whole = read_file(solution("mlp")), rest = read("cut.cpp");
  for (const char* solved : {"mm(", "exp_", "addcdiv", "bernoulli", "SOLUTION"}) {
    EXPECT_TRUE(has(whole, solved)) << solved;
    EXPECT_FALSE(has(rest, solved)) << solved;
  }
  EXPECT_TRUE(has(rest,
                  "LinearGradients linear_backward(const Tensor& x, const Tensor& weight, const Tensor& g) {\n"
                  "  // Write task 2.2 here, in place of the next line.\n"
                  "  not_written(\"2.2\");\n"
                  "}\n"));
}

TEST_F(Exercise, CutSolutionsRefusesMarksThatAreNotPairs) {
  const std::string begin = "  // BEGIN SOLUTION task 2.1\n", end = "  // END SOLUTION\n";
  const std::vector<std::pair<std::string, std::string>> broken = {
      {"int x;\n", "found none"},
      {begin + "a\n", "in.cpp:2: BEGIN SOLUTION of line 1 has no END SOLUTION"},
      {"a\n" + end, "in.cpp:2: END SOLUTION without BEGIN SOLUTION"},
      {begin + begin + end + end, "in.cpp:2: BEGIN SOLUTION within the one of line 1"},
      {begin + end + end, "in.cpp:3: END SOLUTION without"},
      {"// BEGIN SOLUTION\n" + end, "in.cpp:1: want \"// BEGIN SOLUTION task 2.1\" alone on its line"}};
  for (const auto& [text, message] : broken) {
    write("in.cpp", text);
    const Ended refused = script("cut_solutions.sh", {"in.cpp", "out.cpp"});
    EXPECT_EQ(refused.code, 2) << text;
    EXPECT_TRUE(has(refused.err, message)) << refused.err;
    EXPECT_FALSE(exists("out.cpp")) << text;
  }
}

/// Compiles one file: some 15 seconds the first time.
TEST_F(Exercise, CheckShSaysWhatIsNotWrittenAndWhatDoesNotCompile) {
  if (built_elsewhere()) GTEST_SKIP() << "scripts/check.sh works in build/, this test was built elsewhere";
  expect_nothing_written("mlp", '8', "2.1");

  write("wrong.cpp", "#include \"apps/mlp/exercise/exercise.h\"\n\nint oops = ;\n");
  const Ended refused = script("check.sh", {"mlp", "wrong.cpp"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_EQ(refused.out, "");
  EXPECT_TRUE(has(refused.err, "wrong.cpp:3:12: error: expected primary-expression")) << refused.err;
  EXPECT_TRUE(has(refused.err, "wrong.cpp does not compile, see above")) << refused.err;

  write("empty.cpp", "// nothing yet\n");  // the linker misses all of them; the solution must not fill in
  const Ended empty = script("check.sh", {"mlp", "empty.cpp"});
  EXPECT_EQ(empty.code, 2);
  EXPECT_TRUE(has(empty.err, "relu_forward")) << empty.err;
}

/// Compiles one file: some 15 seconds the first time.
TEST_F(Exercise, CheckShNamesTheCheckThatCrashesOrDoesNotEnd) {
  if (built_elsewhere()) GTEST_SKIP() << "scripts/check.sh works in build/, this test was built elsewhere";
  std::string text = read_file(solution("mlp"));
  const auto put_into = [&text](const std::string& task, const std::string& code) {
    const std::string mark = "// BEGIN SOLUTION task " + task + "\n";
    ASSERT_TRUE(has(text, mark)) << task;
    text.insert(text.find(mark), code + "\n  ");
  };
  put_into("2.1", "int* volatile nowhere = nullptr;\n  *nowhere = 1;");
  put_into("4.1", "for (volatile bool on = true; on;) {\n  }");
  write("mine.cpp", text);

  const Ended crashed = script("check.sh", {"mlp", "mine.cpp"});
  EXPECT_EQ(crashed.code, 2);
  EXPECT_TRUE(has(crashed.err, "crashed in task 2.1, check values by hand: ")) << crashed.err;
  EXPECT_TRUE(has(crashed.err, "SIGSEGV")) << crashed.err;
  EXPECT_TRUE(has(crashed.out, "4 of 4 points")) << crashed.out;  // task 1.1, which came before
  EXPECT_FALSE(has(crashed.out, "2.1  ")) << crashed.out;

  const Ended endless = script("check.sh", {"mlp", "mine.cpp", "--", "--task", "4.1", "--seconds", "1"});
  EXPECT_EQ(endless.code, 2);
  EXPECT_EQ(endless.out, "");
  EXPECT_EQ(endless.err, "error: task 4.1, check values by hand: not finished after 1 s\n");
}

}  // namespace
}  // namespace glassbox::e2e
