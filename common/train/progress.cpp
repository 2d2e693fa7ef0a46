#include "common/train/progress.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/base/error.h"
#include "common/base/json_record.h"

namespace glassbox {

void Progress::add_loss(const std::string& term, double mean, int64_t count) {
  auto sum = std::find_if(loss_sums.begin(), loss_sums.end(), [&](const auto& entry) { return entry.first == term; });
  if (sum == loss_sums.end()) sum = loss_sums.insert(sum, {term, 0.0});
  sum->second += mean * double(count);
}

void Progress::count_batch(int64_t batch_samples) {
  ++batch;
  samples += batch_samples;
  trained_samples += batch_samples;
}

void Progress::begin_next_epoch() {
  ++epoch;
  batch = samples = 0;
  loss_sums.clear();
  part_seconds = {};
}

std::string Progress::to_json() const {
  return nlohmann::ordered_json{{"epoch", epoch},
                                {"batch", batch},
                                {"step", step},
                                {"learning_rate", learning_rate},
                                {"loss_sums", loss_sums},
                                {"samples", samples},
                                {"best", best},
                                {"best_epoch", best_epoch},
                                {"plateau_factor", plateau_factor},
                                {"plateau_epochs", plateau_epochs},
                                {"stopped_early", stopped_early},
                                {"train_seconds", train_seconds},
                                {"total_seconds", total_seconds},
                                {"trained_samples", trained_samples},
                                {"part_seconds", part_seconds}}
      .dump();
}

Progress Progress::from_json(const std::string& text, const std::string& source) {
  constexpr auto kMost = int64_t(9e15);
  const JsonRecord json = JsonRecord::from_text(text, "reading " + source + ": saved progress");
  Progress p;
  p.epoch = json.whole("epoch", 1, kMost);
  p.batch = json.whole("batch", 0, kMost);
  p.step = json.whole("step", 0, kMost);
  p.learning_rate = json.number("learning_rate", 0);
  for (const auto& entry : json.pairs("loss_sums")) p.loss_sums.push_back(entry);
  p.samples = json.whole("samples", 0, kMost);
  p.best = json.number("best");
  p.best_epoch = json.whole("best_epoch", 0, p.epoch);
  p.plateau_factor = json.number("plateau_factor", 0);
  p.plateau_epochs = json.whole("plateau_epochs", 0, p.epoch);
  p.stopped_early = json.flag("stopped_early");
  p.train_seconds = json.number("train_seconds", 0);
  p.total_seconds = json.number("total_seconds", 0);
  p.trained_samples = json.whole("trained_samples", 0, kMost);
  const std::vector<double> parts = json.numbers("part_seconds", p.part_seconds.size());
  if (parts.size() != p.part_seconds.size()) json.refuse("part_seconds", "four numbers");
  std::copy(parts.begin(), parts.end(), p.part_seconds.begin());
  return p;
}

void Progress::require_within(int64_t epochs, int64_t batches, const std::string& source) const {
  const std::string where = "reading " + source + ": saved progress: ";
  require(epoch <= epochs + 1, where, "epoch: want at most ", epochs + 1, ", one more than train.epochs, got ", epoch);
  const int64_t most = epoch > epochs ? 0 : batches;
  require(batch <= most, where, "batch: want at most ", most, " in epoch ", epoch, ", got ", batch);
  require(step <= (epoch - 1) * batches + batch, where, "step: want at most one a batch, ",
          (epoch - 1) * batches + batch, ", got ", step);
}

}  // namespace glassbox
