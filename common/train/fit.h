/// The training loop every supervised app shares. Read fit() in fit.cpp: it is the whole of it, on one screen.
#pragma once

#include <torch/nn/module.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/base/config.h"
#include "common/base/run_folder.h"
#include "common/data/loader.h"
#include "common/train/optimizer.h"
#include "common/train/progress.h"
#include "common/train/schedule.h"

namespace glassbox {

/// The "train" section.
struct FitConfig {
  int64_t epochs = 10;
  int64_t accumulate = 1;         ///< batches whose gradients are averaged before one optimizer step
  double clip_gradient_norm = 0;  ///< the largest norm of all gradients together; 0 = do not clip
  int64_t early_stopping = 0;     ///< stop after this many epochs without a better score; 0 = never
  double ema_decay = 0;           ///< average the weights with this memory and score the average; 0 = off
  int64_t overfit_batches = 0;    ///< learn these few batches by heart (a test of the wiring); 0 = the whole set
  double save_seconds = 10;       ///< a killed run loses at most this much work; 0 = save after every step
  std::vector<int64_t> resumed;   ///< the epochs the run had before each time that --resume raised them

  void read(ConfigReader json);
};

/// The parts of a batch's loss by name; their sum is minimised. Scalars, each a mean over the batch.
using LossTerms = std::vector<std::pair<std::string, torch::Tensor>>;

/// What fit() is asked to do. Everything referred to must outlive the call.
struct Task {
  torch::nn::Module& model;
  Optimizer& optimizer;
  const DataLoader& train;
  std::function<LossTerms(const Batch&)> loss_of;  ///< forward pass and loss of a batch on `device`
  std::function<Scores()> validate;                ///< called in eval mode; must report the monitored score
  ScheduleConfig schedule = {};
  Monitor monitor = {};
  torch::Device device = torch::kCPU;
  uint64_t seed = 1;                              ///< dropout's masks are a function of (seed, step)
  std::map<std::string, std::string> about = {};  ///< written into every checkpoint: config, data description
};

struct StepReport {
  const Progress& now;
  int64_t epochs, batches;  ///< of the whole run, of an epoch
  double loss, samples_per_second;
};

struct EpochReport {
  const Progress& now;
  int64_t epochs;
  const Scores& scores;  ///< train_loss, each loss term if there are several, then what validate() returned
  double samples_per_second;
  bool is_best;
};

/// Plain functions that look on. When on_step is called, the parameters still have the gradients of the step.
struct Watchers {
  std::vector<std::function<void(const StepReport&)>> on_step;
  std::vector<std::function<void(const EpochReport&)>> on_epoch;
};

/// Learns until the epochs are done, keeping the best epoch's weights in `run` (checkpoints/best.safetensors). Where
/// the run has a saved state it goes on from there, to the same bits as if it had never stopped. Throws Interrupted
/// after a stop signal (state saved), UserError if the loss is NaN or infinite or a checkpoint cannot be written (the
/// last good one stays).
LoopResult fit(const Task& task, const FitConfig& config, RunFolder& run, const Watchers& watch);

}  // namespace glassbox
