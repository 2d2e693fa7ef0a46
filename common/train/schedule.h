/// The learning rate of every step.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/config.h"

namespace glassbox {

/// The "schedule" section: how the optimizer's learning rate changes over the run. t = fraction of the run that is
/// done, in [0, 1].
struct ScheduleConfig {
  std::string name = "constant";
  double warmup_epochs = 0;  ///< the rate rises linearly from 0 over these (all but one_cycle)
  int64_t step_epochs = 10;  ///< step: epochs between two drops
  double factor = 0.1;       ///< step and plateau: each drop multiplies the rate by this
  int64_t patience = 3;      ///< plateau: epochs without a better score before a drop
  double final_share = 0;    ///< cosine: the rate at the end, as a fraction of the highest

  void read(ConfigReader json);
};

/// The fraction of the highest learning rate at optimizer step `step`, 0 <= step < total_steps. In [0, 1].
///   constant   1
///   step       factor ^ floor(epoch / step_epochs)
///   cosine     from 1 to final_share along a half cosine (Loshchilov and Hutter 2017, eq. 5, one cycle)
///   one_cycle  from 1/25 up to 1 at 30 % of the run, down to 1/250,000, both along half cosines (Smith and Topin 2018)
///   plateau    `plateau_factor`, which the training loop lowers
double learning_rate_fraction(const ScheduleConfig& config, int64_t step, int64_t steps_per_epoch, int64_t total_steps,
                              double plateau_factor);

}  // namespace glassbox
