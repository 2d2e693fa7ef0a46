/// Experiments: unknown names are turned away with the nearest one, and every preset replays itself.
#include "apps/mlp/config.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/common/expect_error.h"
#include "tests/common/presets.h"

namespace glassbox::mlp {
namespace {

namespace fs = std::filesystem;

Experiment read_from(Config config) {
  Experiment experiment;
  experiment.read(config.root());
  config.finish();
  return experiment;
}

Experiment read(const std::string& text) { return read_from(Config::from_text(text, "test.json")); }

std::string data_and(const std::string& fields) { return R"({"data": {"name": "xor"}, )" + fields + "}"; }

TEST(Experiment, NeedsNothingButADataSet) {
  const Experiment experiment = read(R"({"data": {"name": "xor"}})");
  EXPECT_EQ(experiment.model.name, "mlp");
  EXPECT_EQ(experiment.model.hidden, (std::vector<int64_t>{256, 128}));
  EXPECT_EQ(experiment.optimizer.name, "adam");
  EXPECT_ERROR_HAS(read("{}"), "data.name");
}

TEST(Experiment, UnknownNamesGetTheNearestOne) {
  EXPECT_ERROR_HAS(read(R"({"data": {"name": "mnst"}})"), "data.name", "\"mnst\"", "did you mean \"mnist\"?");
  EXPECT_ERROR_HAS(read(data_and(R"("model": {"activation": "rellu"})")), "model.activation", "did you mean \"relu\"?");
  EXPECT_ERROR_HAS(read(data_and(R"("model": {"init": "xavierr"})")), "model.init", "did you mean \"xavier\"?");
  EXPECT_ERROR_HAS(read(data_and(R"("optimizer": {"name": "adamm"})")), "optimizer.name", "did you mean \"adam\"?");
  EXPECT_ERROR_HAS(read(data_and(R"("schedule": {"name": "one_cycl"})")), "schedule.name",
                   "did you mean \"one_cycle\"?");
  EXPECT_ERROR_HAS(read(data_and(R"("trian": {})")), "trian: unknown field; did you mean \"train\"?");
}

TEST(Experiment, AllProblemsComeAtOnce) {
  EXPECT_ERROR_HAS(read(data_and(R"("model": {"hidden": [0], "dropout": 1}, "train": {"epochs": 0}, "seed": -1)")),
                   "4 problems", "model.hidden", "model.dropout", "train.epochs", "seed");
}

TEST(Experiment, AnMlpNeedsAHiddenLayerAndSoftmaxRegressionDoesNot) {
  EXPECT_ERROR_HAS(read(data_and(R"("model": {"hidden": []})")), "model.hidden: want at least one width", "linear");
  EXPECT_NO_THROW(read(data_and(R"("model": {"name": "linear", "hidden": []})")));
}

TEST(Experiment, ItsNameIsAFoldersName) {
  for (const std::string name : {"", "a/b", "..", ".hidden"}) {
    EXPECT_ERROR_HAS(read(data_and("\"name\": \"" + name + "\"")), "name: want a folder's name", "\"" + name + "\"");
  }
}

TEST(Experiment, CsvNeedsAPathAndXorTwoClasses) {
  EXPECT_ERROR_HAS(read(R"({"data": {"name": "csv"}})"), "data.path: want the CSV file's path, got none");
  EXPECT_ERROR_HAS(read(R"({"data": {"name": "xor", "classes": 3}})"), "data.classes: want 2 for xor, got 3");
}

TEST(Presets, EachParsesAndNamesAKnownSet) {
  ASSERT_GE(presets_in("configs/mlp").size(), 10u);
  for (const fs::path& file : presets_in("configs/mlp")) {
    ASSERT_EQ(file.extension(), ".json");
    EXPECT_NO_THROW(read_from(Config::from_file(file))) << file;
  }
}

TEST(Presets, EachReplaysFromItsCompleteJson) {
  for (const fs::path& file : presets_in("configs/mlp")) expect_replays<Experiment>(file);
}

TEST(Presets, ThereIsOneForEveryDataSet) {
  for (const char* name : {"digits", "digits8x8", "mnist", "fashion_mnist", "iris", "wine", "breast_cancer", "xor",
                           "moons", "circles", "spirals", "blobs", "csv"}) {
    const fs::path file = fs::path("configs/mlp") / (std::string(name) + ".json");
    ASSERT_TRUE(fs::exists(file)) << file;
    EXPECT_EQ(read_from(Config::from_file(file)).data.name, name);
  }
}

}  // namespace
}  // namespace glassbox::mlp
