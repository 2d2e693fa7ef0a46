/// What the checks of the exercises measure with.
#include "common/exercise/probe.h"

#include <gtest/gtest.h>

#include <torch/types.h>
#include <cmath>

namespace glassbox::exercise {
namespace {

TEST(RelativeError, IsZeroWithinTheRounding) {
  EXPECT_EQ(relative_error(0, 0), 0);
  EXPECT_EQ(relative_error(-INFINITY, -INFINITY), 0);
  EXPECT_EQ(relative_error(4e-11, -4e-11), 0);      // 8e-11 apart
  EXPECT_NEAR(relative_error(0, 2e-10), 1, 1e-12);  // 2e-10 apart
  EXPECT_EQ(relative_error(0, 2e-10, /*rounding=*/3e-10), 0);
  EXPECT_NEAR(relative_error(2, 2.002), 0.001 / 1.001, 1e-12);
  EXPECT_NEAR(relative_error(-1, 1), 2, 1e-12);
  EXPECT_TRUE(std::isnan(relative_error(NAN, 1)));
}

/// Of x^3 at the point 2 the slope is 12.
TEST(ExpectSlopes, KnowsARightSlopeFromOneThatIsOffByAMillionth) {
  const Tensor x = numbers({2, -0.5}, {2}), g = numbers({1, 2}, {2});
  const auto cube = [](const Tensor& it) { return it.pow(3); };
  EXPECT_NO_THROW(expect_slopes("dL/dx", cube, x, g, numbers({12, 1.5}, {2}), kSmooth, {}));
  EXPECT_THROW(expect_slopes("dL/dx", cube, x, g, numbers({12.000012, 1.5}, {2}), kSmooth, {}), Broken);
  EXPECT_THROW(expect_slopes("dL/dx", cube, x, g, numbers({12, 0.75}, {2}), kSmooth, {}), Broken);
}

/// 1e6 + x^2 near 0: the difference of two numbers near a million is a multiple of 1.16e-10, divided by 2e-5.
TEST(ExpectSlopes, ForgivesWhatRoundingDoesToADifferenceOfLargeNumbers) {
  const Tensor x = numbers({1e-4}, {1}), g = numbers({1}, {1});
  const auto far_up = [](const Tensor& it) { return it * it + 1e6; };
  EXPECT_NO_THROW(expect_slopes("dL/dx", far_up, x, g, numbers({2e-4}, {1}), kSmooth, {}));
  EXPECT_THROW(expect_slopes("dL/dx", far_up, x, g, numbers({2e-3}, {1}), kSmooth, {}), Broken);
}

/// What expect_refused says of a call.
std::string said_of(const std::function<void()>& call) {
  return verdict_of([&] { expect_refused("a kernel of 0", call); }).message;
}

TEST(ExpectRefused, WantsAUserErrorAndNothingElse) {
  EXPECT_EQ(said_of([] { fail("no"); }), "");
  EXPECT_EQ(said_of([] {}), "a kernel of 0: want a UserError, got an answer");
  EXPECT_EQ(said_of([] { throw std::out_of_range("at 7"); }),
            "a kernel of 0: want a UserError, got another exception: at 7");
}

TEST(ExpectRefused, TakesAGapForAGap) {
  const Verdict verdict = verdict_of([] { expect_refused("it", [] { throw NotWritten("1.1", "solution.cpp"); }); });
  EXPECT_EQ(verdict.outcome, Outcome::not_written);
  EXPECT_EQ(verdict.message, "task 1.1 is not written yet: solution.cpp");
}

/// A function of one input, and what its contract check says of it.
std::string contract_of(const std::function<Tensors(const Tensors&)>& call) {
  return verdict_of([&] {
           expect_contract({"1.1", "twice", {"x"}, {"y"}}, {numbers({1, 2, 3, 4}, {2, 2})}, call);
         })
      .message;
}

TEST(ExpectContract, KnowsChangedInputsStridesAndTypes) {
  EXPECT_EQ(contract_of([](const Tensors& in) { return Tensors{in[0] * 2}; }), "");
  EXPECT_EQ(contract_of([](const Tensors& in) { return Tensors{in[0].mul_(2)}; }),
            "twice changes x, which was [[1, 2], [3, 4]] and is [[2, 4], [6, 8]]");
  const auto as_it_lies = [](const Tensors& in) {
    return Tensors{torch::as_strided(in[0], {2, 2}, {2, 1}) * 2};  // row by row, whatever the strides
  };
  EXPECT_EQ(contract_of(as_it_lies).rfind("y of inputs that are not contiguous (a transposed view) at [0, 1]", 0), 0u);
  const std::string singles = contract_of([](const Tensors& in) { return Tensors{in[0].to(torch::kFloat64) * 2}; });
  EXPECT_EQ(singles.rfind("y of float32 inputs: want Float, got Double", 0), 0u) << singles;
}

}  // namespace
}  // namespace glassbox::exercise
