#include "apps/mlp/history/sweep.h"

#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "apps/mlp/engine.h"
#include "apps/mlp/history/history.h"
#include "apps/mlp/inside/looks.h"
#include "apps/mlp/verbs.h"
#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/stop.h"
#include "common/report/format.h"

namespace glassbox::mlp {
namespace fs = std::filesystem;
namespace {

nlohmann::json read_json(const fs::path& path) { return nlohmann::json::parse(read_file(path)); }

/// Finished, and not to be gone on with for more epochs.
bool is_finished(const fs::path& folder, const Experiment& ask) {
  if (!fs::exists(folder / "summary.json") || read_json(folder / "summary.json").value("status", "") != "finished") {
    return false;
  }
  const auto epochs = read_json(folder / "config.json").at("train").at("epochs").get<int64_t>();
  return ask.sweep.path == "train.epochs" || epochs >= ask.train.epochs;
}

/// "hidden=8,seed=1" for a folder's name.
std::string folder_name(const std::string& path, const std::string& value, int64_t seed) {
  const std::string field = path.substr(path.rfind('.') + 1);
  std::string kept;
  for (char letter : value) {
    if (std::isalnum(static_cast<unsigned char>(letter)) || letter == '.' || letter == '-') kept += letter;
    if (letter == ',') kept += '-';
  }
  return path == "seed" ? as_text("seed=", kept) : as_text(field, "=", kept, ",seed=", seed);
}

/// The runs that are asked for, none of them done.
std::vector<SweepRow> plan(const Experiment& ask) {
  std::vector<SweepRow> rows;
  const std::vector<int64_t> seeds = ask.sweep.seeds.empty() ? std::vector<int64_t>{ask.seed} : ask.sweep.seeds;
  for (const std::string& value : ask.sweep.values) {
    for (int64_t seed : ask.sweep.path == "seed" ? std::vector<int64_t>{0} : seeds) {
      rows.push_back({value, seed, folder_name(ask.sweep.path, value, seed), {}, {}, {}});
    }
  }
  std::set<std::string> folders;
  for (const SweepRow& row : rows) {
    require(folders.insert(row.folder).second, "sweep: want different values and seeds, got ", row.folder, " twice");
  }
  return rows;
}

/// What makes the sweep's experiment that of one run.
std::vector<std::string> changes_for(const Experiment& ask, const SweepRow& row) {
  std::vector<std::string> changes = {"sweep.path=", "sweep.values=[]", "name=" + row.folder};
  if (ask.sweep.path != "seed") changes.push_back(as_text("seed=", row.seed));
  changes.push_back(ask.sweep.path + "=" + row.value);
  return changes;
}

/// A mistake in a value stops the sweep before any work.
void check_values(const Session& session, const Experiment& ask, const std::vector<SweepRow>& rows) {
  for (const SweepRow& row : rows) {
    const std::string source = as_text("sweep.path ", ask.sweep.path, ", value ", row.value, ":");
    Config config = Config::from_text(session.config_json(), source, changes_for(ask, row));
    Experiment one;
    one.read(config.root());
    config.finish();
  }
}

/// What a dry run tries: a mistake is in a value, not in a seed.
void keep_one_a_value(const Experiment& ask, std::vector<SweepRow>& rows) {
  std::vector<SweepRow> kept;
  for (SweepRow& row : rows) {
    const bool known = !kept.empty() && (ask.sweep.path == "seed" || kept.back().value == row.value);
    if (!known) kept.push_back(std::move(row));
  }
  rows = std::move(kept);
}

/// One run, begun, gone on with, or found finished.
void train_row(const Session& session, const Experiment& ask, const SweepRow& row,
               const std::function<void(Session&)>& train_one) {
  const fs::path folder = session.run().file(row.folder);
  if (is_finished(folder, ask)) return;
  Options options = session.options();
  options.part = options.quiet = true;
  options.config = options.run = options.resume = "";
  options.overrides.clear();
  if (fs::exists(folder / "config.json")) {
    options.resume = folder;
    if (ask.sweep.path != "train.epochs") options.overrides = {as_text("train.epochs=", ask.train.epochs)};
  } else {
    fs::remove_all(folder);
    options.run = folder;
    options.config = session.run().file("config.json");
    options.overrides = changes_for(ask, row);
  }
  Session one("mlp", options);
  train_one(one);
}

/// The share of the wrong labels that the network says itself.
double memorised(const DataSplits& noisy, const DataSplits& clean, const torch::Tensor& answers) {
  const torch::Tensor all = torch::arange(noisy.train->size());
  const torch::Tensor given = noisy.train->batch(all).target, right = clean.train->batch(all).target;
  const torch::Tensor wrong = given.ne(right);
  return answers.eq(given).logical_and(wrong).sum().item<double>() / wrong.sum().item<double>();
}

/// What the inside of the network looks like at the end: shares of units, the worst hidden layer's.
void add_inside(Trained& trained, const Dataset& train, Scores& figures) {
  const Batch some = train.batch(torch::arange(std::min<int64_t>(train.size(), 512)));
  const Look look = look_at(*trained.model, some.input);
  double dead = 0, saturated = 0, twins = 0;
  for (size_t i = 0; i + 1 < look.layers.size(); ++i) {
    dead = std::max(dead, look.layers[i].dead);
    saturated = std::max(saturated, look.layers[i].saturated);
    twins = std::max(twins, look.layers[i].twins);
  }
  figures.insert(figures.end(), {{"dead", dead}, {"saturated", saturated}, {"twins", twins}});
}

/// Scores of the last weights on what was learned and on the test set, the test accuracy of the kept weights, and what
/// is inside; with label noise, how much of it was learned by heart.
Scores figures_of(const Session& session, const fs::path& folder) {
  const auto summary = read_json(folder / "summary.json");
  Scores figures = {{"kept_test_accuracy", summary.at("test").at("accuracy").get<double>()}};
  if (!fs::exists(folder / "checkpoints/last.safetensors")) return figures;
  Trained trained = load_weights(folder / "checkpoints/last.safetensors", session.device());
  const Experiment& ask = trained.experiment;
  const DataSplits data = open_data(ask.data, session.data_folders(), uint64_t(ask.seed));
  const auto score = [&](const std::shared_ptr<const Dataset>& part) {
    const DataLoader loader(part, {/*batch_size=*/512, /*shuffle=*/false});
    return predict_all(forward_of(*trained.model), loader, session.device());
  };
  const Predictions train = score(data.train), test = score(data.test);
  figures.emplace_back("train_accuracy", accuracy(train));
  figures.emplace_back("test_accuracy", accuracy(test));
  if (ask.model.name != "perceptron") {
    figures.emplace_back("train_loss", cross_entropy(train));
    figures.emplace_back("guessing_loss", std::log(double(data.info().classes.size())));
  }
  if (ask.data.label_noise > 0) {
    DataConfig without = ask.data;
    without.label_noise = 0;
    const DataSplits clean = open_data(without, session.data_folders(), uint64_t(ask.seed));
    figures.emplace_back("memorised", memorised(data, clean, train.logits.argmax(1)));
  }
  add_inside(trained, *data.train, figures);
  if (summary.contains("findings")) {
    for (const auto& [name, value] : summary["findings"].items()) {
      if (value.is_number() && name != "train_accuracy") figures.emplace_back(name, value.get<double>());
    }
  }
  return figures;
}

void read_curves(const fs::path& folder, SweepRow& row) {
  for (const std::string& text : RunFolder::open(folder, /*to_continue=*/false).metrics()) {
    const auto line = nlohmann::json::parse(text);
    if (line.contains("train_loss"))
      row.train_loss.push_back(line["train_loss"].is_null() ? NAN : line["train_loss"].get<double>());
    if (line.contains("val_accuracy")) row.val_accuracy.push_back(line["val_accuracy"].get<double>());
  }
}

std::string line_of(const SweepRow& row) {
  nlohmann::ordered_json line = {{"value", row.value}, {"seed", row.seed}, {"folder", row.folder}};
  for (const auto& [name, value] : row.figures) line[name] = value;
  return line.dump();
}

}  // namespace

Spread spread_of(const std::vector<SweepRow>& rows, const std::string& value, const std::string& figure) {
  std::vector<double> found;
  for (const SweepRow& row : rows) {
    for (const auto& [name, number] : row.figures) {
      if (name == figure && (value.empty() || row.value == value)) found.push_back(number);
    }
  }
  Spread spread{NAN, NAN, int64_t(found.size())};
  if (found.empty()) return spread;
  double sum = 0, squares = 0;
  for (double number : found) sum += number;
  spread.mean = sum / double(found.size());
  for (double number : found) squares += (number - spread.mean) * (number - spread.mean);
  spread.deviation = found.size() > 1 ? std::sqrt(squares / double(found.size() - 1)) : 0;
  return spread;
}

void run_sweep(Session& session, const Experiment& ask, const std::function<void(Session&)>& train_one) {
  const StopGuard a_signal_only_sets_a_flag;
  std::vector<SweepRow> rows = plan(ask);
  check_values(session, ask, rows);
  warn_of_ignored(ask.data.ignored_fields());
  const DataSplits data = open_data(ask.data, session.data_folders(), uint64_t(ask.seed));
  Mlp model = make_model(data.info(), ask, torch::kCPU);
  const RunFolder& run = session.begin_run(ask.name, uint64_t(ask.seed), data, count_parameters(*model));
  if (session.options().dry_run) keep_one_a_value(ask, rows);
  FitResult result;
  for (SweepRow& row : rows) {
    train_row(session, ask, row, train_one);
    if (session.options().dry_run) continue;
    row.figures = figures_of(session, run.file(row.folder));
    read_curves(run.file(row.folder), row);
    result.seconds += read_json(run.file(row.folder) / "summary.json").value("seconds", 0.0);
    session.say(
        as_text(row.folder, "  test accuracy ", format_percent(spread_of({row}, "", "kept_test_accuracy").mean)));
  }
  if (session.options().dry_run) {
    return session.finish_run(result, "accuracy", {},
                              {{}, as_text("dry run: ", rows.size(), " tried, all begin well")});
  }
  std::vector<std::string> lines;
  for (const SweepRow& row : rows) lines.push_back(line_of(row));
  run.replace_metrics(lines);
  write_sweep_report(run, ask, rows);
  Findings findings;
  for (const Text& claim : claims_of(ask, rows)) findings.sentence += (findings.sentence.empty() ? "" : " ") + claim.en;
  findings.figures = {{"runs", double(rows.size())}};
  Scores test;
  if (repeats_one_thing(ask)) {  // a mean over different experiments would mean nothing
    const Spread kept = spread_of(rows, "", "kept_test_accuracy");
    test = {{"accuracy", kept.mean}};
    findings.figures.emplace_back("accuracy_deviation", kept.deviation);
  }
  session.finish_run(result, "accuracy", test, findings);
}

}  // namespace glassbox::mlp
