#include "common/train/progress.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/base/error.h"

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
  Progress p;
  try {
    const auto json = nlohmann::json::parse(text);
    json.at("epoch").get_to(p.epoch);
    json.at("batch").get_to(p.batch);
    json.at("step").get_to(p.step);
    json.at("learning_rate").get_to(p.learning_rate);
    json.at("loss_sums").get_to(p.loss_sums);
    json.at("samples").get_to(p.samples);
    json.at("best").get_to(p.best);
    json.at("best_epoch").get_to(p.best_epoch);
    json.at("plateau_factor").get_to(p.plateau_factor);
    json.at("plateau_epochs").get_to(p.plateau_epochs);
    json.at("stopped_early").get_to(p.stopped_early);
    json.at("train_seconds").get_to(p.train_seconds);
    json.at("total_seconds").get_to(p.total_seconds);
    json.at("trained_samples").get_to(p.trained_samples);
    json.at("part_seconds").get_to(p.part_seconds);
  } catch (const nlohmann::json::exception&) {
    fail("reading ", source, ": the saved progress is damaged; begin the run again");
  }
  return p;
}

}  // namespace glassbox
