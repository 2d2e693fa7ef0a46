/// Keeps on disk what a run must not lose: the best weights, the last ones, and the state to go on from.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "common/base/run_folder.h"
#include "common/train/checkpoint.h"
#include "common/train/progress.h"

namespace glassbox {

/// Serves any loop: fit(), and those with two networks and two optimizers, whose tensors get different prefixes.
/// Files are written in an order that survives a kill between any two of them: best, last, then the state, which holds
/// its own copy of the weights. What a state older than `best` repeats after a resume gives the same `best` again.
class Keeper {
 public:
  using About = std::map<std::string, std::string>;

  /// state: all tensors that a resumed run needs, by name, sharing memory with what is trained, such as
  ///   state_dict(model, "model."), optimizer.state(), ema.state() together.
  /// weights: what is scored and handed out, by PyTorch's names (with EMA the averages), as copies.
  /// about: written into every file. save_seconds: a killed run loses at most this much work; 0 = save every time.
  /// `run` must outlive it.
  Keeper(std::function<NamedTensors()> state, std::function<NamedTensors()> weights, About about, double save_seconds,
         RunFolder& run);

  /// The progress to go on from: the saved one, with all tensors of `state` restored and metrics.jsonl cut back to it,
  /// or a new one. Throws UserError if the saved state does not fit, or is beyond a run of `epochs` with `batches`
  /// each.
  Progress resume(int64_t epochs, int64_t batches);

  /// Remembers the weights as the best of the run.
  void take_best(const Progress& now);

  /// Saves if save_seconds have passed. Throws Interrupted, after saving, if a stop was requested.
  void save_if_due(const Progress& now);

  /// Saves everything now. Throws UserError, and leaves the old files, if a number is NaN or infinite.
  void save(const Progress& now);

 private:
  Checkpoint copy_of_weights(const Progress& now) const;

  const std::function<NamedTensors()> state_, weights_;
  const About about_;
  const double save_seconds_;
  RunFolder& run_;
  Checkpoint best_;
  bool best_on_disk_ = true;
  std::chrono::steady_clock::time_point saved_at_ = std::chrono::steady_clock::now();
};

}  // namespace glassbox
