/// What is still said when a check crashes or does not end, which no exception tells.
#pragma once

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>

#include "common/exercise/check.h"

namespace glassbox::exercise {
namespace watch {

// Written before a check, read in a signal handler, where nothing may be allocated.
inline char where[256];          ///< "task 2.2, check values by hand"
inline char too_slow[64];        ///< "not finished after 20 s"
inline char own_stack[1 << 16];  ///< the handler's: a recursion without end leaves none of the other

inline const char* reason(int signal) {
  switch (signal) {
    case SIGSEGV: return "a pointer, an index or a recursion without end led out of memory (SIGSEGV)";
    case SIGFPE: return "a division of integers by 0 (SIGFPE)";
    case SIGILL: return "a step that is no instruction, such as the end of a function without return (SIGILL)";
    default: return "the program gave up, see above (SIGABRT)";
  }
}

/// write(2) and _exit(2) are allowed in a signal handler, streams are not.
inline void say(const char* text) {
  if (write(STDERR_FILENO, text, std::strlen(text)) < 0) _exit(2);
}

inline void end_of_program(int signal) {
  say(signal == SIGALRM ? "error: " : "error: crashed in ");
  say(where);
  say(": ");
  say(signal == SIGALRM ? too_slow : reason(signal));
  say("\n");
  _exit(2);
}

}  // namespace watch

/// From now on a crash, or a check that takes longer than its time, ends the program: one line on stderr, exit code 2.
inline void watch_for_crashes() {
  stack_t stack = {};
  stack.ss_sp = watch::own_stack;
  stack.ss_size = sizeof watch::own_stack;
  sigaltstack(&stack, nullptr);
  struct sigaction action = {};
  action.sa_handler = watch::end_of_program;
  action.sa_flags = SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGFPE, SIGABRT, SIGILL, SIGALRM}) sigaction(signal, &action, nullptr);
}

/// The check's verdict, with `seconds` for it.
inline Verdict run_watched(const BoundCheck& check, unsigned seconds) {
  std::snprintf(watch::where, sizeof watch::where, "task %s, check %s", check.task.c_str(), check.name.c_str());
  std::snprintf(watch::too_slow, sizeof watch::too_slow, "not finished after %u s", seconds);
  alarm(seconds);
  const Verdict verdict = verdict_of(check.hold);
  alarm(0);
  return verdict;
}

}  // namespace glassbox::exercise
