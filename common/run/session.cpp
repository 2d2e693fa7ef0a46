#include "common/run/session.h"

#include <torch/cuda.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/json_text.h"
#include "common/base/shown.h"
#include "common/base/temporary_folder.h"
#include "common/report/format.h"
#include "common/run/environment.h"
#include "common/run/raised_epochs.h"
#include "common/run/run_records.h"
#include "common/run/threads.h"
#include "common/run/watch.h"

namespace glassbox {
namespace fs = std::filesystem;
using nlohmann::ordered_json;
namespace {

torch::Device choose_device(const std::string& name) {
  if (name == "cpu") return torch::kCPU;
  if (name == "auto") return torch::cuda::is_available() ? torch::kCUDA : torch::kCPU;
  const bool cuda = name == "cuda" || (name.rfind("cuda:", 0) == 0 && name.size() > 5 &&
                                       name.find_first_not_of("0123456789", 5) == std::string::npos && name.size() < 8);
  require(cuda, "--device: want auto, cpu, cuda or cuda:N, got \"", name, "\"");
  require(torch::cuda::is_available(), "--device ", name, ": this LibTorch sees no CUDA device; use --device cpu");
  const torch::Device device(name);
  require(device.index() < int(torch::cuda::device_count()), "--device ", name, ": want a number below ",
          torch::cuda::device_count(), ", the number of CUDA devices");
  return device;
}

/// The notes of all sources, each once.
std::string note_of(const std::vector<DataSource>& sources) {
  std::string all;
  for (const DataSource& source : sources) {
    const bool known = source.note.empty() || all.find(source.note) != std::string::npos;
    if (!known) all += (all.empty() ? "" : "; ") + source.note;
  }
  return all;
}

ordered_json as_object(const LoopResult& loop, const std::string& monitor) {
  ordered_json object = ordered_json::object();
  if (loop.epochs > 0) object = {{"epochs", loop.epochs}, {"stopped_early", loop.stopped_early}};
  object["seconds"] = loop.seconds;
  if (loop.samples_per_second > 0) object["samples_per_second"] = loop.samples_per_second;
  if (loop.best_epoch > 0) object["best"] = {{"epoch", loop.best_epoch}, {monitor, loop.best}};
  return object;
}

ordered_json as_object(const Scores& scores) {
  ordered_json object = ordered_json::object();
  for (const auto& [name, value] : scores) object[name] = value;
  return object;
}

const char* const kDryRun = "glassbox-dry-run-";

}  // namespace

std::string with_unit(double value, const std::string& unit) {
  if (unit == "%") return format_percent(value);
  return format_number(value) + (unit.empty() ? "" : " " + unit);
}

void warn_of_ignored(const std::vector<std::string>& fields) {
  for (const std::string& field : fields) std::cerr << "warning: " << printable_message(field) << "\n";
}

Session::Session(std::string app, Options options) : app_(std::move(app)), options_(std::move(options)) {
  device_ = choose_device(options_.device);
  threads_ = options_.threads;
  // A resumed run uses the threads it was begun with: sums of floats depend on them.
  if (threads_ == 0 && !options_.resume.empty())
    threads_ = threads_of_run(RunFolder::open(options_.resume, /*to_continue=*/false));
  if (threads_ == 0) threads_ = usable_threads();
  set_threads(threads_);
}

Session::~Session() {
  if (!options_.dry_run || !run_) return;
  std::error_code ignored;
  fs::remove_all(run_->path(), ignored);
}

void Session::read_config(const std::function<void(ConfigReader)>& read) {
  Config config = open_config();
  read(config.root());
  config.finish();
  config_json_ = config.complete_json();
  if (!options_.begins_run) return;
  const std::string warning = warning_of_raised_epochs(config_json_);
  if (!warning.empty() && options_.part <= 1) std::cerr << "warning: " << printable_message(warning) << "\n";
  if (options_.resume.empty()) config_json_ = as_never_resumed(config_json_);
}

Config Session::open_config() const {
  if (!options_.resume.empty()) {
    const RunFolder run = RunFolder::open(options_.resume, /*to_continue=*/false);
    require_own(run, app_);
    require_made_by(run, options_.verb);
    return Config::from_file(run.file("config.json"), overrides_of_resume(run, options_.overrides));
  }
  if (!options_.run.empty() && !options_.begins_run) {
    const RunFolder run = RunFolder::open(options_.run, /*to_continue=*/false);
    require_own(run, app_);
    return Config::from_file(run.file("config.json"), options_.overrides);
  }
  const bool is_new = options_.begins_run;
  require(!options_.config.empty(), options_.verb, ": want --config FILE", is_new ? "" : " or --run DIR", ", got ",
          is_new ? "none" : "neither");
  return Config::from_file(options_.config, options_.overrides);
}

std::string Session::about_text(const std::map<std::string, std::string>& about, const std::string& key,
                                const std::string& source) {
  const auto found = about.find(key);
  require(found != about.end(), "reading ", source, ": want \"", key,
          "\" in its metadata, found none; it is no checkpoint of Glassbox");
  return found->second;
}

RunFolder& Session::begin_run(const std::string& name, uint64_t seed, const std::vector<DataSource>& sources,
                              const Facts& facts) {
  name_ = name;
  facts_ = facts;
  note_ = note_of(sources);
  if (!options_.resume.empty()) {
    run_.emplace(RunFolder::open(options_.resume, /*to_continue=*/true));
  } else if (options_.dry_run) {
    RunFolder::remove_abandoned(temporary_folder(), kDryRun);
    run_.emplace(RunFolder::create(temporary_folder() / as_text(kDryRun, getpid())));
  } else {
    run_.emplace(RunFolder::create(options_.run.empty() ? fs::path("runs") / app_ / name : options_.run));
  }
  try {
    if (!options_.resume.empty()) require_same_data(*run_, sources);
    run_->write("environment.json", environment_json(sources, threads_, device_));
    run_->write("summary.json", summary_of_begun(*run_, app_, name, options_.verb, facts.parameters));
    run_->write("config.json", config_json_);  // last: a folder with a config.json is a run
  } catch (const std::exception&) {
    const fs::path never_begun = run_->path();
    run_.reset();
    std::error_code ignored;
    if (options_.resume.empty()) fs::remove_all(never_begun, ignored);
    throw;
  }
  print_block(seed);
  return *run_;
}

void Session::print_block(uint64_t seed) const {
  const Blas blas = find_blas();
  std::string block = as_text(app_, " ", options_.verb, "  ", name_, options_.resume.empty() ? "" : "  (resumed)",
                              options_.dry_run ? "  (dry run)" : "", "\n  versions  ", version_text(), "\n  BLAS      ",
                              blas.name, " (", blas.file, ")", "\n  threads   ", threads_, " on ", core_count(),
                              " cores    device ", device_.str(), "    seed ", seed);
  const auto add = [&](const char* label, const std::string& text) {
    if (!text.empty()) block += as_text("\n  ", label, text);
  };
  add("data      ", facts_.data);
  add("note      ", note_);
  add("model     ", facts_.parameters > 0 ? format_count(facts_.parameters) + " parameters" : "");
  add("folder    ", options_.dry_run ? "none (dry run)" : run_->path().string());
  run_->log(block);
  if (!options_.quiet) std::cerr << printable(block) << "\n";
  if (!blas.recommended && !options_.part) std::cerr << "warning: BLAS " << blas.file << ": " << blas.remedy << "\n";
}

std::map<std::string, std::string> Session::about(const std::string& data) const {
  return {{"format", "pt"}, {"app", app_}, {"config", config_json_}, {"data", data}};
}

Watchers Session::watchers() const { return watch_training(options_.quiet, *run_); }

void Session::say(const std::string& line) const {
  run_->log(line);
  if (!options_.quiet) std::cerr << printable(line) << "\n";
}

void Session::end_run(const RunOutcome& outcome) {
  ordered_json summary = {{"app", app_}, {"name", name_}, {"verb", options_.verb}, {"status", "finished"}};
  if (outcome.loop) summary.update(as_object(*outcome.loop, facts_.monitor.score));
  summary["parameters"] = facts_.parameters;
  summary["test"] = as_object(outcome.test);
  for (const Headline& headline : facts_.headlines) summary["units"][headline.score] = headline.unit;
  if (!note_.empty()) summary["note"] = note_;
  if (!outcome.figures.empty()) summary["findings"] = as_object(outcome.figures);
  if (!outcome.sentence.empty()) summary["sentence"] = outcome.sentence;
  summary_ = json_text(summary);
  run_->write("summary.json", summary_);
}

void Session::finish_run(const RunOutcome& outcome) {
  end_run(outcome);
  std::string text = outcome.sentence.empty() ? "" : outcome.sentence + "\n";
  for (const Headline& headline : facts_.headlines) {
    for (const auto& [name, value] : outcome.test) {
      if (name != headline.score) continue;
      text +=
          "test " + name + " " + with_unit(value, headline.unit) + (note_.empty() ? "" : "  (" + note_ + ")") + "\n";
    }
  }
  ordered_json json = ordered_json::parse(summary_);
  if (!options_.dry_run) {
    json["run"] = run_->path().string();
    text += "report " + run_->file("report.html").string() + "\n";
  }
  answer(json_text(json), text);
}

void Session::note_end(const std::string& status, const std::string& message) {
  if (!run_) return;
  try {
    run_->write("summary.json", summary_of_ended(*run_, status, message, facts_.monitor.score));
    run_->log(status + ": " + message);
  } catch (const UserError&) {
    // The disk that failed the run may fail this note too; the first error is the one to show.
  }
}

void Session::answer(const std::string& json, const std::string& text) const {
  if (options_.part) return;
  std::cout << (options_.json ? json : printable(text));  // run_app() sees to it that it arrives
}

}  // namespace glassbox
