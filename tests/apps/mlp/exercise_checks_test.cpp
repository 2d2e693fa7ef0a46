/// The checks themselves: their points, their words, and what they make of functions that are not there or throw.
#include <torch/types.h>

#include <set>

#include "apps/mlp/exercise/probe.h"
#include "tests/apps/mlp/mutants.h"

namespace glassbox::mlp::exercise {
namespace {

using T = const Tensor&;

TEST(Checks, CoverEveryTaskAndAddUpToFiftyPoints) {
  std::set<std::string> tasks, checked, names;
  int64_t points = 0;
  for (const TaskPoints& task : task_points()) {
    tasks.insert(task.task);
    points += task.points;
  }
  for (const Check& check : all_checks()) {
    checked.insert(check.task);
    EXPECT_TRUE(names.insert(check.task + check.name).second) << check.name << " twice";
    EXPECT_EQ(check.law.back(), '.') << check.name;
    expect_no_solution_in(check.law);
  }
  EXPECT_EQ(tasks, checked);
  EXPECT_EQ(points, 50);
}

/// The messages of the broken checks of a task.
std::vector<std::string> messages(const std::string& task, const Functions& functions) {
  std::vector<std::string> all;
  for (const Check& check : all_checks()) {
    if (check.task != task) continue;
    const Verdict verdict = run_check(check, functions);
    if (verdict.outcome == Outcome::broken) all.push_back(check.name + ": " + verdict.message);
  }
  return all;
}

TEST(Checks, NameTheLawAndTheSmallestFailingInput) {
  Functions f;
  f.linear_backward = [](T x, T w, T g) {
    LinearGradients gradients = linear_backward(x, w, g);
    gradients.bias = g[0].clone();
    return gradients;
  };
  const auto said = messages("2.2", f);
  ASSERT_EQ(said.size(), 4u);  // those two, differences and autograd
  EXPECT_EQ(said[0],
            "values by hand: dL/db at [0]: got 1, want 0 (relative error 1), given x = [[1, 2], [3, -1], [0.5, 0]], "
            "W = [[1, -1], [2, 0.5], [-3, 4]], g = [[1, 0, 2], [-1, 3, 0.5], [0, 1, -2]]");
  // Two samples with one number each: no smaller input breaks it.
  EXPECT_EQ(said[1].rfind("samples add up: dL/db of the batch, against its samples one by one at [0]: got ", 0), 0u)
      << said[1];
  EXPECT_NE(said[1].find("given x = [["), std::string::npos);
  EXPECT_EQ(std::count(said[1].begin(), said[1].end(), '['), 9) << said[1];  // [0], x [2, 1], W [1, 1], g [2, 1]
}

TEST(Checks, TellAnUnwrittenFunctionFromAWrongOne) {
  Functions f;
  f.relu_forward = [](T) -> Tensor { not_written("3.1"); };
  int64_t unwritten = 0;
  for (const Check& check : all_checks()) {
    const Verdict verdict = run_check(check, f);
    EXPECT_NE(verdict.outcome, Outcome::broken) << check.name << ": " << verdict.message;
    if (verdict.outcome == Outcome::passed) continue;
    EXPECT_TRUE(check.task == "3.1" || check.task.front() == '8') << check.name;
    EXPECT_EQ(verdict.message, "task 3.1 is not written yet: apps/mlp/exercise/solution.cpp");
    ++unwritten;
  }
  EXPECT_EQ(unwritten, 6);  // of 3.1: values, far out, LibTorch's, the contract; two networks
}

/// What linear_forward's checks say if it is `wrong`.
std::string said_of(const Functions::Three& wrong) {
  Functions f;
  f.linear_forward = wrong;
  const auto all = messages("2.1", f);
  EXPECT_GE(all.size(), 2u);
  return all.empty() ? "" : all.front();
}

TEST(Checks, TurnWhateverAFunctionDoesIntoAMessage) {
  EXPECT_NE(said_of([](T, T, T) { return Tensor(); }).find("y: got an undefined tensor, given x = "),
            std::string::npos);
  EXPECT_NE(said_of([](T x, T, T) { return x; }).find("y: want the shape [3, 3], got [3, 2]"), std::string::npos);
  EXPECT_NE(said_of([](T x, T w, T b) {
              return linear_forward(x, w, b).to(torch::kFloat32);
            }).find("y: want Double, got Float"),
            std::string::npos);
  EXPECT_NE(said_of([](T x, T w, T) { return torch::mm(x, w); }).find("LibTorch refused a step of it: mat1 and mat2"),
            std::string::npos);
  EXPECT_NE(
      said_of([](T, T, T) -> Tensor { throw std::out_of_range("index 7"); }).find("it threw an exception: index 7"),
      std::string::npos);
  EXPECT_NE(said_of([](T, T, T) -> Tensor { throw 5; }).find("it threw something"), std::string::npos);
  EXPECT_NE(said_of([](T x, T w, T b) { return linear_forward(x, w, b) * NAN; }).find("got nan, want -0.5"),
            std::string::npos);
}

TEST(Checks, GiveTheSameVerdictTwice) {
  Functions f;
  f.dropout_mask = [](T x, double share) { return torch::empty_like(x).bernoulli_(1 - share * 1.1); };
  const auto once = messages("5.1", f);
  ASSERT_FALSE(once.empty());
  EXPECT_EQ(once, messages("5.1", f));
}

TEST(RelativeError, HasTheBothZeroRule) {
  EXPECT_EQ(relative_error(0, 0), 0);
  EXPECT_EQ(relative_error(9e-11, -9e-11), 0);      // both below 1e-10
  EXPECT_NEAR(relative_error(0, 2e-10), 1, 1e-12);  // one is not
  EXPECT_NEAR(relative_error(2, 2.002), 0.001 / 1.001, 1e-12);
  EXPECT_NEAR(relative_error(-1, 1), 2, 1e-12);
  EXPECT_TRUE(std::isnan(relative_error(NAN, 1)));
}

/// Of x^3 at the point 2 the slope is 12.
TEST(ExpectSlopes, KnowsARightSlopeFromOneThatIsOffByAMillionth) {
  const Tensor x = numbers({2, -0.5}, {2}), g = numbers({1, 2}, {2});
  const auto cube = [](T it) { return it.pow(3); };
  EXPECT_NO_THROW(expect_slopes("dL/dx", cube, x, g, numbers({12, 1.5}, {2}), kSmooth, {}));
  EXPECT_THROW(expect_slopes("dL/dx", cube, x, g, numbers({12.000012, 1.5}, {2}), kSmooth, {}), Broken);
  EXPECT_THROW(expect_slopes("dL/dx", cube, x, g, numbers({12, 0.75}, {2}), kSmooth, {}), Broken);
}

}  // namespace
}  // namespace glassbox::mlp::exercise
