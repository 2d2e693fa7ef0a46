/// One call of an app: what was asked, where it runs, and the folder it writes.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/base/run_folder.h"
#include "common/classify/open.h"
#include "common/cli/options.h"
#include "common/train/fit.h"

namespace glassbox {

/// What an experiment found out beside its scores.
struct Findings {
  Scores figures;        ///< by name, into summary.json
  std::string sentence;  ///< into summary.json, and printed
};

/// A warning on stderr for each sentence of an ignored_fields(): a field that does nothing shall not do so in silence.
void warn_of_ignored(const std::vector<std::string>& fields);

class Session {
 public:
  Session(std::string app, Options options);

  const std::string& app() const { return app_; }  ///< "mlp"
  const Options& options() const { return options_; }
  torch::Device device() const { return device_; }
  std::vector<std::filesystem::path> data_folders() const { return glassbox::data_folders(options_.data); }

  /// The experiment of --config, --resume or --run, read and checked. Throws UserError listing all problems.
  template <typename Experiment>
  Experiment read() {
    Config config = open_config();
    Experiment experiment;
    experiment.read(config.root());
    config.finish();
    config_json_ = config.complete_json();
    return experiment;
  }

  /// An entry of a checkpoint's metadata. Throws UserError if it is not there.
  static std::string about_text(const std::map<std::string, std::string>& about, const std::string& key,
                                const std::string& source);

  /// The same for the experiment a checkpoint carries: predict needs nothing but the run.
  template <typename Experiment>
  static Experiment read_from(const std::map<std::string, std::string>& about, const std::string& source) {
    Config config = Config::from_text(about_text(about, "config", source), source);
    Experiment experiment;
    experiment.read(config.root());
    config.finish();
    return experiment;
  }

  /// The data of an experiment. With --dry-run one batch of each part and one epoch; with train.overfit_batches those
  /// batches both for training and validation. Warns of data.ignored_fields(), unless the run is part of a larger one.
  DataSplits open_data(const DataConfig& data, FitConfig& train, uint64_t seed) const;

  /// Makes (or, with --resume, opens) the run's folder with config.json, environment.json and a summary.json that says
  /// "running", and prints the opening block. Throws UserError if a resumed run's data files have changed. With
  /// --dry-run the folder is a temporary one that goes with the session.
  RunFolder& begin_run(const std::string& name, uint64_t seed, const DataSplits& data, int64_t parameters);

  /// The folder that begin_run() made.
  const RunFolder& run() const { return run_.value(); }

  /// The experiment that was read, complete; "" before.
  const std::string& config_json() const { return config_json_; }

  /// What every checkpoint of the run carries: "config" and "data".
  std::map<std::string, std::string> about(const DatasetInfo& info) const;

  /// The progress bar and the line an epoch; with --quiet nothing.
  Watchers watchers() const;

  /// A line of progress: into log.txt and, without --quiet, to stderr.
  void say(const std::string& line) const;

  /// Writes summary.json and prints it (--json), or the test scores and the report's place.
  void finish_run(const FitResult& result, const std::string& monitor, const Scores& test,
                  const Findings& findings = {});

  /// Notes in summary.json how a run ended that did not finish: "interrupted" or "failed". The figures stay.
  void note_end(const std::string& status, const std::string& message);

  /// Prints the answer of eval, predict or describe: `json` with --json, else `text`.
  void answer(const std::string& json, const std::string& text) const;

  ~Session();

 private:
  Config open_config() const;
  void print_block(const std::string& name, uint64_t seed, const DataSplits& data) const;

  std::string app_;
  Options options_;
  torch::Device device_ = torch::kCPU;
  int64_t threads_ = 1, parameters_ = 0;
  std::string config_json_, name_, data_note_;
  std::optional<RunFolder> run_;
};

}  // namespace glassbox
