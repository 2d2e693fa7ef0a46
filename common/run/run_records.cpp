#include "common/run/run_records.h"

#include <map>
#include <nlohmann/json.hpp>

#include "common/base/checksum.h"
#include "common/base/error.h"
#include "common/base/json_record.h"
#include "common/base/json_text.h"
#include "common/base/safetensors.h"
#include "common/base/shown.h"
#include "common/base/strict_json.h"
#include "common/run/environment.h"
#include "common/run/threads.h"
#include "common/train/progress.h"

namespace glassbox {
namespace fs = std::filesystem;
using nlohmann::ordered_json;
namespace {

/// The data files by name.
std::map<std::string, fs::path> files_of(const std::vector<DataSource>& sources) {
  std::map<std::string, fs::path> files;
  for (const DataSource& source : sources) {
    for (const fs::path& file : source.files) files[file.filename().string()] = file;
  }
  return files;
}

/// environment.json, or an empty object if there is none.
JsonRecord read_environment(const RunFolder& run) {
  const FileAt file = run.file("environment.json");
  return exists(file) ? JsonRecord::from_file(file) : JsonRecord::from_text("{}", file.string());
}

// What a summary says, in the order in which it is written.
constexpr const char* kSummaryOrder[] = {
    "app",  "name",       "verb", "status", "message", "epochs",   "stopped_early", "seconds", "samples_per_second",
    "best", "parameters", "test", "units",  "note",    "findings", "sentence"};

/// summary.json, or an empty object if there is none.
JsonRecord read_summary(const RunFolder& run) {
  const FileAt file = run.file("summary.json");
  const JsonRecord summary = exists(file) ? JsonRecord::from_file(file) : JsonRecord::from_text("{}", file.string());
  for (const char* name : {"app", "name", "verb", "status"}) summary.text(name, "");
  return summary;
}

/// The same to be changed and written again.
ordered_json summary_to_change(const RunFolder& run) {
  const nlohmann::json found = read_summary(run).value();
  ordered_json summary = ordered_json::object();
  for (const char* name : kSummaryOrder) {
    if (found.contains(name)) summary[name] = found[name];
  }
  return summary;
}

/// The figures of the saved state, if the run has one that can be read.
ordered_json figures_of_state(const RunFolder& run, const std::string& monitor) try {
  if (!run.has("checkpoints/state.safetensors")) return ordered_json::object();
  const auto metadata = read_safetensors_header(run.state()).metadata;
  const Progress now = Progress::from_json(metadata.at("progress"), run.state().string());
  ordered_json figures = {{"epochs", now.epoch - 1}, {"seconds", now.total_seconds}};
  if (now.train_seconds > 0) figures["samples_per_second"] = double(now.trained_samples) / now.train_seconds;
  if (now.best_epoch > 0) figures["best"] = {{"epoch", now.best_epoch}, {monitor, now.best}};
  return figures;
} catch (const std::exception&) {
  return ordered_json::object();  // a damaged state is why the run failed; its summary says that
}

}  // namespace

std::string environment_json(const std::vector<DataSource>& sources, int64_t threads, const torch::Device& device) {
  const Blas blas = find_blas();
  ordered_json files = ordered_json::object();
  for (const auto& [name, path] : files_of(sources)) files[name] = sha256_of_file(path);
  const DataSource first = sources.empty() ? DataSource{} : sources.front();
  return json_text(
      {{"versions", version_text()},
       {"commit", commit()},
       {"processor", processor_name()},
       {"cores", core_count()},
       {"threads", threads},
       {"device", device.str()},
       {"blas", {{"name", blas.name}, {"file", blas.file}, {"recommended", blas.recommended}}},
       {"data",
        {{"name", first.name}, {"source", first.source}, {"fingerprint", first.fingerprint}, {"sha256", files}}}});
}

int64_t threads_of_run(const RunFolder& run) {
  const JsonRecord json = read_environment(run);
  return json.has("threads") ? json.whole("threads", 1, 1024) : 0;
}

void require_same_data(const RunFolder& run, const std::vector<DataSource>& sources) {
  const JsonRecord json = read_environment(run);
  if (!json.has("data")) return;
  const JsonRecord data = json.object("data");
  if (data.has("fingerprint")) {
    const DataSource now = sources.empty() ? DataSource{} : sources.front();
    const std::string want = data.text("fingerprint", ""), got = now.fingerprint;
    require(want == got, now.name,
            ": files were added, taken away, renamed or changed since the run was begun (fingerprint ",
            "of names and lengths: want ", shown(want), ", got ", got, ", ", now.source,
            "); restore them or train again");
  }
  if (!data.has("sha256")) return;
  const JsonRecord checksums = data.object("sha256");
  const auto files = files_of(sources);
  for (const std::string& name : checksums.names()) {
    const std::string want = checksums.text(name, "");
    const auto file = files.find(name);
    require(file != files.end(), describe_name(name), ": want this data file, which the run was begun with, got ",
            files.empty() ? "none" : files.begin()->second.string(), "; restore it or train again");
    const std::string got = sha256_of_file(file->second);
    require(got == want, file->second.string(), ": has changed since the run was begun (sha256: want ", shown(want),
            ", got ", got, "); restore it or train again");
  }
}

std::string verb_of_run(const RunFolder& run) {
  const std::string verb = read_summary(run).text("verb", "");
  return verb.empty() ? "train" : shown(verb);
}

void require_own(const RunFolder& run, const std::string& app) {
  const std::string other = shown(read_summary(run).text("app", app));
  require(other == app, "opening ", run.path().string(), ": want a run of ", app, ", got one of ", other, "; use ",
          other);
}

void require_made_by(const RunFolder& run, const std::string& verb) {
  const std::string maker = verb_of_run(run);
  require(
      maker == verb, verb, " --resume: ", run.path().string(), " was made by ", maker, "; ",
      maker == "train" || maker == "sweep" ? "go on with " + maker + " --resume" : "begin it anew in another folder");
}

std::string summary_of_begun(const RunFolder& run, const std::string& app, const std::string& name,
                             const std::string& verb, int64_t parameters) {
  ordered_json summary = {{"app", app}, {"name", name}, {"verb", verb}, {"status", "running"}};
  summary.update(summary_to_change(run));
  summary["status"] = "running";
  summary["parameters"] = parameters;
  summary.erase("message");
  return json_text(summary);
}

std::string summary_of_ended(const RunFolder& run, const std::string& status, const std::string& message,
                             const std::string& monitor) {
  ordered_json summary = summary_to_change(run);
  if (!summary.contains("test")) summary.update(figures_of_state(run, monitor));
  summary["status"] = status;
  summary["message"] = message;
  return json_text(summary);
}

}  // namespace glassbox
