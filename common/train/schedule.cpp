#include "common/train/schedule.h"

#include <algorithm>
#include <cmath>

namespace glassbox {
namespace {

/// From `start` at t = 0 to `end` at t = 1 along half a cosine.
double half_cosine(double start, double end, double t) {
  return end + (start - end) * 0.5 * (1 + std::cos(3.14159265358979323846 * t));
}

double one_cycle(double step, double last_step) {
  const double peak = 0.3 * (last_step + 1) - 1;  // the step before it ends the rise, as PyTorch counts
  if (step <= peak) return half_cosine(1.0 / 25, 1, step / peak);
  return half_cosine(1, 1.0 / 25e4, last_step > peak ? (step - peak) / (last_step - peak) : 1);
}

}  // namespace

void ScheduleConfig::read(ConfigReader json) {
  json.field("name", name, one_of({"constant", "step", "cosine", "one_cycle", "plateau"}),
             "how the learning rate changes");
  json.field("warmup_epochs", warmup_epochs, at_least(0), "epochs of linear rise from 0 (one_cycle has its own)");
  json.field("step_epochs", step_epochs, at_least(1), "step: epochs between two drops");
  json.field("factor", factor, between(1e-6, 1), "step, plateau: each drop multiplies the rate by this");
  json.field("patience", patience, at_least(1), "plateau: epochs without a better score before a drop");
  json.field("final_share", final_share, between(0, 1), "cosine: the rate at the end, as a fraction of the highest");
}

double learning_rate_fraction(const ScheduleConfig& config, int64_t step, int64_t steps_per_epoch, int64_t total_steps,
                              double plateau_factor) {
  if (config.name == "one_cycle") return one_cycle(double(step), double(total_steps - 1));
  const double warmup_steps = config.warmup_epochs * double(steps_per_epoch);
  if (double(step) < warmup_steps) return double(step + 1) / (warmup_steps + 1);
  if (config.name == "step") return std::pow(config.factor, double(step / steps_per_epoch / config.step_epochs));
  if (config.name == "plateau") return plateau_factor;
  if (config.name == "cosine") {
    return half_cosine(1, config.final_share,
                       (double(step) - warmup_steps) / std::max(1.0, double(total_steps) - warmup_steps));
  }
  return 1;
}

}  // namespace glassbox
