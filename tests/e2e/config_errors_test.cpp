/// Wrong experiments and command lines: exit 2, one clear message, nothing written.
#include <unistd.h>

#include <cstdlib>

#include "tests/e2e/desk.h"

namespace glassbox::e2e {
namespace {

class ConfigErrors : public Desk {
 protected:
  void expect_config_refused(const std::string& text, const Words& texts) const {
    write("bad.json", text);
    expect_refused({"train", "--config", "bad.json"}, texts + Words{"bad.json"});
  }
};

TEST_F(ConfigErrors, UnknownAndMisspeltFields) {
  expect_config_refused(R"({"data": {"name": "moons"}, "epochs": 3})",
                        {"bad.json has 1 problem:\n  epochs: unknown field"});
  expect_config_refused(R"({"data": {"name": "moons"}, "optimizer": {"learning_rte": 1}})",
                        {"optimizer.learning_rte: unknown field; did you mean \"learning_rate\"?"});
  expect_config_refused(R"({"data": {"name": "mons"}})", {"data.name: want one of ", "\"moons\"", "got \"mons\""});
}

TEST_F(ConfigErrors, WrongTypesAndRanges) {
  expect_config_refused(R"({"data": {"name": "moons"}, "train": {"epochs": "ten"}})",
                        {"train.epochs: want a whole number", "got \"ten\" (string)"});
  expect_config_refused(R"({"data": {"name": "moons"}, "train": {"epochs": 2.5}})",
                        {"train.epochs: want a whole number", "got 2.5"});
  expect_config_refused(R"({"data": {"name": "moons"}, "model": {"dropout": 1}})",
                        {"model.dropout: want a number in [0, 1), got 1"});
  expect_config_refused(R"({"data": {"name": "moons"}, "model": {"hidden": [8, -1]}})",
                        {"model.hidden[1]: want ", "got -1"});
  expect_config_refused(R"({"data": {"name": "moons"}, "model": {"hidden": []}})",
                        {"model.hidden: want at least one width"});
  expect_config_refused(R"({"data": {"name": "moons"}, "optimizer": {"learning_rate": 1e999}})", {"line 1, column "});
  expect_config_refused(R"({"data": {"name": "moons", "classes": 3}})", {"data.classes: want 2 for moons, got 3"});
  expect_config_refused(R"({"data": [1, 2]})", {"data: want an object, got [1,2] (list)"});
  expect_config_refused(R"({"data": {"name": "csv"}})", {"data.path: want the CSV file's path, got none"});
  expect_config_refused(R"({"name": "../up", "data": {"name": "moons"}})", {"name: want a folder's name", "../up"});
  expect_config_refused("{}", {"data.name: ", "required"});
}

TEST_F(ConfigErrors, AllProblemsAtOnce) {
  expect_config_refused(
      R"({"nme": "x", "data": {"name": "moons", "batch_size": 0}, "model": {"activation": "rely"},
                            "train": {"epochs": null, "ema_decay": true}})",
      {"bad.json has 5 problems:", "\n  nme: unknown field; did you mean \"name\"?",
       "\n  data.batch_size: ", "\n  model.activation: ", "\n  train.epochs: ", "\n  train.ema_decay: "});
}

TEST_F(ConfigErrors, DuplicateFields) {
  expect_config_refused("{\"seed\": 1,\n \"data\": {\"name\": \"moons\", \"name\": \"xor\"}}",
                        {"line 2, column ", "field name is given twice", "^"});
}

TEST_F(ConfigErrors, BrokenJson) {
  expect_config_refused("{\"data\": {\"name\": \"moons\"},\n \"train\" {\"epochs\": 3}}",
                        {"bad.json, line 2, column 10: ", "\n   \"train\" {\"epochs\": 3}}\n           ^"});
  expect_config_refused("{\"data\": {\"name\": \"moons\"}", {"line 1, column ", "is a bracket or a quote missing?"});
  expect_config_refused("", {"line 1, column 1"});
  expect_config_refused("[1, 2]", {"want an object"});
  expect_config_refused("{\"name\": \"\xff\xfe\"}", {"line 1, column "});
  expect_config_refused(std::string(100, '\0'), {"line 1, column 1"});
}

TEST_F(ConfigErrors, NestingWithoutEnd) {
  expect_config_refused(std::string(100000, '['), {"levels of nesting"});
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
  expect_config_refused(objects, {"levels of nesting"});
}

TEST_F(ConfigErrors, NoSuchConfig) {
  expect_refused({"train", "--config", "nowhere.json"}, {"nowhere.json", "No such file", "check the spelling"});
  expect_refused({"train", "--config", "tmp"}, {"tmp: want a file, got a folder"});
  expect_refused({"describe", "--config", "nowhere.json", "--schema"}, {"nowhere.json", "No such file"});
}

TEST_F(ConfigErrors, Overrides) {
  moons();
  expect_refused({"train", "--config", "moons.json", "--set", "train.epochs"}, {"--set train.epochs: want PATH=VALUE"});
  expect_refused({"train", "--config", "moons.json", "--set", "train.epoch=3"},
                 {"train.epoch: unknown field; did you mean \"epochs\"?"});
  expect_refused({"train", "--config", "moons.json", "--set", "name.first=3"},
                 {"--set name.first=3: want an object to set first in"});
  expect_refused({"train", "--config", "moons.json", "--set"}, {"--set: want PATH=VALUE after it, got nothing"});
  expect_refused({"train", "--config", "moons.json", "--seed", "-1"},
                 {"--seed: want a whole number from 0 to 9000000000000000, got \"-1\""});
}

TEST_F(ConfigErrors, VerbsAndFlags) {
  moons();
  expect_refused({"trian", "--config", "moons.json"}, {"unknown verb \"trian\"; did you mean train?"});
  expect_refused({"--quiet"}, {"want a verb (train, eval, predict, explain, describe, sweep, baselines), got none"});
  expect_refused({"train", "--confg", "moons.json"}, {"unknown flag --confg; did you mean --config?"});
  expect_refused({"train", "--config", "moons.json", "-x"}, {"unknown flag -x"});
  expect_refused({"train"}, {"train: want either --config FILE or --resume DIR, got neither"});
  expect_refused({"train", "--config"}, {"config", "--help"});
  expect_refused({"train", "--config", "moons.json", "stray"}, {"train: takes no input, got \"stray\""});
  expect_refused({"train", "--config", "moons.json", "--split", "val"}, {"train: takes no --split; eval does"});
  expect_refused({"eval"}, {"eval: want --run"});
  expect_refused({"predict", "--run", "x"},
                 {"predict: want at least one image, folder, video, camera:0 or CSV file, got none"});
  expect_refused({"describe"}, {"describe: want --config FILE or --run DIR, got neither"});
  expect_refused({"describe", "--diff"}, {"describe --diff: want --config FILE or --run DIR, got neither"});
}

TEST_F(ConfigErrors, ThreadsSeedSplitAndDevice) {
  moons();
  for (const std::string threads : {"0", "-1", "1000000", "two", "1.5"}) {
    expect_refused({"train", "--config", "moons.json", "--threads", threads},
                   {"--threads: want a whole number from 1 to 1024, got \"" + threads + "\""});
  }
  expect_refused({"train", "--config", "moons.json", "--seed", "one"}, {"--seed: want a whole number", "got \"one\""});
  expect_refused({"train", "--config", "moons.json", "--device", "gpu"},
                 {"--device: want auto, cpu, cuda or cuda:N, got \"gpu\""});
  expect_refused({"eval", "--run", "x", "--split", "tset"}, {"--split: want train, val or test, got \"tset\""});
}

TEST_F(ConfigErrors, CudaWhereThereIsNone) {
  ::setenv("CUDA_VISIBLE_DEVICES", "", /*overwrite=*/1);  // hides what this machine may have
  moons();
  for (const char* device : {"cuda", "cuda:0", "cuda:7"}) {
    expect_refused({"train", "--config", "moons.json", "--device", device},
                   {std::string("--device ") + device + ": this LibTorch sees no CUDA device; use --device cpu"});
  }
  ::unsetenv("CUDA_VISIBLE_DEVICES");
}

TEST_F(ConfigErrors, RunsThatAreNone) {
  moons();
  fs::create_directory(here_ / "empty");
  for (const char* verb : {"eval", "explain", "describe"}) {
    expect_refused({verb, "--run", "nowhere"},
                   {"nowhere: want the folder of an earlier run, got a path that does not exist"});
  }
  expect_refused({"predict", "--run", "empty", "x.csv"},
                 {"empty: want the folder of an earlier run, got one without config.json"});
  expect_refused({"train", "--resume", "nowhere"}, {"nowhere: want the folder of an earlier run"});
  expect_refused({"train", "--resume", "empty"},
                 {"empty: want the folder of an earlier run, got one without config.json"});
}

TEST_F(ConfigErrors, FoldersThatCannotBeWritten) {
  moons();
  write("file", "text");
  expect_refused({"train", "--config", "moons.json", "--run", "file/run"},
                 {"file/run: cannot make the run folder: Not a directory"});
  expect_refused({"train", "--config", "moons.json", "--run", "/proc/run"}, {"/proc/run: cannot make the run folder"});
  if (::geteuid() == 0) return;  // root may write everywhere
  fs::create_directory(here_ / "closed");
  fs::permissions(here_ / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  expect_refused({"train", "--config", "moons.json", "--run", "closed/run"},
                 {"closed/run: cannot make the run folder: Permission denied", "check the permissions"});
}

}  // namespace
}  // namespace glassbox::e2e
