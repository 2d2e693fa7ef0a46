#include "common/run/sweep.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "common/base/error.h"
#include "common/base/json_record.h"
#include "common/base/stop.h"
#include "common/report/format.h"
#include "common/run/session.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

/// What a sweep itself wants to know of an experiment, whatever the app.
struct Swept {
  std::string name;
  int64_t seed = 1, epochs = 0;
  SweepConfig sweep;
};

Swept read_swept(const std::string& config_json) {
  Config config = Config::from_text(config_json, "the experiment");
  ConfigReader root = config.root();
  Swept swept;
  root.field("name", swept.name, any_text(), "");
  root.field("seed", swept.seed, any_number(), "");
  root.section("train", "").field("epochs", swept.epochs, any_number(), "");
  swept.sweep.read(root.section("sweep", ""));
  return swept;
}

std::string folder_part(const std::string& text) {
  std::string kept;
  for (const char letter : text) {
    if (std::isalnum(static_cast<unsigned char>(letter)) || std::string(".-=_").find(letter) != std::string::npos)
      kept += letter;
    if (letter == ',') kept += '-';
  }
  return kept;
}

/// "hidden=8,seed=1" for a folder's name.
std::string folder_name(const SweepConfig& sweep, const std::string& value, int64_t seed) {
  if (sweep.path == "seed") return "seed=" + folder_part(value);
  const std::string field = sweep.path.substr(sweep.path.rfind('.') + 1);
  const std::string change = sweep.changes.empty() ? value : value.substr(value.rfind('.') + 1);
  std::string what = field.empty() ? folder_part(change) : field + "=" + folder_part(value);
  if (what.empty()) what = "unchanged";
  return as_text(what, ",seed=", seed);
}

/// The runs that are asked for, none of them done.
std::vector<SweepRow> plan(const Swept& swept) {
  const SweepConfig& sweep = swept.sweep;
  const std::vector<int64_t> own = {swept.seed};
  std::vector<std::string> values = sweep.changes.empty() ? sweep.values : sweep.changes;
  if (values.empty()) values = {""};  // seeds alone
  constexpr size_t kMostRuns = 10'000;
  const size_t runs = values.size() * std::max<size_t>(1, sweep.seeds.size());
  require(runs <= kMostRuns, "sweep: want at most ", kMostRuns, " runs, got ", values.size(), " values times ",
          sweep.seeds.size(), " seeds");
  std::vector<SweepRow> rows;
  for (const std::string& value : values) {
    for (const int64_t seed : sweep.path == "seed" || sweep.seeds.empty() ? own : sweep.seeds) {
      rows.push_back({value, seed, folder_name(sweep, value, seed)});
    }
  }
  std::set<std::string> folders;
  for (const SweepRow& row : rows) {
    require(folders.insert(row.folder).second, "sweep: want different values and seeds, got ", row.folder, " twice");
  }
  return rows;
}

/// What makes the sweep's experiment that of one run.
std::vector<std::string> changes_for(const SweepConfig& sweep, const SweepRow& row) {
  std::vector<std::string> changes = {"sweep.path=", "sweep.values=[]", "sweep.changes=[]", "sweep.seeds=[]",
                                      "name=" + row.folder};
  if (sweep.path != "seed") changes.push_back(as_text("seed=", row.seed));
  if (!sweep.path.empty()) changes.push_back(sweep.path + "=" + row.value);
  if (sweep.path.empty() && !row.value.empty()) changes.push_back(row.value);
  return changes;
}

/// A mistake in a value stops the sweep before any work.
void check_values(const Session& session, const SweepApp& app, const SweepConfig& sweep,
                  const std::vector<SweepRow>& rows) {
  for (const SweepRow& row : rows) {
    const std::string source = sweep.path.empty() ? as_text("sweep.changes, \"", row.value, "\":")
                                                  : as_text("sweep.path ", sweep.path, ", value ", row.value, ":");
    Config config = Config::from_text(session.config_json(), source, changes_for(sweep, row));
    app.read_config(config.root());
    config.finish();
  }
}

/// What a dry run tries: a mistake is in a value, not in a seed.
std::vector<SweepRow> one_a_value(const SweepConfig& sweep, const std::vector<SweepRow>& rows) {
  std::vector<SweepRow> kept;
  for (const SweepRow& row : rows) {
    const bool known = !kept.empty() && (sweep.path == "seed" || kept.back().value == row.value);
    if (!known) kept.push_back(row);
  }
  return kept;
}

/// Finished, and not to be gone on with for more epochs.
bool is_finished(const RunFolder& run, const Swept& swept) {
  if (!run.has("summary.json")) return false;
  if (JsonRecord::from_file(run.file("summary.json")).text("status", "") != "finished") return false;
  const JsonRecord config = JsonRecord::from_file(run.file("config.json"));
  const int64_t epochs = config.object("train").whole("epochs", 1, int64_t(9e15));
  return swept.sweep.path == "train.epochs" || epochs >= swept.epochs;
}

/// One run, begun, gone on with, or found finished. `number` counts from 1.
void train_row(const Session& session, const SweepApp& app, const Swept& swept, const SweepRow& row, int64_t number) {
  const fs::path folder = session.run().part(row.folder);
  const bool begun = session.run().has(row.folder) && session.run().has(row.folder + "/config.json");
  if (begun && is_finished(RunFolder::open(folder, /*to_continue=*/false), swept)) return;
  Options options = session.options();
  options.verb = "train";
  options.part = number;
  options.quiet = true;
  options.config = options.run = options.resume = "";
  options.overrides.clear();
  if (begun) {
    options.resume = folder;
    if (swept.sweep.path != "train.epochs") options.overrides = {as_text("train.epochs=", swept.epochs)};
  } else {
    fs::remove_all(folder);
    options.run = folder;
    options.config = session.run().file("config.json").path();
    options.overrides = changes_for(swept.sweep, row);
  }
  Session one(session.app(), options);
  app.train(one);
}

/// Test scores and seconds of a finished run, and its curves. Notes the units of its headlines.
void read_results(const RunFolder& run, SweepRow& row, std::map<std::string, std::string>& units) {
  const JsonRecord summary = JsonRecord::from_file(run.file("summary.json"));
  const JsonRecord test = summary.object("test");
  for (const std::string& name : test.names()) row.figures.emplace_back("test_" + name, test.number_or_nan(name));
  if (summary.has("units")) {
    const JsonRecord own = summary.object("units");
    for (const std::string& name : own.names()) units["test_" + name] = own.text(name, "");
  }
  row.figures.emplace_back("seconds", summary.has("seconds") ? summary.number("seconds", 0) : 0.0);
  for (const JsonRecord& line : JsonRecord::from_lines(run.metrics(), run.file("metrics.jsonl").string())) {
    for (const std::string& name : line.names()) {
      const bool is_score = name.rfind("train_", 0) == 0 || name.rfind("val_", 0) == 0;
      if (is_score) row.curves[name].push_back(line.number_or_nan(name));
    }
  }
}

std::string line_of(const SweepRow& row) {
  nlohmann::ordered_json line = {{"value", row.value}, {"seed", row.seed}, {"folder", row.folder}};
  for (const auto& [name, value] : row.figures) line[name] = value;
  return line.dump();
}

/// For the terminal and a README: a Markdown table, a line a value.
std::string table_text(const SweepConfig& sweep, const std::vector<SweepRow>& rows,
                       const std::map<std::string, std::string>& units) {
  std::string text = "| " + (sweep.path.empty() ? std::string("change") : sweep.path) + " | runs |";
  std::string rule = "| --- | ---: |";
  for (const auto& [name, unit] : units) {
    text += " " + name + " | lowest | highest |";
    rule += " ---: | ---: | ---: |";
  }
  text += " seconds a run |\n" + rule + " ---: |\n";
  const auto add = [&](const std::string& label, const std::string& value) {
    text += "| " + label + " | " + std::to_string(spread_of(rows, value, "seconds").runs) + " |";
    for (const auto& [name, unit] : units) {
      const Spread s = spread_of(rows, value, name);
      text += " " + spread_text(s, unit) + " | " + with_unit(s.low, unit) + " | " + with_unit(s.high, unit) + " |";
    }
    text += " " + format_number(spread_of(rows, value, "seconds").mean, 3) + " |\n";
  };
  const std::vector<std::string> values = values_of(rows);
  for (const std::string& value : values) {
    if (values.size() > 1 || !value.empty())
      add(value.empty() ? "unchanged" : value, value.empty() ? "unchanged" : value);
  }
  if (sweep.repeats_one_thing()) add("all", "");
  return text;
}

std::string what_varies(const SweepConfig& sweep, size_t runs) {
  std::string text = as_text(runs, runs == 1 ? " run" : " runs");
  if (!sweep.path.empty()) text += " over " + sweep.path;
  if (!sweep.changes.empty()) text += as_text(" with ", sweep.changes.size(), " changes");
  if (!sweep.seeds.empty()) text += as_text(", ", sweep.seeds.size(), sweep.seeds.size() == 1 ? " seed" : " seeds");
  return text;
}

}  // namespace

void SweepConfig::read(ConfigReader json) {
  json.field("path", path, any_text(), "the field that varies, as \"model.hidden\"; empty = none");
  json.field("values", values, any_text(), "its values, each as behind --set path=");
  json.field("changes", changes, any_text(), "instead: changes as behind --set, one a run, or \"\" for none");
  json.field("seeds", seeds, between(0, 9e15), "each is run with each of them; none = the experiment's own");
  if (path == "name" || path.rfind("sweep", 0) == 0)
    json.problem("path", "want a field of the runs, got \"" + path + "\"");
  if (path.empty() != values.empty()) json.problem("values", "want path and values, or neither");
  if (!path.empty() && !changes.empty()) json.problem("changes", "want either path and values or changes, got both");
  for (const std::string& change : changes) {
    if (!change.empty() && change.find('=') == std::string::npos)
      json.problem("changes", "want PATH=VALUE, got \"" + change + "\"");
  }
}

bool SweepConfig::repeats_one_thing() const {
  return path == "seed" || path == "data.fold" || (path.empty() && changes.empty());
}

Spread spread_of(const std::vector<SweepRow>& rows, const std::string& value, const std::string& figure) {
  std::vector<double> found;
  for (const SweepRow& row : rows) {
    const bool asked = value.empty() || (row.value.empty() ? "unchanged" : row.value) == value;
    for (const auto& [name, number] : row.figures) {
      if (name == figure && asked) found.push_back(number);
    }
  }
  Spread spread{NAN, NAN, NAN, NAN, int64_t(found.size())};
  if (found.empty()) return spread;
  double sum = 0, squares = 0;
  for (const double number : found) sum += number;
  spread.mean = sum / double(found.size());
  for (const double number : found) squares += (number - spread.mean) * (number - spread.mean);
  spread.deviation = found.size() > 1 ? std::sqrt(squares / double(found.size() - 1)) : 0;
  spread.low = *std::min_element(found.begin(), found.end());
  spread.high = *std::max_element(found.begin(), found.end());
  return spread;
}

std::vector<std::string> values_of(const std::vector<SweepRow>& rows) {
  std::vector<std::string> values;
  for (const SweepRow& row : rows) {
    if (std::find(values.begin(), values.end(), row.value) == values.end()) values.push_back(row.value);
  }
  return values;
}

std::string spread_text(const Spread& spread, const std::string& unit) {
  if (spread.runs == 0) return "";
  if (spread.runs == 1) return with_unit(spread.mean, unit);
  const double scale = unit == "%" ? 100 : 1;
  return format_number(scale * spread.mean, 4) + " ± " + format_number(scale * spread.deviation, 2) +
         (unit.empty() ? "" : " " + unit);
}

void require_no_sweep(const Session& session, const SweepConfig& sweep) {
  require(!sweep.is_on(), session.options().verb, ": ", session.options().config.string(), " is a sweep, ",
          what_varies(sweep, std::max<size_t>({sweep.values.size(), sweep.changes.size(), 1})),
          "; run it with: ", session.app(), " sweep --config ", session.options().config.string());
}

void run_sweep(Session& session, const SweepApp& app) {
  const StopGuard a_signal_only_sets_a_flag;
  session.read_config(app.read_config);
  const Swept swept = read_swept(session.config_json());
  require(swept.sweep.is_on(), "sweep: want a \"sweep\" section in the experiment, or --over PATH=VALUE;VALUE, or ",
          "--seeds 1,2,3, got none");
  std::vector<SweepRow> rows = plan(swept);
  check_values(session, app, swept.sweep, rows);
  Facts facts;
  facts.data = what_varies(swept.sweep, rows.size());
  const RunFolder& run = session.begin_run(swept.name, uint64_t(swept.seed), /*sources=*/{}, facts);
  const bool dry_run = session.options().dry_run;
  if (dry_run) rows = one_a_value(swept.sweep, rows);

  std::map<std::string, std::string> units;
  LoopResult result;
  for (size_t i = 0; i < rows.size(); ++i) {
    SweepRow& row = rows[i];
    train_row(session, app, swept, row, int64_t(i) + 1);
    if (dry_run) continue;
    const RunFolder one = RunFolder::open(run.part(row.folder), /*to_continue=*/false);
    read_results(one, row, units);
    if (app.figures) {
      for (const auto& figure : app.figures(session, one)) row.figures.push_back(figure);
    }
    result.seconds += spread_of({row}, "", "seconds").mean;
    std::string line = row.folder;
    for (const auto& [name, unit] : units) line += "  " + name + " " + with_unit(spread_of({row}, "", name).mean, unit);
    session.say(line);
  }
  if (dry_run) return session.finish_run({result, {}, {}, as_text("dry run: ", rows.size(), " tried, all begin well")});
  std::vector<std::string> lines;
  for (const SweepRow& row : rows) lines.push_back(line_of(row));
  run.replace_metrics(lines);
  write_sweep_report(run, swept.name, swept.sweep, app, rows, units);

  RunOutcome outcome{result, {}, {{"runs", double(rows.size())}}, table_text(swept.sweep, rows, units)};
  const std::vector<Text> claims = app.claims ? app.claims(swept.sweep, rows) : std::vector<Text>{};
  for (const Text& claim : claims) outcome.sentence += claim.en + "\n";
  for (const auto& [name, unit] : units) {
    if (!swept.sweep.repeats_one_thing()) break;  // a mean over different experiments would mean nothing
    const Spread spread = spread_of(rows, "", name);
    outcome.test.emplace_back(name.substr(5), spread.mean);
    outcome.figures.emplace_back(name.substr(5) + "_deviation", spread.deviation);
  }
  session.finish_run(outcome);
}

}  // namespace glassbox
