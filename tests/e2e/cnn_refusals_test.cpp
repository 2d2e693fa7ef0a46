/// What cnn refuses: flags that belong elsewhere, runs and checkpoints of another kind, layers not known by hand.
#include "tests/e2e/cnn_desk.h"

namespace glassbox::e2e {
namespace {

class CnnRefusals : public CnnDesk {
 protected:
  /// Two experiments on the colours: another architecture than bring_colours() has.
  std::string other_network() const {
    Json json = read_json("colours.json");
    json["model"]["layers"] = {"conv 6 3x3", "norm", "act relu", "pool max all", "linear classes"};
    json["train"]["epochs"] = 1;
    return write("other.json", json.dump());
  }
};

TEST_F(CnnRefusals, FlagsThatBelongElsewhere) {
  bring_colours();
  expect_refused({"predict", "--run", "run", "a.png", "--test-time", "flip"},
                 {"predict: takes no --test-time; eval does"});
  expect_refused({"eval", "--run", "run", "--output", "x"}, {"eval: takes no --output; "});
  expect_refused({"eval", "--run", "run", "--images", "3"}, {"eval: takes no --images; predict does"});
  expect_refused({"train", "--config", "colours.json", "--batches", "1"},
                 {"train: takes no --batches; benchmark does"});
  expect_refused({"export", "--run", "run", "--split", "val"}, {"export: takes no --split; eval does"});
  expect_refused({"eval", "--run", "run", "--test-time", "flop"},
                 {"--test-time: want none, flip or flip_shift, got \"flop\""});
  expect_refused({"predict", "--run", "run", "a.png", "--images", "0"}, {"--images: want a whole number from 1"});
  expect_refused({"export"}, {"export: want --run"});
  expect_refused({"predict", "--run", "run", "images/red", "--pictures", "3"},
                 {"unknown flag --pictures; it is called --images now. See --help."});
  expect_refused({"predict", "--run", "run", "images/red", "--images", "3"},
                 {"predict --images: want a video or camera to stop after so many, got none"});
  expect_refused({"explain", "--run", "run", "camera:0"}, {"explain: want images, got camera:0; videos and cameras"});
  expect_refused({"predict", "--run", "run", "images"}, {"what is in its subfolders is not looked for, name them"});
}

TEST_F(CnnRefusals, AFieldThatNothingReadsIsNamed) {
  const std::string config = colours();
  const Ended quiet = train({"--config", config, "--dry-run"});
  EXPECT_EQ(quiet.err, "");
  const Ended ended = train({"--config", config, "--dry-run", "--set", "model.widths=[8]", "--set",
                             "model.shortcut=conv", "--set", "data.noise=0.5"});
  EXPECT_NE(ended.err.find("warning: model.widths: layers does not read it\n"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("warning: model.shortcut: layers does not read it\n"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("warning: data.noise: image_folder does not read it\n"), std::string::npos) << ended.err;
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 3) << ended.err;
}

TEST_F(CnnRefusals, EveryBadLayerIsSaid) {
  expect_refused(
      {"train", "--config", colours(), "--set",
       R"(model.layers=["conv 70000 3x3", "cov 3 3x3", "pool max 2x3", "scale -1", "linear classes"])"},
      {"has 4 problems:", "\"conv 70000 3x3\": want a number from 1 to 65536, got 70000", "did you mean conv?",
       "want \"stride S\" behind a kernel that is not square", "with a factor from 1e-6"});
}

TEST_F(CnnRefusals, NetworksThatNoMemoryHolds) {
  const std::string config = colours();
  const auto layers = [](const std::string& line, int count) {
    std::string list = "\"" + line + "\"";
    for (int i = 1; i < count; ++i) list += ", \"" + line + "\"";
    return "model.layers=[" + list + ", \"pool max all\", \"linear classes\"]";
  };
  const std::vector<std::pair<std::string, Words>> bombs = {
      {layers("conv 4096 3x3 padding 1", 30), {"model.layers", "of memory"}},
      {layers("conv 65536 1x1", 2), {"model.layers[1]", "want at most 200000000 weights in a layer"}},
      {layers("conv 65536 1x1 padding 1024", 1), {"model.layers[0]", "want at most 100000000 numbers a sample"}},
      {layers("act relu", 2000), {"model.layers: want at most 1000 layers, got 2002"}}};
  for (const auto& [setting, texts] : bombs) expect_refused({"train", "--config", config, "--set", setting}, texts);
  const Ended wide = ask({"train", "--config", config, "--set", layers("conv 65536 1x1", 1), "--set",
                          "data.batch_size=4096", "--dry-run"});
  EXPECT_EQ(wide.code, 2) << wide.err;
  EXPECT_NE(wide.err.find("data.batch_size with model.layers: want at most"), std::string::npos) << wide.err;
  const Ended described = ask({"describe", "--config", config, "--set", layers("conv 4096 3x3 padding 1", 5)});
  EXPECT_EQ(described.code, 0) << described.err;  // it is told, not built
  EXPECT_LT(described.seconds, 10);
}

TEST_F(CnnRefusals, MlpKnowsNoneOfThem) {
  app_ = "mlp";
  expect_refused({"eval", "--run", "run", "--test-time", "flip"}, {"unknown flag --test-time. See --help."});
  expect_refused({"export", "--run", "run"}, {"unknown verb \"export\"", "See --help."});
}

TEST_F(CnnRefusals, RunsOfAnotherApp) {
  bring_colours();
  run("mlp", {"train", "--config", moons(), "--run", "points", "--quiet", "--threads", "1"}, around());
  const Words texts = {"opening points: want a run of cnn, got one of mlp; use mlp"};
  for (const char* verb : {"eval", "describe", "export"}) expect_refused({verb, "--run", "points"}, texts);
  expect_refused({"predict", "--run", "points", "a.png"}, texts);
  expect_refused({"train", "--resume", "points"}, texts);
  app_ = "mlp";
  expect_refused({"eval", "--run", "run"}, {"opening run: want a run of mlp, got one of cnn; use cnn"});
  expect_refused({"train", "--resume", "run"}, {"opening run: want a run of mlp, got one of cnn; use cnn"});

  // Only its checkpoint is of the other app.
  const std::string colours_best = read("run/checkpoints/best.safetensors");
  write("run/checkpoints/best.safetensors", read("points/checkpoints/best.safetensors"));
  write("points/checkpoints/best.safetensors", colours_best);
  expect_refused({"eval", "--run", "points"}, {"best.safetensors: want a network of mlp, got one of cnn; use cnn"});
  app_ = "cnn";
  expect_refused({"eval", "--run", "run"}, {"best.safetensors: want a network of cnn, got one of mlp; use mlp"});
}

TEST_F(CnnRefusals, CheckpointsOfAnotherArchitecture) {
  bring_colours();
  train({"--config", other_network(), "--run", "other"});
  // Resuming: what was saved does not fit what config.json builds.
  write("run/checkpoints/state.safetensors", read("other/checkpoints/state.safetensors"));
  expect_message(
      ask({"train", "--resume", "run", "--set", "train.epochs=9", "--quiet"}),
      {"run/checkpoints/state.safetensors does not fit the model; take the checkpoint of the same experiment",
       "model.layers.0.weight: want shape [4, 3, 3, 3], got [6, 3, 3, 3]",
       "model.layers.1.weight: unknown to the model"});
  // A checkpoint describes itself; one whose description was changed does not fit its own tensors.
  std::string best = read("other/checkpoints/best.safetensors");
  best.replace(best.find("conv 6 3x3"), 10, "conv 7 3x3");
  write("run/checkpoints/best.safetensors", best);
  for (const char* verb : {"eval", "describe", "export"}) {
    expect_refused({verb, "--run", "run"}, {"best.safetensors does not fit the model",
                                            "layers.0.weight: want shape [7, 3, 3, 3], got [6, 3, 3, 3]"});
  }
  best.replace(best.find("conv 7 3x3"), 10, "conv 6 3x3");
  write("run/checkpoints/best.safetensors", best.substr(0, best.size() / 2));
  expect_refused({"eval", "--run", "run"}, {"best.safetensors", "is the file complete?"});
}

TEST_F(CnnRefusals, LayersNotKnownByHand) {
  const Words by_hand = {"train", "--config", colours(), "--set", "engine=by_hand", "--set"};
  expect_refused(by_hand + Words{R"(model={"name": "resnet20"})"}, {"engine: by_hand knows conv", "bn1 is \"norm\""});
  expect_refused(by_hand + Words{R"(model.layers=["residual 8", "pool max all", "linear classes"])"},
                 {"layers.0 is \"residual 8\"", "engine \"autograd\""});
  expect_refused(by_hand + Words{"model.precision=bf16"}, {"engine: by_hand wants model.precision float32 or float64"});
}

TEST_F(CnnRefusals, ImagesTooSmallForTheNetwork) {
  expect_refused({"train", "--config", colours(), "--set", "data.image_size=8", "--set", R"(model={"name": "lenet5"})"},
                 {"model.name lenet5, layer 4 (conv 16 5x5)", "does not fit into the image", "[6, 4, 4]",
                  "it wants larger images"});
  expect_refused({"train", "--config", moons(), "--set", R"(model={"name": "lenet5"})"},
                 {"data.name: want images for a convolutional network, got the table moons"});
}

TEST_F(CnnRefusals, ByHandLearnsToo) {
  SKIP_WITHOUT_DIGITS();
  write("lenet.json", R"({"name": "lenet", "engine": "by_hand", "looks": 0, "data": {"name": "digits", "batch_size": 32,
      "keep_classes": ["0", "1"]}, "model": {"name": "lenet5"}, "train": {"epochs": 1}})");
  train({"--config", "lenet.json", "--run", "a"});
  EXPECT_GT(read_json("a/summary.json").at("test").at("accuracy"), 0.8);  // guessing: 0.5
  EXPECT_EQ(json_of({"eval", "--run", "a", "--threads", "1"}).at("loss"),
            read_json("a/summary.json").at("test").at("loss"));
}

}  // namespace
}  // namespace glassbox::e2e
