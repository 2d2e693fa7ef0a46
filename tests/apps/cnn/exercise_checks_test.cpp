/// The checks themselves: their points, their words, and what they make of functions that are not there.
#include <torch/types.h>

#include "tests/apps/cnn/mutants.h"

namespace glassbox::cnn::exercise {
namespace {

using T = const Tensor&;
using W = const Window&;

TEST(Checks, CoverEveryTaskAndAddUpToFiftyPoints) { expect_complete(task_points(), all_checks()); }

/// The messages of the broken checks of a task.
std::vector<std::string> messages(const std::string& task, const Functions& functions) {
  return broken_of(task, all_checks(), functions);
}

TEST(Checks, NameTheLawAndTheSmallestFailingInput) {
  Functions f;
  f.conv2d_backward = [](T x, T w, T g, int64_t stride, int64_t padding) {
    ConvGradients gradients = conv2d_backward(x, w, g, stride, padding);
    gradients.bias = g[0].sum(at::IntArrayRef{1, 2});
    return gradients;
  };
  const auto said = messages("2.4", f);
  ASSERT_EQ(said.size(), 4u);  // every place, images, differences and autograd
  EXPECT_EQ(said[0].rfind("every place counts: dL/dbias, against all of g of its channel at [0]: got ", 0), 0u)
      << said[0];
  // Two images of one pixel: no smaller input breaks it.
  EXPECT_NE(said[1].find("given x = [[[["), std::string::npos) << said[1];
  EXPECT_NE(said[1].find("stride = 1, padding = 0"), std::string::npos) << said[1];
  EXPECT_EQ(std::count(said[1].begin(), said[1].end(), '['), 19) << said[1];  // [0], x [2, 1, 1, 1], weight, g
}

TEST(Checks, TellTheTieRuleByAnExample) {
  Functions f;
  f.max_pool_forward = [](T x, W it) {
    MaxPoolResult out = max_pool_forward(x, it);
    if (x.size(2) == 1 && x.size(3) == 2) out.winner.fill_(1);
    return out;
  };
  const auto said = messages("3.1", f);
  ASSERT_FALSE(said.empty());
  EXPECT_EQ(said[1],
            "the first of equals: winner at [0, 0, 0, 0]: got 1, want 0 (relative error 1), given x = [[[[3, 3]]]], "
            "kernel_h = 1, kernel_w = 2, stride = 1, padding = 0");
}

/// A gap in each of the functions, one after the other.
std::vector<Mutant> gaps() {
  using I = int64_t;
  using F = Functions;
  return {
      {"output_size", "1.1", [](F& f) { f.output_size = [](I, I, I, I) -> I { not_written("1.1"); }; }},
      {"conv2d_direct", "1.2", [](F& f) { f.conv2d_direct = [](T, T, T, I, I) -> Tensor { not_written("1.2"); }; }},
      {"im2col", "2.1", [](F& f) { f.im2col = [](T, W) -> Tensor { not_written("2.1"); }; }},
      {"col2im", "2.2", [](F& f) { f.col2im = [](T, I, I, W) -> Tensor { not_written("2.2"); }; }},
      {"conv2d_im2col", "2.3", [](F& f) { f.conv2d_im2col = [](T, T, T, I, I) -> Tensor { not_written("2.3"); }; }},
      {"conv2d_backward", "2.4",
       [](F& f) { f.conv2d_backward = [](T, T, T, I, I) -> ConvGradients { not_written("2.4"); }; }},
      {"max_pool_forward", "3.1", [](F& f) { f.max_pool_forward = [](T, W) -> MaxPoolResult { not_written("3.1"); }; }},
      {"max_pool_backward", "3.2",
       [](F& f) { f.max_pool_backward = [](T, T, I, I) -> Tensor { not_written("3.2"); }; }},
      {"avg_pool_forward", "3.3", [](F& f) { f.avg_pool_forward = [](T, W) -> Tensor { not_written("3.3"); }; }},
      {"avg_pool_backward", "3.4",
       [](F& f) { f.avg_pool_backward = [](T, I, I, W) -> Tensor { not_written("3.4"); }; }},
      {"fold_batch_norm", "4.1",
       [](F& f) { f.fold_batch_norm = [](T, T, const BatchNorm&) -> ConvParameters { not_written("4.1"); }; }}};
}

TEST(Checks, CallTheFunctionOfTheirOwnTaskAlone) {
  for (const Mutant& gap : gaps()) {
    Functions f;
    gap.plant(f);
    for (const Check& check : all_checks()) {
      if (check.task.front() == '5') continue;  // LeNet calls them all
      const Verdict verdict = run_check(check, f);
      EXPECT_EQ(verdict.outcome, check.task == gap.task ? Outcome::not_written : Outcome::passed)
          << gap.name << " in " << check.task << " " << check.name << ": " << verdict.message;
      if (check.task != gap.task) continue;
      EXPECT_EQ(verdict.message, "task " + gap.task + " is not written yet: apps/cnn/exercise/solution.cpp");
    }
  }
}

/// What task 5 says, as "5.2 agrees with autograd" and so on.
std::vector<std::string> of_network(const std::function<void(Functions&)>& plant) {
  Functions f;
  plant(f);
  std::vector<std::string> broken;
  for (const Check& check : all_checks()) {
    if (check.task.front() == '5' && run_check(check, f).outcome == Outcome::broken) broken.push_back(check.name);
  }
  return broken;
}

TEST(Checks, OfLeNetNoticePartsThatDoNotFit) {
  using Names = std::vector<std::string>;
  using I = int64_t;
  const Names loud = of_network([](Functions& f) {
    f.conv2d_im2col = [](T x, T w, T b, I s, I p) { return 100 * conv2d_im2col(x, w, b, s, p); };
  });
  EXPECT_EQ(loud.front(), "the first loss");
  EXPECT_EQ(of_network([](Functions& f) {
              f.fold_batch_norm = [](T w, T b, const BatchNorm&) { return ConvParameters{w, b}; };
            }),
            Names{"a folded norm fits"});
  EXPECT_EQ(of_network([](Functions& f) {
              f.conv2d_backward = [](T x, T w, T g, I s, I p) { return conv2d_backward(x, w, -g, s, p); };
            }),
            (Names{"agrees with autograd", "50 images by heart"}));
}

TEST(Checks, GiveTheSameVerdictTwice) {
  Functions f;
  f.conv2d_direct = [](T x, T w, T b, int64_t stride, int64_t padding) {
    return conv2d_direct(x, w, b * 1.1, stride, padding);
  };
  const auto once = messages("1.2", f);
  ASSERT_FALSE(once.empty());
  EXPECT_EQ(once, messages("1.2", f));
}

}  // namespace
}  // namespace glassbox::cnn::exercise
