/// The fixture of the end-to-end tests: an empty folder to work in, experiments, runs, and what a refusal looks like.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "common/base/atomic_file.h"
#include "tests/common/data/make_idx.h"
#include "tests/common/on_ci.h"
#include "tests/common/temp_folder.h"
#include "tests/e2e/program.h"

namespace glassbox::e2e {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

inline Words operator+(Words first, const Words& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// Every file and folder below `folder`, with the contents of the files.
inline std::map<std::string, std::string> snapshot(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).string();
    if (entry.is_symlink()) continue;  // it may lead nowhere or round
    if (entry.is_regular_file()) all[name] = read_file(entry.path());
    if (entry.is_directory()) all[name + "/"] = "";
  }
  return all;
}

inline std::set<std::string> changed_names(const std::map<std::string, std::string>& before,
                                           const std::map<std::string, std::string>& after) {
  std::set<std::string> names;
  for (const auto& [name, text] : before) {
    if (after.count(name) == 0 || after.at(name) != text) names.insert(name);
  }
  for (const auto& [name, text] : after) {
    if (before.count(name) == 0) names.insert(name);
  }
  return names;
}

/// All of a run but time: what two runs of one experiment have in common. Compare with ==; the names say what differs.
inline std::map<std::string, std::string> outcome(const fs::path& run) {
  std::map<std::string, std::string> all;
  for (const char* name : {"checkpoints/last.safetensors", "checkpoints/best.safetensors", "config.json"}) {
    all[name] = read_file(run / name);
  }
  if (fs::exists(run / "inside.jsonl")) all["inside.jsonl"] = read_file(run / "inside.jsonl");
  std::istringstream lines(read_file(run / "metrics.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    Json metrics = Json::parse(line);
    metrics.erase("samples_per_second");
    metrics.erase("seconds");
    all["metrics.jsonl"] += metrics.dump() + "\n";
  }
  Json summary = Json::parse(read_file(run / "summary.json"));
  for (const char* time : {"seconds", "samples_per_second", "name"}) summary.erase(time);
  all["summary.json"] = summary.dump();
  return all;
}

inline void expect_same_outcome(const fs::path& run, const std::map<std::string, std::string>& want) {
  const auto got = outcome(run);
  EXPECT_EQ(changed_names(want, got), std::set<std::string>{}) << "in " << run;
  EXPECT_EQ(got.at("metrics.jsonl"), want.at("metrics.jsonl"));
  EXPECT_EQ(got.at("summary.json"), want.at("summary.json"));
}

class Desk : public testing::Test {
 protected:
  Desk() { fs::create_directory(tmp_); }

  /// No program leaves anything in the temporary folder, whatever was asked of it.
  void TearDown() override { EXPECT_TRUE(fs::is_empty(tmp_)) << *fs::directory_iterator(tmp_); }

  Surroundings around() const {
    return {here_.path(), {{"TMPDIR", tmp_.string()}, {"GLASSBOX_DATA", data_variable()}}};
  }

  Ended ask(const Words& words) const { return run(app_, words, around()); }
  Ended mlp(const Words& words) const { return run("mlp", words, around()); }

  /// Trains quietly on one thread and expects success.
  Ended train(const Words& words) const {
    const Ended ended = ask(Words{"train", "--quiet", "--threads", "1"} + words);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended;
  }

  fs::path write(const std::string& name, const std::string& text) const {
    write_file(here_ / name, text);
    return name;
  }
  std::string read(const fs::path& name) const { return read_file(here_.path() / name); }
  Json read_json(const fs::path& name) const { return Json::parse(read(name)); }
  bool exists(const fs::path& name) const { return fs::exists(here_.path() / name); }

  /// 300 points in the plane, two short epochs.
  std::string moons(const std::string& name = "moons.json") const {
    return write(name, R"({"name": "moons", "data": {"name": "moons", "samples": 300, "batch_size": 32},
                           "model": {"hidden": [16]}, "optimizer": {"learning_rate": 0.02}, "train": {"epochs": 2}})");
  }

  /// Images: our own tiny idx files in data/mnist, 60 to learn from and 20 to test.
  std::string images(const std::string& name = "images.json") const {
    write_idx_part(here_ / "data/mnist", "train", 60, 20);
    write_idx_part(here_ / "data/mnist", "t10k", 20, 30);
    return write(name, R"({"name": "images", "data": {"name": "mnist", "batch_size": 16, "val_share": 0.2},
                           "model": {"hidden": [8]}, "train": {"epochs": 2}})");
  }
  const Words kOwnData = {"--data", "data"};

  /// A table with a header; the label is in its last column.
  std::string table(const std::string& name = "table.csv", int rows = 60) const {
    std::string text = "width,height,kind\n";
    for (int i = 0; i < rows; ++i) {
      text += std::to_string(i * 7 % rows) + "," + std::to_string(i % 7) + (i % 2 ? ",round\n" : ",square\n");
    }
    return write(name, text);
  }
  std::string table_config(const std::string& csv, const std::string& name = "table.json") const {
    return write(name, R"({"name": "table", "data": {"name": "csv", "path": ")" + csv +
                           R"(", "batch_size": 16}, "model": {"hidden": [8]}, "train": {"epochs": 2}})");
  }

  /// A finished run of "moons", "images" or "table" in "run", trained once for all tests and copied, with its data
  /// beside it.
  void bring_trained(const std::string& kind) const {
    bring(kind, [&] {
      const std::string config = kind == "images" ? images() : kind == "table" ? table_config(table()) : moons();
      train({"--config", config, "--run", "run", "--data", "data"});
    });
  }

  /// Fills here_ with what `make` makes there: a copy of what the test TrainedRuns kept in build/test_runs with this
  /// program, or of what an earlier test of this process made.
  template <typename Make>
  void bring(const std::string& kind, const Make& make) const {
    static std::map<std::string, std::unique_ptr<TempFolder>> made;
    const fs::path kept = kept_run(kind);
    if (fs::exists(kept) && fs::last_write_time(kept) > fs::last_write_time(program_folder() / app_)) {
      copy_all(kept, here_.path());
    } else if (made.count(kind) > 0) {
      copy_all(made[kind]->path(), here_.path());
    } else {
      make();
      made[kind] = std::make_unique<TempFolder>();
      copy_all(here_.path(), made[kind]->path());
    }
  }

  /// Keeps what `bring_it` brings for the tests of all processes. Half a copy is never seen: it gets its name at the
  /// end.
  template <typename BringIt>
  void keep_for_all(const std::string& kind, const BringIt& bring_it) const {
    const fs::path kept = kept_run(kind), half = kept_run(kind + ".part");
    for (const fs::path& old : {kept, half}) fs::remove_all(old);
    bring_it();
    fs::create_directories(half);
    copy_all(here_.path(), half);
    fs::rename(half, kept);
  }

  /// Exit 2, nothing on stdout, one clear message that holds every text, and every file as it was.
  void expect_refused(const Words& words, const Words& texts) const {
    const auto before = snapshot(here_.path());
    expect_message(ask(words), texts, words);
    EXPECT_EQ(changed_names(before, snapshot(here_.path())), std::set<std::string>{}) << "after " << Json(words).dump();
  }

  static void expect_message(const Ended& ended, const Words& texts, const Words& words = {}) {
    SCOPED_TRACE(Json(words).dump() + " printed\n" + ended.err);
    EXPECT_EQ(ended.code, 2) << "signal " << ended.signal;
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err.rfind("error: ", 0), 0u) << "want \"error: \" first";
    EXPECT_EQ(ended.err.find("\nerror: "), std::string::npos) << "want one message";
    for (const std::string& text : texts) EXPECT_NE(ended.err.find(text), std::string::npos) << "want " << text;
    for (const char* noise : {"terminate called", "what():", "Exception raised from", "frame #", "WARN", "warning",
                              "basic_string", "OpenCV(", "Segmentation"}) {
      EXPECT_EQ(ended.err.find(noise), std::string::npos) << noise;
    }
    EXPECT_LT(ended.err.size(), 2000u);
  }

  fs::path kept_run(const std::string& kind) const {
    return program_folder().parent_path() / "test_runs" / (app_ + "-" + kind);
  }
  static void copy_all(const fs::path& from, const fs::path& to) {
    fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }

  static std::string data_variable() {
    const char* listed = std::getenv("GLASSBOX_DATA");
    return listed == nullptr ? "" : fs::absolute(listed).string();  // programs start in other folders than we do
  }

  std::string app_ = "mlp";  ///< whose train(), ask() and expect_refused() are
  TempFolder here_;
  fs::path tmp_ = here_ / "tmp";
};

}  // namespace glassbox::e2e
