/// A check of an exercise: one law that must hold of what a student wrote, and what became of it.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/base/error.h"

namespace glassbox::exercise {

/// `Functions` is a struct of the exercise's functions, so that a law can be tried on others than the linked ones.
template <typename Functions>
struct CheckOf {
  std::string task;                            ///< "2.2"
  std::string name;                            ///< "values by hand"
  std::string law;                             ///< what must hold, in one sentence
  std::function<void(const Functions&)> hold;  ///< throws Broken if it does not
};

/// A check of functions that are chosen already: what a program runs.
struct BoundCheck {
  std::string task, name, law;
  std::function<void()> hold;
};

/// A task and what it is worth. Its points are given if all its checks pass.
struct TaskPoints {
  std::string task, title;
  int64_t points;
};

enum class Outcome { passed, broken, not_written };
struct Verdict {
  Outcome outcome = Outcome::passed;
  std::string message;  ///< the smallest failing input and the numbers; never the solution
};

/// A law does not hold; the message is for the student.
class Broken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A function of the exercise was called before it was written. `file` is where it belongs.
class NotWritten : public UserError {
 public:
  NotWritten(const std::string& task, const std::string& file)
      : UserError("task " + task + " is not written yet: " + file) {}
};

/// Whatever `hold` throws is a failed check; an endless loop or a crash cannot be caught (see watch.h). Runs without
/// autograd, and seeds LibTorch's generator, so that a verdict repeats.
Verdict verdict_of(const std::function<void()>& hold);

template <typename Functions>
Verdict run_check(const CheckOf<Functions>& check, const Functions& functions) {
  return verdict_of([&] { check.hold(functions); });
}

/// `functions` must outlive what is returned.
template <typename Functions>
std::vector<BoundCheck> bind_all(const std::vector<CheckOf<Functions>>& checks, const Functions& functions) {
  std::vector<BoundCheck> bound;
  for (const auto& check : checks) {
    bound.push_back({check.task, check.name, check.law, [hold = check.hold, &functions] { hold(functions); }});
  }
  return bound;
}

}  // namespace glassbox::exercise
