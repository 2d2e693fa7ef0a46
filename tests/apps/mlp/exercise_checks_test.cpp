/// The checks themselves: their points, their words, and what they make of functions that are not there or throw.
#include <torch/types.h>

#include "tests/apps/mlp/mutants.h"

namespace glassbox::mlp::exercise {
namespace {

using T = const Tensor&;

TEST(Checks, CoverEveryTaskAndAddUpToFiftyPoints) { expect_complete(task_points(), all_checks()); }

/// The messages of the broken checks of a task.
std::vector<std::string> messages(const std::string& task, const Functions& functions) {
  return broken_of(task, all_checks(), functions);
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
  f.dropout_mask = [](T x, double fraction) { return torch::empty_like(x).bernoulli_(1 - fraction * 1.1); };
  const auto once = messages("5.1", f);
  ASSERT_FALSE(once.empty());
  EXPECT_EQ(once, messages("5.1", f));
}

}  // namespace
}  // namespace glassbox::mlp::exercise
