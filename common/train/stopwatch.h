/// Where the time of an epoch goes.
#pragma once

#include <chrono>
#include <utility>

#include "common/train/progress.h"

namespace glassbox {

/// Adds the time since the last call to one of the epoch's parts.
class Stopwatch {
 public:
  enum Part { kLoading, kForward, kBackward, kStepping };
  void lap(Progress& now, Part part) {
    const double seconds = lap();
    now.part_seconds[part] += seconds;
    now.train_seconds += seconds;
    now.total_seconds += seconds;
  }
  /// Seconds since the last call.
  double lap() {
    const auto then = std::exchange(last_, std::chrono::steady_clock::now());
    return std::chrono::duration<double>(last_ - then).count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace glassbox
