/// Seeded wrong solutions: each must be rejected by the checks of its own task, and by those alone.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "apps/mlp/exercise/checks.h"

namespace glassbox::mlp::exercise {

struct Mutant {
  std::string name;  ///< "BiasGradientNotSummed"
  std::string task;  ///< whose checks must fail
  std::function<void(Functions&)> plant;
};

inline void PrintTo(const Mutant& mutant, std::ostream* out) { *out << mutant.name; }

/// What would tell a student what to write rather than what is wrong.
inline void expect_no_solution_in(const std::string& message) {
  for (const char* giveaway : {"torch::", "mm(", ".sum(", "exp(", "log(", "sqrt(", "scatter", "gather", "clamp", "1/N",
                               "1 / N", "divide", "instead", "forgot", "missing", "should be computed", "formula"}) {
    EXPECT_EQ(message.find(giveaway), std::string::npos) << giveaway << " in: " << message;
  }
}

/// At least one check of its task fails with a message of some use; the other tasks do not suffer. Task 8, the whole
/// network, may do both.
inline void expect_rejected(const Mutant& mutant) {
  Functions functions;
  mutant.plant(functions);
  int rejections = 0;
  for (const Check& check : all_checks()) {
    if (check.task.front() == '8') continue;
    const Verdict verdict = run_check(check, functions);
    if (verdict.outcome == Outcome::passed) continue;
    EXPECT_EQ(check.task, mutant.task) << check.name << ": " << verdict.message;
    EXPECT_EQ(verdict.outcome, Outcome::broken);
    EXPECT_GT(verdict.message.size(), 20u);
    EXPECT_LT(verdict.message.size(), 700u) << verdict.message;
    expect_no_solution_in(verdict.message);
    ++rejections;
  }
  EXPECT_GE(rejections, 1) << mutant.name << " passes";
}

class Rejected : public testing::TestWithParam<Mutant> {};

inline std::string name_of(const testing::TestParamInfo<Mutant>& info) { return info.param.name; }

}  // namespace glassbox::mlp::exercise
