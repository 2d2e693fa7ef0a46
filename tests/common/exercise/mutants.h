/// Seeded wrong solutions: each must be rejected by the checks of its own task, and by those alone.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "common/exercise/check.h"

namespace glassbox::exercise {

template <typename Functions>
struct MutantOf {
  std::string name;  ///< "BiasGradientNotSummed"
  std::string task;  ///< whose checks must fail
  std::function<void(Functions&)> plant;
};

template <typename Functions>
void PrintTo(const MutantOf<Functions>& mutant, std::ostream* out) {
  *out << mutant.name;
}

/// What would tell a student what to write rather than what is wrong.
inline void expect_no_solution_in(const std::string& message) {
  for (const char* giveaway : {"torch::", "mm(", ".sum(", "exp(", "log(", "sqrt(", "scatter", "gather", "clamp", "1/N",
                               "1 / N", "divide", "instead", "forgot", "missing", "should be computed", "formula"}) {
    EXPECT_EQ(message.find(giveaway), std::string::npos) << giveaway << " in: " << message;
  }
}

/// At least one check of its task fails with a message of some use; the other tasks do not suffer. The last task, the
/// whole network ("8"), may do both.
template <typename Functions>
void expect_rejected(const MutantOf<Functions>& mutant, const std::vector<CheckOf<Functions>>& checks,
                     char network_task) {
  Functions functions;
  mutant.plant(functions);
  int rejections = 0;
  for (const auto& check : checks) {
    if (check.task.front() == network_task) continue;
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

/// Every task is worth points and has checks, 50 points in all; no two checks have one name.
template <typename Functions>
void expect_complete(const std::vector<TaskPoints>& tasks, const std::vector<CheckOf<Functions>>& checks) {
  std::set<std::string> with_points, with_checks, names;
  int64_t points = 0;
  for (const TaskPoints& task : tasks) {
    with_points.insert(task.task);
    points += task.points;
  }
  for (const auto& check : checks) {
    with_checks.insert(check.task);
    EXPECT_TRUE(names.insert(check.task + check.name).second) << check.name << " twice";
    EXPECT_EQ(check.law.back(), '.') << check.name;
    expect_no_solution_in(check.law);
  }
  EXPECT_EQ(with_points, with_checks);
  EXPECT_EQ(points, 50);
}

template <typename Functions>
void expect_all_pass(const std::vector<CheckOf<Functions>>& checks, const Functions& functions) {
  for (const auto& check : checks) {
    const Verdict verdict = run_check(check, functions);
    EXPECT_EQ(verdict.outcome, Outcome::passed) << check.task << " " << check.name << ": " << verdict.message;
  }
}

/// "NAME: MESSAGE" of the broken checks of a task.
template <typename Functions>
std::vector<std::string> broken_of(const std::string& task, const std::vector<CheckOf<Functions>>& checks,
                                   const Functions& functions) {
  std::vector<std::string> all;
  for (const auto& check : checks) {
    if (check.task != task) continue;
    const Verdict verdict = run_check(check, functions);
    if (verdict.outcome == Outcome::broken) all.push_back(check.name + ": " + verdict.message);
  }
  return all;
}

}  // namespace glassbox::exercise
