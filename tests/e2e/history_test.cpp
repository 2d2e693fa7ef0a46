/// The experiments of configs/mlp/history, and the verb that asks what a network bought.
#include <sstream>

#include "common/base/atomic_file.h"
#include "tests/e2e/desk.h"

namespace glassbox::e2e {
namespace {

const fs::path kHistory = fs::current_path() / "configs/mlp/history";

class History : public Desk {
 protected:
  std::string config(const std::string& name) const { return (kHistory / (name + ".json")).string(); }

  Json train_history(const std::string& name, const Words& more = {}) const {
    const Ended ended = train(Words{"--config", config(name), "--run", "run", "--json"} + more);
    EXPECT_TRUE(exists("run/report.html"));
    EXPECT_FALSE(exists("run/report.html") && read("run/report.html").find("nan") != std::string::npos);
    return Json::parse(ended.out, nullptr, /*allow_exceptions=*/false);
  }
};

TEST_F(History, EveryExperimentBeginsWell) {
  int experiments = 0;
  for (const auto& file : fs::directory_iterator(kHistory)) {
    const bool is_sweep = read_file(file.path()).find("\"sweep\"") != std::string::npos;
    const Ended ended =
        mlp({is_sweep ? "sweep" : "train", "--config", file.path().string(), "--dry-run", "--quiet", "--threads", "1"});
    EXPECT_EQ(ended.code, 0) << file.path() << "\n" << ended.err;
    EXPECT_EQ(mlp({"describe", "--config", file.path().string()}).code, 0) << file.path();
    ++experiments;
  }
  EXPECT_GE(experiments, 14);
  EXPECT_FALSE(exists("runs"));
}

TEST_F(History, UnitsSetByHandSayXor) {
  const Json summary = train_history("mcculloch_pitts");
  EXPECT_EQ(summary.at("test").at("accuracy"), 1);
  EXPECT_EQ(summary.at("sentence"), "5 of 5 truth tables are as wanted");
  const std::string units = R"(model.units=["AND = a + b >= 1"])", truth = R"(model.truth=["AND = 0001"])";
  const Ended wrong = train({"--config", config("mcculloch_pitts"), "--set", units, "--set", truth});
  EXPECT_EQ(wrong.out.rfind("0 of 1 truth tables are as wanted", 0), 0u) << wrong.out;
}

TEST_F(History, SetosaIsSeparated) {
  const Json summary = train_history("perceptron_setosa");
  EXPECT_EQ(summary.at("test").at("accuracy"), 1);
  EXPECT_EQ(summary.at("findings").at("converged"), 1);
  EXPECT_LE(summary.at("findings").at("mistakes"), summary.at("findings").at("novikoff_bound"));
  // A perceptron's run is a run: it is scored and asked like any other.
  const Json eval = Json::parse(mlp({"eval", "--run", "run", "--json"}).out);
  EXPECT_EQ(eval.at("accuracy"), 1);
  write("flowers.csv", "petal_length,petal_width\n1.4,0.2\n5.1,1.9\n");
  const Json said = Json::parse(mlp({"predict", "--run", "run", "flowers.csv", "--json"}).out).at("predictions");
  EXPECT_EQ(said.at(0).at("class"), "setosa");
  EXPECT_EQ(said.at(1).at("class"), "not setosa");
}

TEST_F(History, VersicolorAndVirginicaNeverConvergeAndItSaysSo) {
  const Json summary = train_history("perceptron_versicolor_virginica", {"--set", "train.epochs=100"});
  EXPECT_EQ(summary.at("findings").at("converged"), 0);
  EXPECT_GT(summary.at("findings").at("mistakes_of_last_pass"), 0);
  EXPECT_NE(summary.at("sentence").get<std::string>().find("never converges"), std::string::npos);
}

TEST_F(History, XorHasFourInequalitiesThatNoPerceptronCanMeet) {
  const Json summary = train_history("perceptron_xor", {"--set", "train.epochs=50"});
  EXPECT_EQ(summary.at("findings").at("converged"), 0);
  const std::string page = read("run/report.html");
  for (const char* text : {"w1 + w2 + b &lt;= 0", "w1 + b &gt; 0", "w2 + b &gt; 0", ">b &lt;= 0"}) {
    EXPECT_NE(page.find(text), std::string::npos) << text;
  }
}

TEST_F(History, TheSameSeedGivesTheSamePerceptron) {
  train({"--config", config("perceptron_zero"), "--run", "a"});
  train({"--config", config("perceptron_zero"), "--run", "b"});
  EXPECT_EQ(read("a/checkpoints/last.safetensors"), read("b/checkpoints/last.safetensors"));
  EXPECT_EQ(read("a/metrics.jsonl"), read("b/metrics.jsonl"));
}

/// The lines of a sweep's metrics without what a clock says.
std::string without_seconds(const std::string& lines) {
  std::string same;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    Json row = Json::parse(line);
    row.erase("seconds");
    same += row.dump() + "\n";
  }
  return same;
}

class SweepRuns : public History {
 protected:
  /// Three widths, two seeds each, on points in the plane.
  std::string config() const {
    return write("sweep.json", R"({"name": "widths", "data": {"name": "moons", "samples": 200, "batch_size": 32},
      "model": {"hidden": [2]}, "train": {"epochs": 2},
      "sweep": {"path": "model.hidden", "values": ["[1]", "[4]", "[8,8]"], "seeds": [1, 2]}})");
  }

  void sweep(std::vector<std::string> words) const {
    words.insert(words.begin(), "sweep");
    words.push_back("--quiet");
    const auto done = mlp(words);
    ASSERT_EQ(done.code, 0) << done.err;
  }
};

TEST_F(SweepRuns, EveryValueAndSeedIsARunOfItsOwn) {
  sweep({"--config", config(), "--run", "run"});
  for (const char* name : {"hidden=1,seed=1", "hidden=4,seed=2", "hidden=8-8,seed=2"}) {
    const Json summary = read_json(fs::path("run") / name / "summary.json");
    EXPECT_EQ(summary.at("status"), "finished") << name;
    EXPECT_TRUE(exists(fs::path("run") / name / "report.html")) << name;
  }
  // The one with 4 units and seed 2 is what the experiment gives alone.
  train({"--config", config(), "--run", "alone", "--seed", "2", "--set", "model.hidden=[4]", "--set",
         "sweep.path=", "--set", "sweep.values=[]", "--set", "sweep.seeds=[]"});
  EXPECT_EQ(read_json("alone/summary.json").at("test"), read_json("run/hidden=4,seed=2/summary.json").at("test"));
  std::istringstream lines(read("run/metrics.jsonl"));
  int rows = 0;
  for (std::string line; std::getline(lines, line); ++rows) {
    const Json row = Json::parse(line);
    EXPECT_EQ(
        row.at("test_accuracy"),
        read_json(fs::path("run") / row.at("folder").get<std::string>() / "summary.json").at("test").at("accuracy"));
  }
  EXPECT_EQ(rows, 6);
}

TEST_F(SweepRuns, AResumedSweepRepeatsOnlyWhatIsMissing) {
  sweep({"--config", config(), "--run", "run"});
  const std::string kept = read("run/hidden=4,seed=1/environment.json"), rows = read("run/metrics.jsonl");
  write("run/hidden=4,seed=1/environment.json", kept + "\n");  // a run that were repeated would write it anew
  fs::remove_all(here_ / "run/hidden=8-8,seed=1");
  sweep({"--resume", "run"});
  EXPECT_EQ(without_seconds(read("run/metrics.jsonl")), without_seconds(rows));
  EXPECT_EQ(read("run/hidden=4,seed=1/environment.json"), kept + "\n");
  EXPECT_TRUE(exists("run/hidden=8-8,seed=1/summary.json"));
}

TEST_F(SweepRuns, MoreEpochsAreForEveryRun) {
  sweep({"--config", config(), "--run", "run"});
  sweep({"--resume", "run", "--set", "train.epochs=3"});
  for (const char* name : {"hidden=1,seed=1", "hidden=8-8,seed=2"}) {
    EXPECT_EQ(read_json(fs::path("run") / name / "summary.json").at("epochs"), 3) << name;
  }
}

TEST_F(SweepRuns, AMistakeInAValueIsTheUsers) {
  expect_refused({"sweep", "--config", config(), "--set", R"(sweep.values=["[4]", "[0]"])"},
                 {"sweep.path model.hidden, value [0]", "model.hidden[0]: want a whole number"});
  expect_refused({"sweep", "--config", config(), "--set", "sweep.path=name"},
                 {"want a field of the runs, got \"name\""});
  expect_refused({"sweep", "--config", config(), "--set", "sweep.values=[]"}, {"want path and values, or neither"});
  expect_refused({"sweep", "--config", config(), "--set", R"(sweep.values=["[4]", "[4]"])"},
                 {"want different values and seeds, got hidden=4,seed=1 twice"});
}

TEST_F(SweepRuns, FlagsSayWhatVaries) {
  const std::string moons =
      write("moons.json", R"({"name": "m", "data": {"name": "moons", "samples": 200, "batch_size": 32},
      "model": {"hidden": [2]}, "train": {"epochs": 1}})");
  sweep({"--config", moons, "--run", "run", "--over", "model.hidden=[2];[3]", "--seeds", "4,5"});
  EXPECT_TRUE(exists("run/hidden=2,seed=4/report.html"));
  EXPECT_TRUE(exists("run/hidden=3,seed=5/report.html"));
  const Json summary = read_json("run/summary.json");
  EXPECT_EQ(summary.at("findings").at("runs"), 4);
  EXPECT_NE(summary.at("sentence").get<std::string>().find("| [3] | 2 |"), std::string::npos) << summary;
  sweep({"--config", moons, "--run", "changed", "--set", R"(sweep.changes=["", "model.activation=tanh"])"});
  EXPECT_TRUE(exists("changed/unchanged,seed=1/report.html"));
  EXPECT_TRUE(exists("changed/activation=tanh,seed=1/report.html"));
  expect_refused({"sweep", "--config", moons}, {"want a \"sweep\" section"});
  expect_refused({"sweep", "--config", moons, "--seeds", "1,x"}, {"--seeds: want whole numbers"});
}

TEST_F(SweepRuns, TrainSaysWhoRunsASweep) {
  expect_refused({"train", "--config", config()}, {"is a sweep", "mlp sweep --config"});
}

TEST_F(History, BaselinesAreScoredOnTheSameSplit) {
  const std::string config = write("small.json", R"({"name": "small", "data": {"name": "moons", "samples": 400,
      "batch_size": 32, "test_share": 0.3}, "model": {"hidden": [16]}, "optimizer": {"learning_rate": 0.02},
      "train": {"epochs": 20}})");
  const Json summary = Json::parse(mlp({"baselines", "--config", config, "--run", "run", "--json", "--quiet"}).out);
  const Json& scores = summary.at("test");
  for (const char* method : {"k nearest neighbours", "linear SVM", "RBF SVM", "softmax regression", "the network"}) {
    EXPECT_GT(scores.at(method), 0.7) << method;
  }
  EXPECT_EQ(scores.at("the network"), read_json("run/network/summary.json").at("test").at("accuracy"));
  EXPECT_EQ(scores.at("accuracy"), scores.at("the network"));
  EXPECT_TRUE(exists("run/report.html"));
  expect_refused({"train", "--resume", "run"}, {"was made by baselines", "begin it anew"});
  expect_refused({"explain", "--run", "run"}, {"it compares methods", "run/network"});
  expect_refused({"baselines", "--config", this->config("perceptron_and")}, {"want an experiment with one network"});
}

TEST_F(SweepRuns, ASweepIsNotOneNetwork) {
  sweep({"--config", config(), "--run", "run", "--set", "train.epochs=1", "--set", R"(sweep.values=["[1]"])"});
  for (const char* verb : {"eval", "explain"}) expect_refused({verb, "--run", "run"}, {"it is a sweep"});
  train({"--config", History::config("mcculloch_pitts"), "--run", "units"});
  expect_refused({"eval", "--run", "units"}, {"its units were set by hand"});
  expect_refused({"baselines"}, {"baselines: want --config FILE, got none"});
}

TEST_F(History, WhatDoesNotFitIsRefused) {
  const std::string moons_config = moons();
  expect_refused({"train", "--config", moons_config, "--set", "model.name=threshold_units"}, {"truth_table"});
  expect_refused({"train", "--config", moons_config, "--set", "data.keep_classes=[\"0\",\"7\"]"},
                 {"want a class out of 0, 1, got \"7\""});
  expect_refused({"train", "--config", moons_config, "--set", "data.folds=5", "--set", "data.fold=6"},
                 {"data.fold: want folds 0 or at least 2, and fold from 1 to folds, got fold 6 of 5"});
  expect_refused({"train", "--config", config("perceptron_and"), "--set", "data.name=blobs", "--set", "data.classes=3"},
                 {"want data of two classes, got 3"});
  expect_refused(
      {"train", "--config", config("perceptron_and"), "--set", "model.hidden=[8]", "--set", "engine=by_hand"},
      {"model.hidden: a perceptron has no such thing", "engine: a perceptron has no such thing"});
  expect_refused(
      {"train", "--config", config("mcculloch_pitts"), "--set", "sweep.path=seed", "--set", R"(sweep.values=["1"])"},
      {"want no sweep over units set by hand"});
  expect_refused({"train", "--config", moons_config, "--set", "data.name=blobs", "--set", "data.classes=3", "--set",
                  "model.output=sigmoid"},
                 {"model.output: want two classes for sigmoid, got 3"});
}

}  // namespace
}  // namespace glassbox::e2e
