/// Runs that are repeated, tried out, or come with the sources.
#include "tests/e2e/desk.h"

namespace glassbox::e2e {
namespace {

class Repeat : public Desk {};

TEST_F(Repeat, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  const std::string config = moons();
  train({"--config", config, "--run", "a"});
  train({"--config", config, "--run", "b"});
  train({"--config", config, "--run", "c", "--seed", "2"});
  expect_same_outcome(here_ / "b", outcome(here_ / "a"));
  EXPECT_NE(read("a/checkpoints/last.safetensors"), read("c/checkpoints/last.safetensors"));
  EXPECT_EQ(read_json("c/config.json").at("seed"), 2);
}

TEST_F(Repeat, TheConfigOfARunReplaysIt) {
  train(
      {"--config", moons(), "--run", "a", "--set", "model.dropout=0.2", "--set", "model.hidden=[8,8]", "--seed", "7"});
  train({"--config", "a/config.json", "--run", "b"});
  expect_same_outcome(here_ / "b", outcome(here_ / "a"));
}

TEST_F(Repeat, ASecondRunOfANameGetsANumberAndTheFirstStays) {
  train({"--config", moons()});
  const auto first = snapshot(here_ / "runs/mlp/moons");
  train({"--config", "moons.json"});
  EXPECT_EQ(changed_names(first, snapshot(here_ / "runs/mlp/moons")), std::set<std::string>{});
  expect_same_outcome(here_ / "runs/mlp/moons-2", outcome(here_ / "runs/mlp/moons"));
}

TEST_F(Repeat, ThreadsAreRecorded) {
  const Ended ended = mlp({"train", "--config", moons(), "--run", "a", "--threads", "2"});
  EXPECT_NE(ended.err.find("threads   2 on"), std::string::npos) << ended.err;
  EXPECT_EQ(read_json("a/environment.json").at("threads"), 2);
}

TEST_F(Repeat, ADryRunLeavesNothingBehind) {
  moons();
  const auto before = snapshot(here_.path());
  for (const Words& words : {Words{}, Words{"--run", "a"}, Words{"--json"}, Words{"--quiet"}}) {
    const Ended ended = mlp(Words{"train", "--config", "moons.json", "--dry-run", "--threads", "1"} + words);
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(changed_names(before, snapshot(here_.path())), std::set<std::string>{});
  }
}

TEST_F(Repeat, ADryRunThatFailsLeavesNothingBehindEither) {
  moons();
  expect_refused({"train", "--config", "moons.json", "--dry-run", "--quiet", "--threads", "1", "--set",
                  R"(data={"name": "csv", "path": "/nowhere/table.csv"})"},
                 {"/nowhere/table.csv"});
}

TEST_F(Repeat, FewBatchesAreLearnedByHeart) {
  // 64 points of random noise around two moons: only a network that really learns gets the stray ones right, too.
  train({"--config", moons(), "--run", "a", "--set", "train.overfit_batches=2", "--set", "train.epochs=300", "--set",
         "data.noise=0.5", "--set", "model.hidden=[64,64]", "--set", "optimizer.learning_rate=0.01"});
  const std::string metrics = read("a/metrics.jsonl");
  const Json last = Json::parse(metrics.substr(metrics.rfind('\n', metrics.size() - 2) + 1));
  EXPECT_EQ(last.at("epoch"), 300);
  EXPECT_LT(last.at("train_loss"), 0.05);   // guessing: log 2 = 0.69
  EXPECT_EQ(last.at("val_accuracy"), 1.0);  // of the same 64 points; guessing: 0.5
}

TEST_F(Repeat, EverySmokeConfigTrains) {
  int found = 0;
  for (const auto& folder : fs::directory_iterator(source_folder() / "configs")) {
    const fs::path config = folder.path() / "smoke.json";
    if (!fs::exists(config)) continue;
    ++found;
    const std::string app = folder.path().filename().string();
    const Ended ended = run(app, {"train", "--config", config.string(), "--run", app, "--json"}, around());
    EXPECT_EQ(ended.code, 0) << app << "\n" << ended.err;
    EXPECT_LT(ended.seconds, 60) << app;
    EXPECT_EQ(read_json(app + "/summary.json").at("status"), "finished") << app;
  }
  EXPECT_GE(found, 1) << "no configs/*/smoke.json below " << source_folder();
}

TEST_F(Repeat, RealDigitsTrainAndAreRecognised) {
  if (!fs::exists(source_folder() / "data/digits/digits.png")) {
    if (on_ci()) FAIL() << "CI needs the data set digits: scripts/data.sh digits";
    GTEST_SKIP() << "without the data set digits; fetch it with scripts/data.sh digits";
  }
  write("digits.json", R"({"name": "digits", "data": {"name": "digits"}, "train": {"epochs": 3}})");
  train({"--config", "digits.json", "--run", "a"});
  EXPECT_GT(read_json("a/summary.json").at("test").at("accuracy"), 0.85);  // guessing: 0.1
  EXPECT_EQ(read_json("a/environment.json").at("data").at("sha256").at("digits.png").get<std::string>().size(), 64u);
}

/// Runs Python with jsonschema over the app's own schema. argv: schema, then files that must pass or, after "--", must
/// not.
const char* const kValidate = R"(
import json, re, sys
import jsonschema
def load(path):
    text = open(path, encoding="utf-8").read()
    return json.loads(re.sub(r'("(?:\\.|[^"\\])*")|//[^\n]*', lambda m: m.group(1) or "", text))
schema = load(sys.argv[1])
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
files, want = sys.argv[2:], True
for path in files:
    if path == "--":
        want = False
    elif validator.is_valid(load(path)) != want:
        sys.exit(path + (": refused: " + next(validator.iter_errors(load(path))).message if want else ": accepted"))
)";

TEST_F(Repeat, TheSchemaFitsTheConfigsAndRefusesWrongOnes) {
  const std::string python = "/usr/bin/python3";
  if (run(python, {"-c", "import jsonschema"}).code != 0) {
    if (on_ci()) FAIL() << "CI needs Python's jsonschema: scripts/setup.sh --test";
    GTEST_SKIP() << "without Python's jsonschema; install python3-jsonschema";
  }
  write("schema.json", mlp({"describe", "--schema"}).out);
  Words words = {"-c", kValidate, "schema.json"};
  for (const auto& file : fs::recursive_directory_iterator(source_folder() / "configs/mlp")) {
    if (file.is_regular_file()) words.push_back(file.path().string());
  }
  words.push_back("--");
  const Words wrong = {R"({"data": {"name": "moons"}, "epochs": 3})",
                       R"({"data": {"name": "mondo"}})",
                       R"({"seed": 1})",
                       R"({"data": {"name": "moons"}, "train": {"epochs": 0}})",
                       R"({"data": {"name": "moons"}, "train": {"epochs": "3"}})",
                       R"({"data": {"name": "moons"}, "model": {"hidden": [8, 0]}})"};
  for (size_t i = 0; i < wrong.size(); ++i)
    words.push_back(write("wrong" + std::to_string(i) + ".json", wrong[i]).string());
  const Ended ended = run(python, words, around());
  EXPECT_EQ(ended.code, 0) << ended.err;
}

}  // namespace
}  // namespace glassbox::e2e
