#include "common/run/raised_epochs.h"

#include <nlohmann/json.hpp>

#include "common/base/atomic_file.h"
#include "common/base/config.h"
#include "common/base/error.h"
#include "common/base/json_text.h"
#include "common/base/strict_json.h"
#include "common/report/format.h"
#include "common/train/fit.h"
#include "common/train/schedule.h"

namespace glassbox {
namespace {

/// The schedules whose rate at a step depends on how many steps there will be.
bool ends_with_the_run(const std::string& schedule) { return schedule == "cosine" || schedule == "one_cycle"; }

/// The object under `name`, empty if there is none.
nlohmann::json section_of(const nlohmann::json& config, const std::string& name) {
  const auto section = config.is_object() ? config.value(name, nlohmann::json()) : nlohmann::json();
  return section.is_object() ? section : nlohmann::json::object();
}

}  // namespace

std::vector<std::string> overrides_of_resume(const RunFolder& run, std::vector<std::string> overrides) {
  const std::string name = "train.epochs=";
  const auto config =
      parse_strict_json(run.read("config.json"), run.file("config.json").string(), JsonComments::kAllowed);
  const auto train = section_of(config, "train"), schedule = section_of(config, "schedule");
  const auto had = train.value("epochs", nlohmann::json());
  bool raised = false;
  for (const std::string& change : overrides) {
    require(change.rfind(name, 0) == 0, "train --resume: only train.epochs may change, got --set ", change,
            "; begin a new run for that");
    const auto wanted = nlohmann::json::parse(change.substr(name.size()), nullptr, /*allow_exceptions=*/false);
    if (!wanted.is_number() || !had.is_number()) continue;  // left to the config's own check
    require(wanted >= had, "train --resume: train.epochs may only be raised, want at least ", had.dump(), ", got ",
            wanted.dump());
    raised = wanted > had;
  }
  const auto name_of_schedule = schedule.value("name", nlohmann::json(""));
  auto resumed = train.value("resumed", nlohmann::json::array());
  const bool is_sound = name_of_schedule.is_string() && resumed.is_array();  // else the config's own check says it
  if (!raised || !is_sound || !ends_with_the_run(name_of_schedule.get<std::string>())) return overrides;
  resumed.push_back(had);
  overrides.push_back("train.resumed=" + resumed.dump());
  return overrides;
}

std::string warning_of_raised_epochs(const std::string& config_json) {
  Config config = Config::from_text(config_json, "config.json");
  FitConfig train;
  ScheduleConfig schedule;
  train.read(config.root().section("train", ""));
  schedule.read(config.root().section("schedule", ""));
  if (train.resumed.empty() || !ends_with_the_run(schedule.name)) return "";

  const int64_t steps = 1000;  // of an epoch: enough to tell the rate at its end
  const int64_t had = train.resumed.back(), last_step = had * steps - 1;
  const double before = learning_rate_fraction(schedule, last_step, steps, had * steps, 1);
  const double after = learning_rate_fraction(schedule, last_step, steps, train.epochs * steps, 1);
  return as_text("train.resumed: the epochs were raised from ", had, " to ", train.epochs, ", and schedule ",
                 schedule.name, " ends with the run: at epoch ", had, " the learning rate jumps from ",
                 format_percent(before), " to ", format_percent(after),
                 " of its highest. A run begun anew from this file has no such jump and gives other weights");
}

std::string as_never_resumed(const std::string& config_json) {
  auto config = nlohmann::ordered_json::parse(config_json);
  const auto train = config.find("train");
  if (train == config.end() || train->value("resumed", nlohmann::ordered_json::array()).empty()) return config_json;
  (*train)["resumed"] = nlohmann::ordered_json::array();
  return json_text(config);
}

}  // namespace glassbox
