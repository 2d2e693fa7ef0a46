#include "common/run/run_records.h"

#include <map>
#include <nlohmann/json.hpp>

#include "common/base/atomic_file.h"
#include "common/base/checksum.h"
#include "common/base/error.h"
#include "common/base/json_text.h"
#include "common/base/safetensors.h"
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
ordered_json read_environment(const fs::path& path) {
  if (!fs::exists(path)) return ordered_json::object();
  auto json = ordered_json::parse(read_file(path), nullptr, /*allow_exceptions=*/false);
  require(json.is_object(), path.string(),
          ": want a JSON object, got something else; restore it, or remove it to go on without its record");
  return json;
}

/// summary.json, or an empty object if there is none that can be read.
ordered_json read_summary(const RunFolder& run) {
  if (!run.has("summary.json")) return ordered_json::object();
  auto json = ordered_json::parse(read_file(run.file("summary.json")), nullptr, /*allow_exceptions=*/false);
  return json.is_object() ? json : ordered_json::object();
}

/// The figures of the saved state, if the run has one that can be read.
ordered_json figures_of_state(const RunFolder& run, const std::string& monitor) try {
  if (!run.has("checkpoints/state.safetensors")) return ordered_json::object();
  const std::string source = run.state().string();
  const auto metadata = parse_safetensors(MappedFile(run.state()).bytes(), source).metadata;
  const Progress now = Progress::from_json(metadata.at("progress"), source);
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

int64_t threads_of_run(const fs::path& folder) {
  const fs::path path = folder / "environment.json";
  const auto json = read_environment(path);
  if (!json.contains("threads")) return 0;
  const auto& threads = json["threads"];
  require(threads.is_number_integer() && threads >= 1 && threads <= 1024, path.string(),
          ": threads: want a whole number from 1 to 1024, got ", threads.dump(), "; mend it, or give --threads");
  return threads.get<int64_t>();
}

void require_same_data(const fs::path& folder, const std::vector<DataSource>& sources) {
  const fs::path path = folder / "environment.json";
  const auto json = read_environment(path);
  const ordered_json::json_pointer place("/data/sha256"), print_place("/data/fingerprint");
  if (json.contains(print_place)) {
    require(json.at(print_place).is_string(), path.string(), ": data.fingerprint: want text, got ",
            json.at(print_place).type_name());
    const auto want = json.at(print_place).get<std::string>();
    const DataSource now = sources.empty() ? DataSource{} : sources.front();
    const std::string& got = now.fingerprint;
    require(want == got, now.name,
            ": files were added, taken away, renamed or changed since the run was begun (fingerprint ",
            "of names and lengths: want ", want, ", got ", got, ", ", now.source, "); restore them or train again");
  }
  if (!json.contains(place)) return;
  const auto& checksums = json.at(place);
  require(checksums.is_object(), path.string(), ": data.sha256: want an object, got ", checksums.type_name());
  const auto files = files_of(sources);
  for (const auto& [name, want] : checksums.items()) {
    require(want.is_string(), path.string(), ": data.sha256: want text for ", name, ", got ", want.type_name());
    const auto file = files.find(name);
    require(file != files.end(), name, ": want this data file, which the run was begun with, got ",
            files.empty() ? "none" : files.begin()->second.string(), "; restore it or train again");
    const std::string got = sha256_of_file(file->second);
    require(got == want, file->second.string(), ": has changed since the run was begun (sha256: want ",
            want.get<std::string>(), ", got ", got, "); restore it or train again");
  }
}

std::string verb_of_run(const RunFolder& run) {
  const ordered_json summary = read_summary(run);
  const std::string verb = summary.value("verb", "");
  return verb.empty() ? "train" : verb;
}

void require_own(const RunFolder& run, const std::string& app) {
  const ordered_json summary = read_summary(run);
  if (!summary.contains("app") || !summary["app"].is_string()) return;
  const auto other = summary["app"].get<std::string>();
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
  summary.update(read_summary(run));
  summary["status"] = "running";
  summary["parameters"] = parameters;
  summary.erase("message");
  return json_text(summary);
}

std::string summary_of_ended(const RunFolder& run, const std::string& status, const std::string& message,
                             const std::string& monitor) {
  ordered_json summary = read_summary(run);
  if (!summary.contains("test")) summary.update(figures_of_state(run, monitor));
  summary["status"] = status;
  summary["message"] = message;
  return json_text(summary);
}

}  // namespace glassbox
