#include "common/train/fit.h"

#include <torch/nn/utils/clip_grad.h>
#include <torch/utils.h>

#include <nlohmann/json.hpp>

#include "common/base/error.h"
#include "common/base/random.h"
#include "common/base/stop.h"
#include "common/train/ema.h"
#include "common/train/keeper.h"
#include "common/train/stopwatch.h"

namespace glassbox {
namespace {

/// The sum of the terms; notes each of them.
torch::Tensor total_loss(const LossTerms& terms, int64_t samples, Progress& now) {
  torch::Tensor total = terms.front().second;
  for (size_t i = 1; i < terms.size(); ++i) total = total + terms[i].second;
  if (terms.size() > 1) {
    for (const auto& [name, value] : terms) now.add_loss("train_" + name, value.item<double>(), samples);
  }
  return total;
}

void require_finite(double loss, const Progress& now, const RunFolder& run) {
  require(std::isfinite(loss), "the loss became ", loss, " in epoch ", now.epoch, ", step ", now.step + 1,
          " (learning rate ", now.learning_rate, "); ",
          run.has("checkpoints/state.safetensors") ? "the last good checkpoint is " + run.last().string()
                                                   : std::string("no checkpoint had been written"),
          ". Likely causes: optimizer.learning_rate too high, gradients that explode (set train.clip_gradient_norm), "
          "or extreme values in the data");
}

/// The part of a step's gradient that one batch gives: a step that accumulates takes the mean over its batches.
double weight_of_batch(const FitConfig& config, int64_t batch, int64_t batches) {
  const int64_t group = std::min(config.accumulate, batches - batch / config.accumulate * config.accumulate);
  return 1.0 / double(group);
}

void step_optimizer(const Task& task, const FitConfig& config, Ema& ema, Progress& now) {
  const int64_t steps_per_epoch = (task.train.batches() + config.accumulate - 1) / config.accumulate;
  now.learning_rate = task.optimizer.config().learning_rate *
                      learning_rate_fraction(task.schedule, now.step, steps_per_epoch, steps_per_epoch * config.epochs,
                                             now.plateau_factor);
  if (config.clip_gradient_norm > 0) {
    torch::nn::utils::clip_grad_norm_(task.optimizer.parameters(), config.clip_gradient_norm);
  }
  task.optimizer.step(now.learning_rate);
  ema.update(now.step++);
}

/// Lowers the rate of the plateau schedule and says whether early stopping is due.
void judge_epoch(const Task& task, const FitConfig& config, double score, Progress& now) {
  if (now.best_epoch == 0 || (task.monitor.higher_is_better ? score > now.best : score < now.best)) {
    now.best = score;
    now.best_epoch = now.epoch;
    now.plateau_epochs = 0;
  } else if (++now.plateau_epochs >= task.schedule.patience) {
    now.plateau_factor *= task.schedule.factor;
    now.plateau_epochs = 0;
  }
  now.stopped_early = config.early_stopping > 0 && now.epoch - now.best_epoch >= config.early_stopping;
}

/// The mean training losses of the epoch, then what validate() says of the weights (of their averages, with EMA).
Scores score_epoch(const Task& task, Ema& ema, const Progress& now) {
  Scores scores;
  for (const auto& [name, sum] : now.loss_sums) scores.emplace_back(name, sum / double(now.samples));
  task.model.eval();
  const EmaScope averaged(ema);
  for (const auto& score : task.validate()) scores.push_back(score);
  return scores;
}

double find_score(const Scores& scores, const std::string& name) {
  for (const auto& [own, value] : scores) {
    if (own == name) return value;
  }
  throw std::logic_error("fit: validate() did not report " + name);
}

std::string metrics_line(const EpochReport& report) {
  nlohmann::ordered_json line = {
      {"epoch", report.now.epoch}, {"step", report.now.step}, {"learning_rate", report.now.learning_rate}};
  for (const auto& [name, value] : report.scores) line[name] = value;
  line["best"] = report.is_best;
  line["samples_per_second"] = report.samples_per_second;
  const auto& seconds = report.now.part_seconds;
  line["seconds"] = {
      {"loading", seconds[0]}, {"forward", seconds[1]}, {"backward", seconds[2]}, {"stepping", seconds[3]}};
  return line.dump();
}

Keeper keeper_of(const Task& task, const FitConfig& config, Ema& ema, RunFolder& run) {
  const auto state = [&task, &ema] {
    NamedTensors tensors = state_dict(task.model, "model.");
    tensors.merge(task.optimizer.state());
    tensors.merge(ema.state());
    return tensors;
  };
  const auto weights = [&task, &ema] {
    const EmaScope averaged(ema);
    NamedTensors tensors = state_dict(task.model);
    for (auto& [name, tensor] : tensors) tensor = tensor.detach().clone();  // before the averages leave the model
    return tensors;
  };
  return {state, weights, task.about, config.save_seconds, run};
}

}  // namespace

void FitConfig::read(ConfigReader json) {
  json.field("epochs", epochs, between(1, 1e6), "times every training sample is learned from");
  json.field("accumulate", accumulate, between(1, 1e6), "batches whose gradients are averaged before one step");
  json.field("clip_gradient_norm", clip_gradient_norm, at_least(0),
             "largest norm of all gradients together; 0 = do not clip");
  json.field("early_stopping", early_stopping, at_least(0),
             "stop after this many epochs without a better score; 0 = never");
  json.field("ema_decay", ema_decay, from_below(0, 1),
             "average the weights with this memory and score the average; 0 = off");
  json.field("overfit_batches", overfit_batches, at_least(0),
             "learn only these few batches, by heart; 0 = the whole set");
  json.field("save_seconds", save_seconds, at_least(0),
             "a killed run loses at most this much work; 0 = save after every step");
  json.field("resumed", resumed, at_least(1), "written by --resume: the epochs the run had before they were raised");
}

LoopResult fit(const Task& task, const FitConfig& config, RunFolder& run, const Watchers& watch) {
  const StopGuard a_signal_only_sets_a_flag;
  Ema ema(task.model, config.ema_decay);
  Keeper keeper = keeper_of(task, config, ema, run);
  const int64_t batches = task.train.batches();
  Progress now = keeper.resume(config.epochs, batches);
  Stopwatch clock;

  for (; now.epoch <= config.epochs && !now.stopped_early; now.begin_next_epoch()) {
    // Learn from every batch once.
    task.model.train();
    for (const Batch& on_cpu : task.train.epoch(now.epoch, now.batch)) {
      const Batch batch = on_cpu.to(task.device);
      torch::manual_seed(Rng(task.seed, "step", uint64_t(now.epoch * batches + now.batch)).next());
      clock.lap(now, Stopwatch::kLoading);

      const torch::Tensor loss = total_loss(task.loss_of(batch), batch.size(), now);  // forward pass
      const auto loss_value = loss.item<double>();
      require_finite(loss_value, now, run);
      now.add_loss("train_loss", loss_value, batch.size());
      clock.lap(now, Stopwatch::kForward);

      if (now.batch % config.accumulate == 0) task.optimizer.zero_grad();
      const double weight = weight_of_batch(config, now.batch, batches);
      (weight == 1 ? loss : loss * weight).backward();  // d loss / d parameter, for every parameter
      now.count_batch(batch.size());
      clock.lap(now, Stopwatch::kBackward);

      const bool is_step = now.batch % config.accumulate == 0 || now.batch == batches;
      if (is_step) {
        step_optimizer(task, config, ema, now);  // move every parameter against its gradient
        clock.lap(now, Stopwatch::kStepping);
      } else if (stop_requested()) {
        throw Interrupted(as_text("stopped in epoch ", now.epoch, " between the batches of one step"));
      }
      const StepReport report{now, config.epochs, batches, loss_value, now.samples_per_second()};
      for (const auto& look : watch.on_step) look(report);
      if (is_step) keeper.save_if_due(now);  // after the looks: a resumed run does not repeat this step
      now.total_seconds += clock.lap();
    }

    // Score on data the model has not learned from.
    Scores scores;
    try {
      scores = score_epoch(task, ema, now);
    } catch (const Interrupted&) {
      keeper.save(now);
      throw Interrupted(as_text("stopped in epoch ", now.epoch, " while scoring"));
    }

    // Keep what is worth keeping.
    judge_epoch(task, config, find_score(scores, task.monitor.score), now);
    if (now.best_epoch == now.epoch) keeper.take_best(now);
    now.total_seconds += clock.lap();
    const EpochReport report{now, config.epochs, scores, now.samples_per_second(), now.best_epoch == now.epoch};
    run.append_metrics(metrics_line(report));
    for (const auto& look : watch.on_epoch) look(report);
  }
  keeper.save(now);
  return {now.epoch - 1, now.best_epoch, now.best, now.total_seconds, now.samples_per_second(), now.stopped_early};
}

}  // namespace glassbox
