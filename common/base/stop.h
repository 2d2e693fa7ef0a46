/// Ctrl-C and SIGTERM as a question the training loop asks between two steps.
#pragma once

namespace glassbox {

/// From now on the first SIGINT or SIGTERM only sets a flag while a StopGuard lives, and ends the process with 130
/// otherwise; the second one ends it at once.
void install_stop_handlers();

/// True once a signal has come.
bool stop_requested();

/// While one lives, somebody asks stop_requested() often enough and saves before leaving.
class StopGuard {
 public:
  StopGuard();
  ~StopGuard();
  StopGuard(const StopGuard&) = delete;
  StopGuard& operator=(const StopGuard&) = delete;
};

}  // namespace glassbox
