/// Where a training run stands, in numbers.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace glassbox {

/// Named figures of an epoch, in the order they are shown.
using Scores = std::vector<std::pair<std::string, double>>;

/// The score that chooses the best epoch.
struct Monitor {
  std::string score = "val_loss";
  bool higher_is_better = false;
};

/// What a training loop came to.
struct LoopResult {
  int64_t epochs = 0, best_epoch = 0;
  double best = 0;                ///< the monitored score of the best epoch
  double seconds = 0;             ///< learning and scoring
  double samples_per_second = 0;  ///< learning alone
  bool stopped_early = false;
};

/// All that a resumed run must know beside tensors.
struct Progress {
  int64_t epoch = 1;  ///< being learned, from 1
  int64_t batch = 0;  ///< batches of it that were learned from
  int64_t step = 0;   ///< optimizer steps of the run

  double learning_rate = 0;  ///< of the last step

  Scores loss_sums;     ///< by loss term: the sum over this epoch's samples so far
  int64_t samples = 0;  ///< how many those are

  double best = 0;  ///< the best score so far, if best_epoch > 0
  int64_t best_epoch = 0;
  double plateau_factor = 1;
  int64_t plateau_epochs = 0;  ///< epochs since the score was best or the rate was lowered
  bool stopped_early = false;

  double train_seconds = 0, total_seconds = 0;  ///< learning alone; with scoring and saving
  int64_t trained_samples = 0;                  ///< of the run, for samples per second
  std::array<double, 4> part_seconds = {};      ///< this epoch: loading, forward, backward, stepping

  double samples_per_second() const { return train_seconds > 0 ? double(trained_samples) / train_seconds : 0; }
  void count_batch(int64_t batch_samples);
  void add_loss(const std::string& term, double mean, int64_t samples);
  void begin_next_epoch();

  std::string to_json() const;
  /// Throws UserError if it is damaged.
  static Progress from_json(const std::string& text, const std::string& source);
  /// Throws UserError if it is beyond a run of so many epochs, of so many batches each.
  void require_within(int64_t epochs, int64_t batches, const std::string& source) const;
};

}  // namespace glassbox
