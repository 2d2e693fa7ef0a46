/// What the runs of a sweep came to.
#pragma once

#include <string>
#include <vector>

#include "apps/mlp/config.h"
#include "common/base/run_folder.h"
#include "common/report/text.h"
#include "common/train/progress.h"

namespace glassbox::mlp {

/// One run of a sweep.
struct SweepRow {
  std::string value;  ///< of the field that varies, as in the experiment
  int64_t seed = 0;
  std::string folder;              ///< inside the sweep's own
  Scores figures;                  ///< by name, see figures_of() in sweep.cpp
  std::vector<double> train_loss;  ///< of every epoch
  std::vector<double> val_accuracy;
};

/// True for seeds and folds: the runs are one experiment, and their mean says something.
bool repeats_one_thing(const Experiment& ask);

/// Mean and standard deviation (n - 1) of a figure over the rows with `value`. NaN where no row has it.
struct Spread {
  double mean = 0, deviation = 0;
  int64_t runs = 0;
};
Spread spread_of(const std::vector<SweepRow>& rows, const std::string& value, const std::string& figure);

/// What the sweep shows, as sentences with their numbers.
std::vector<Text> claims_of(const Experiment& ask, const std::vector<SweepRow>& rows);

/// report.html and plots/sweep.png: the table, the curves, the claims.
void write_sweep_report(const RunFolder& run, const Experiment& ask, const std::vector<SweepRow>& rows);

}  // namespace glassbox::mlp
