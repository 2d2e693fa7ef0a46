/// One experiment several times: over the values of a field, over changes, over seeds. The verb `sweep` of every app.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/base/run_folder.h"
#include "common/report/text.h"
#include "common/train/progress.h"

namespace glassbox {

class Session;

/// The "sweep" section of an experiment.
struct SweepConfig {
  std::string path;                  ///< the field that varies, as "model.hidden"
  std::vector<std::string> values;   ///< its values, each as behind --set path=
  std::vector<std::string> changes;  ///< instead of path and values: each as behind --set, or "" for none
  std::vector<int64_t> seeds;        ///< each is run with each of them; none = the experiment's own seed

  void read(ConfigReader json);
  bool is_on() const { return !path.empty() || !changes.empty() || !seeds.empty(); }
  /// True for seeds and folds: the runs repeat one thing, and their mean says something.
  bool repeats_one_thing() const;
};

/// One run of a sweep.
struct SweepRow {
  std::string value;  ///< of the field that varies, or the change
  int64_t seed = 0;
  std::string folder;   ///< inside the sweep's own
  Scores figures = {};  ///< "test_accuracy" and so on, "seconds", and what the app adds
  std::map<std::string, std::vector<double>> curves = {};  ///< "train_loss", "val_accuracy", ...: a value an epoch
};

/// Mean and standard deviation (n - 1) of a figure over the rows with `value` ("" = all). NaN where no row has it.
struct Spread {
  double mean = 0, deviation = 0, low = 0, high = 0;
  int64_t runs = 0;
};
Spread spread_of(const std::vector<SweepRow>& rows, const std::string& value, const std::string& figure);

/// The values in their order, each once.
std::vector<std::string> values_of(const std::vector<SweepRow>& rows);

/// "98.10 ± 0.52 %" with unit "%"; without ± of a single run; "" if no row has the figure.
std::string spread_text(const Spread& spread, const std::string& unit);

/// What a sweep needs of its app.
struct SweepApp {
  std::function<void(ConfigReader)> read_config;  ///< reads an experiment; throws nothing, notes problems
  std::function<void(Session&)> train;            ///< one run
  /// More figures of a finished run in `folder` than its test scores.
  std::function<Scores(const Session& session, const RunFolder& run)> figures = nullptr;
  /// Sentences about what the sweep shows, with their numbers.
  std::function<std::vector<Text>(const SweepConfig& sweep, const std::vector<SweepRow>& rows)> claims = nullptr;
  std::map<std::string, std::string> units = {};  ///< of the app's own figures: {"memorised", "%"}
  std::map<std::string, Text> words = {};         ///< headings of the app's own figures
};

/// Runs the experiment once for each value and seed, as runs inside the run's folder, and writes one report that
/// compares them. All values are checked before any work. Resumed, it repeats only what is not finished.
void run_sweep(Session& session, const SweepApp& app);

/// What train says of an experiment with a sweep. Throws UserError that names the verb sweep.
void require_no_sweep(const Session& session, const SweepConfig& sweep);

/// report.html and plots/sweep.png: the claims, the table, the chart, the curves. units: of the headlines, by figure.
void write_sweep_report(const RunFolder& run, const std::string& name, const SweepConfig& sweep, const SweepApp& app,
                        const std::vector<SweepRow>& rows, const std::map<std::string, std::string>& units);

}  // namespace glassbox
