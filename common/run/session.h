/// One call of an app: what was asked, where it runs, and the folder it writes.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/base/run_folder.h"
#include "common/cli/options.h"
#include "common/data/dataset.h"
#include "common/data/find.h"
#include "common/train/fit.h"

namespace glassbox {

/// A test score that is printed when a run ends.
struct Headline {
  std::string score;  ///< its name, such as "accuracy"
  std::string unit;   ///< "%": a fraction, printed as a percentage; else the unit behind the number, such as "dB"
};

/// What is known of a run before it begins. It knows no task: the app says what is worth saying.
struct Facts {
  std::string data;                 ///< "digits: 4,000 to learn from, 500 to validate, 500 to test; 10 classes"
  int64_t parameters = 0;           ///< numbers that learn
  Monitor monitor = {};             ///< the score that chooses the best epoch
  std::vector<Headline> headlines;  ///< those of the test scores that are printed
};

/// What a run came to.
struct RunOutcome {
  std::optional<LoopResult> loop;  ///< of a run with a training loop
  Scores test;                     ///< scores on the test set
  Scores figures;                  ///< what else was found, by name
  std::string sentence;            ///< the same in words
};

/// "98.65 %", "29.4 dB".
std::string with_unit(double value, const std::string& unit);

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
    Experiment experiment;
    read_config([&](ConfigReader json) { experiment.read(json); });
    return experiment;
  }
  void read_config(const std::function<void(ConfigReader)>& read);

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

  /// Makes (or, with --resume, opens) the run's folder with config.json, environment.json and a summary.json that says
  /// "running", and prints the opening block. Throws UserError if data files of a resumed run have changed. With
  /// --dry-run the folder is a temporary one that goes with the session.
  RunFolder& begin_run(const std::string& name, uint64_t seed, const std::vector<DataSource>& sources,
                       const Facts& facts);

  /// The folder that begin_run() made.
  const RunFolder& run() const { return run_.value(); }

  /// The experiment that was read, complete; "" before.
  const std::string& config_json() const { return config_json_; }

  /// What every checkpoint of the run carries: app, experiment, and `data`, the task's description of a sample.
  std::map<std::string, std::string> about(const std::string& data) const;

  /// The progress bar and the line an epoch; with --quiet nothing.
  Watchers watchers() const;

  /// A line of progress: into log.txt and, without --quiet, to stderr.
  void say(const std::string& line) const;

  /// Writes summary.json and prints it (--json), or the headlines and the report's place.
  void finish_run(const RunOutcome& outcome);
  /// The same without printing.
  void end_run(const RunOutcome& outcome);

  /// Notes in summary.json how a run ended that did not finish: "interrupted" or "failed". The figures stay.
  void note_end(const std::string& status, const std::string& message);

  /// Prints the answer of eval, predict or describe: `json` with --json, else `text`.
  void answer(const std::string& json, const std::string& text) const;

  ~Session();

 private:
  Config open_config() const;
  void print_block(uint64_t seed) const;

  std::string app_;
  Options options_;
  torch::Device device_ = torch::kCPU;
  int64_t threads_ = 1;
  std::string config_json_, name_, note_, summary_;
  Facts facts_;
  std::optional<RunFolder> run_;
};

}  // namespace glassbox
