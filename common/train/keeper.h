/// Keeps on disk what a run must not lose: the best weights, the last ones, and the state to go on from.
#pragma once

#include <chrono>

#include "common/train/checkpoint.h"
#include "common/train/ema.h"
#include "common/train/fit.h"

namespace glassbox {

/// Files are written in an order that survives a kill between any two of them: best, last, then the state, which holds
/// its own copy of the weights. What a state older than `best` repeats after a resume gives the same `best` again.
class Keeper {
 public:
  Keeper(const Task& task, const FitConfig& config, Ema& ema, RunFolder& run);

  /// The progress to go on from: the saved one, with weights, optimizer and averages restored and metrics.jsonl cut
  /// back to it, or a new one. Throws UserError if the state does not fit the task.
  Progress resume();

  /// Remembers the weights (their averages, with EMA) as the best of the run.
  void take_best(const Progress& now);

  /// Saves if save_seconds have passed. Throws Interrupted, after saving, if a stop was requested.
  void save_if_due(const Progress& now);

  /// Saves everything now. Throws UserError, and leaves the old files, if a weight is NaN or infinite.
  void save(const Progress& now);

 private:
  NamedTensors state_tensors() const;
  Checkpoint weights(const Progress& now);  // copies

  const Task& task_;
  const FitConfig& config_;
  Ema& ema_;
  RunFolder& run_;
  Checkpoint best_;  // copies
  bool best_on_disk_ = true;
  std::chrono::steady_clock::time_point saved_at_ = std::chrono::steady_clock::now();
};

}  // namespace glassbox
