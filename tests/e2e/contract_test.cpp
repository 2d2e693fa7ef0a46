/// What every verb answers, and where: stdout, stderr, exit code, run folder.
#include "tests/e2e/desk.h"

namespace glassbox::e2e {
namespace {

class Contract : public Desk {
 protected:
  /// stdout is exactly one JSON object.
  Json json_of(const Words& words) const {
    const Ended ended = mlp(words + Words{"--json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    const Json json = Json::parse(ended.out, nullptr, /*allow_exceptions=*/false);  // fails if anything follows
    EXPECT_TRUE(json.is_object()) << "mlp " << Json(words).dump() << " printed\n" << ended.out;
    return json;
  }
};

TEST_F(Contract, TrainLeavesTheFolderTheDesignPromises) {
  const Ended ended = mlp({"train", "--config", moons(), "--threads", "1"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  for (const char* name :
       {"config.json", "environment.json", "metrics.jsonl", "summary.json", "log.txt", "report.html",
        "checkpoints/last.safetensors", "checkpoints/best.safetensors", "checkpoints/state.safetensors",
        "plots/loss.png", "plots/accuracy.png", "plots/confusion.png", "plots/calibration.png"}) {
    EXPECT_TRUE(exists(fs::path("runs/mlp/moons") / name)) << name;
  }
  for (const auto& [name, text] : snapshot(here_ / "runs/mlp/moons")) {
    EXPECT_EQ(name.find(".tmp"), std::string::npos) << name;
  }
  // stdout is the answer, stderr the progress: the opening block and one line an epoch.
  EXPECT_EQ(ended.out.rfind("test accuracy ", 0), 0u) << ended.out;
  EXPECT_NE(ended.out.find("runs/mlp/moons/report.html"), std::string::npos) << ended.out;
  EXPECT_EQ(ended.out.find("epoch"), std::string::npos) << ended.out;
  for (const char* part :
       {"versions", "BLAS", "threads   1 on", "device cpu", "seed 1", "parameters", "epoch 1/2", "epoch 2/2"}) {
    EXPECT_NE(ended.err.find(part), std::string::npos) << part << " in\n" << ended.err;
  }
  EXPECT_EQ(ended.err.find('\r'), std::string::npos) << "a live bar in a file";
  EXPECT_EQ(ended.err.find('\x1b'), std::string::npos) << "colours in a file";

  const Json environment = read_json("runs/mlp/moons/environment.json");
  EXPECT_EQ(environment.at("threads"), 1);
  for (const char* key : {"versions", "commit", "processor", "cores", "device", "blas", "data"}) {
    EXPECT_TRUE(environment.contains(key)) << key;
  }
}

TEST_F(Contract, TheSummaryHasTheFieldsTheDesignPromises) {
  const Json answer = json_of({"train", "--config", moons(), "--threads", "1"});
  const Json summary = read_json("runs/mlp/moons/summary.json");
  for (const Json& json : {answer, summary}) {
    EXPECT_EQ(json.at("app"), "mlp");
    EXPECT_EQ(json.at("name"), "moons");
    EXPECT_EQ(json.at("status"), "finished");
    EXPECT_EQ(json.at("epochs"), 2);
    EXPECT_EQ(json.at("parameters"), 2 * 16 + 16 + 16 * 2 + 2);
    EXPECT_GT(json.at("seconds"), 0);
    EXPECT_GT(json.at("samples_per_second"), 0);
    EXPECT_GE(json.at("best").at("epoch"), 1);
    EXPECT_GT(json.at("best").at("val_accuracy"), 0.5);
    EXPECT_GT(json.at("test").at("accuracy"), 0.5);  // guessing: 0.5
    EXPECT_TRUE(json.at("test").at("loss").is_number());
  }
}

TEST_F(Contract, EvalScoresEachSplitAndAgreesWithTheSummary) {
  bring_trained("moons");
  const int samples[] = {240, 30, 30};  // 300 points, a tenth each to validate and to test
  int i = 0;
  for (const char* split : {"train", "val", "test"}) {
    const Json json = json_of({"eval", "--run", "run", "--split", split});
    EXPECT_EQ(json.at("split"), split);
    EXPECT_EQ(json.at("samples"), samples[i++]);
    EXPECT_GT(json.at("accuracy"), 0.5);
  }
  const Ended by_default = mlp({"eval", "--run", "run"});
  EXPECT_EQ(by_default.code, 0);
  EXPECT_EQ(by_default.out.rfind("test (30 samples)", 0), 0u) << by_default.out;
  EXPECT_EQ(by_default.err, "");
  EXPECT_EQ(json_of({"eval", "--run", "run", "--threads", "1"}).at("accuracy"),
            read_json("run/summary.json").at("test").at("accuracy"));
}

TEST_F(Contract, PredictReadsRowsWithAndWithoutAHeader) {
  bring_trained("table");
  write("rows.csv", "3,1\n4,2\n");
  write("named.csv", "kind,height,width\nwho knows,1,3\n");  // by name: the order and further columns do not matter
  const Json json = json_of({"predict", "--run", "run", "rows.csv", "named.csv"});
  const Json predictions = json.at("predictions");
  ASSERT_EQ(predictions.size(), 3u);
  EXPECT_EQ(predictions[0].at("input"), "rows.csv:1");
  EXPECT_EQ(predictions[2].at("input"), "named.csv:2");
  EXPECT_EQ(predictions[0].at("probabilities"), predictions[2].at("probabilities"));
  for (const Json& each : predictions) {
    const double round = each.at("probabilities").at("round"), square = each.at("probabilities").at("square");
    EXPECT_NEAR(round + square, 1, 1e-6);
    EXPECT_EQ(each.at("class"), round > square ? "round" : "square");
  }
  const Ended as_text = mlp({"predict", "--run", "run", "rows.csv"});
  EXPECT_EQ(std::count(as_text.out.begin(), as_text.out.end(), '\n'), 2) << as_text.out;
  EXPECT_EQ(as_text.err, "");
}

TEST_F(Contract, PredictReadsImagesAndFolders) {
  bring_trained("images");
  std::string image = "P5 40 30 255\n" + std::string(40 * 30, '\xff');  // a black bar on white paper
  for (int y = 5; y < 25; ++y) {
    for (int x = 18; x < 22; ++x) image[image.size() - 1200 + size_t(y * 40 + x)] = '\0';
  }
  write("images/b.pgm", image);
  write("images/a.pgm", image);
  write("images/notes.txt", "not an image");
  const Json predictions = json_of({"predict", "--run", "run", "images/b.pgm", "images"}).at("predictions");
  ASSERT_EQ(predictions.size(), 3u);
  EXPECT_EQ(predictions[0].at("input"), "images/b.pgm");
  EXPECT_EQ(predictions[1].at("input"), "images/a.pgm");
  EXPECT_EQ(predictions[2].at("input"), "images/b.pgm");
  EXPECT_EQ(predictions[0].at("probabilities").size(), 10u);
  EXPECT_EQ(predictions[0].at("probabilities"), predictions[1].at("probabilities"));
}

TEST_F(Contract, PredictSkipsAndCountsDamagedImagesOfAFolder) {
  bring_trained("images");
  write("images/good", "P5 28 28 255\n" + std::string(28 * 28, '\x40'));  // told by its content
  write("images/bad.png", "words");
  write("images/notes.txt", "words");
  const Ended ended = mlp({"predict", "--run", "run", "images"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out.rfind("images/good  ", 0), 0u) << ended.out;
  EXPECT_NE(ended.out.find("\nskipped 1 image, see above\n"), std::string::npos) << ended.out;
  EXPECT_EQ(ended.err.rfind("note: images: passed over, no images: 1 .txt\nskipped: reading images/bad.png: ", 0), 0u)
      << ended.err;
  const Ended json = mlp({"predict", "--run", "run", "images", "--json"});
  EXPECT_EQ(Json::parse(json.out).at("skipped")[0].at("input"), "images/bad.png");
}

TEST_F(Contract, PredictReadsGzippedRows) {
  bring_trained("table");
  write("rows.csv", "3,1\n4,2\n");
  const Json plain = json_of({"predict", "--run", "run", "rows.csv"}).at("predictions");
  ASSERT_EQ(std::system(("gzip '" + (here_ / "rows.csv").string() + "'").c_str()), 0);
  const Json gzipped = json_of({"predict", "--run", "run", "rows.csv.gz"}).at("predictions");
  ASSERT_EQ(gzipped.size(), 2u);
  EXPECT_EQ(gzipped[1].at("input"), "rows.csv.gz:2");
  EXPECT_EQ(gzipped[1].at("probabilities"), plain[1].at("probabilities"));
}

TEST_F(Contract, PredictCopesWithNamesThatAreNoUtf8) {
  bring_trained("images");
  write(
      "images/gr\xfc\xdf"
      "e \"1\".pgm",
      "P5 28 28 255\n" + std::string(28 * 28, '\x40'));
  EXPECT_EQ(json_of({"predict", "--run", "run", "images"}).at("predictions").size(), 1u);
  EXPECT_EQ(mlp({"predict", "--run", "run", "images"}).code, 0);
}

TEST_F(Contract, ExplainWritesAPage) {
  bring_trained("moons");
  fs::rename(here_ / "run", here_ / "a \"run\"");
  const Json json = json_of({"explain", "--run", "a \"run\""});
  EXPECT_EQ(json.at("page"), "a \"run\"/explain.html");
  EXPECT_NE(read("a \"run\"/explain.html").find("</html>"), std::string::npos);
}

TEST_F(Contract, DescribeCountsParameters) {
  const int want = 2 * 16 + 16 + 16 * 2 + 2;
  EXPECT_EQ(json_of({"describe", "--config", moons()}).at("parameters"), want);
  bring_trained("moons");
  EXPECT_EQ(json_of({"describe", "--run", "run"}).at("parameters"), want);
  const Ended as_text = mlp({"describe", "--run", "run"});
  for (const char* part : {"layers.0", "linear 2 -> 16", "[N, 2]", "FLOPs", "MB for weights"}) {
    EXPECT_NE(as_text.out.find(part), std::string::npos) << part << " in\n" << as_text.out;
  }
}

TEST_F(Contract, DescribeExplainsExperiments) {
  const Ended docs = mlp({"describe", "--config-docs"});
  EXPECT_EQ(docs.code, 0) << docs.err;
  for (const char* field : {"optimizer.learning_rate", "train.epochs", "data.name", "model.hidden"}) {
    EXPECT_NE(docs.out.find(field), std::string::npos) << field;
  }
  const Ended differences = mlp({"describe", "--config", moons(), "--diff", "--set", "train.epochs=3"});
  EXPECT_EQ(differences.code, 0) << differences.err;
  EXPECT_NE(differences.out.find("train.epochs: 3 (default: 10)"), std::string::npos) << differences.out;
  EXPECT_EQ(differences.out.find("optimizer.name"), std::string::npos) << differences.out;
  EXPECT_EQ(json_of({"describe", "--schema"}).at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  json_of({"describe", "--config-docs"});
  json_of({"describe", "--config", "moons.json", "--diff"});
}

TEST_F(Contract, QuietIsSilentOnStderr) {
  const Ended ended = mlp({"train", "--config", moons(), "--quiet"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err, "");
  EXPECT_EQ(mlp({"train", "--config", moons(), "-q"}).err, "");
}

TEST_F(Contract, HelpListsEveryVerbAndFlag) {
  const Ended ended = mlp({"--help"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err, "");
  for (const char* word :
       {"train",      "eval",         "predict",     "explain",  "describe",      "--config FILE", "--set PATH=VALUE",
        "--run DIR",  "--resume DIR", "--dry-run",   "--split",  "--config-docs", "--schema",      "--diff",
        "--data DIR", "--device",     "--threads N", "--seed N", "--json",        "--quiet",       "--help",
        "--version",  "Exit codes"}) {
    EXPECT_NE(ended.out.find(word), std::string::npos) << word;
  }
  EXPECT_EQ(mlp({}).out, ended.out);
  const Ended of_train = mlp({"train", "--help"});
  EXPECT_EQ(of_train.out.rfind("mlp train: ", 0), 0u) << of_train.out;
  EXPECT_NE(of_train.out.find("--resume DIR"), std::string::npos) << of_train.out;
  EXPECT_EQ(of_train.out.find("--split"), std::string::npos) << of_train.out;
}

TEST_F(Contract, AnAnswerThatCannotBeWrittenIsAFailure) {
  bring_trained("moons");
  Surroundings full = around();
  full.stdout_to = "/dev/full";
  for (const Words& words : {Words{"--help"}, Words{"--version"}, Words{"eval", "--run", "run", "--json"},
                             Words{"describe", "--config-docs"}}) {
    expect_message(run("mlp", words, full), {"error: writing the answer: "}, words);
  }
}

TEST_F(Contract, DescribeOfARunNeedsNoData) {
  bring_trained("images");
  fs::remove_all(here_ / "data");
  EXPECT_EQ(json_of({"describe", "--run", "run", "--data", "data"}).at("parameters"), 28 * 28 * 8 + 8 + 8 * 10 + 10);
}

TEST_F(Contract, DataThatHasChangedSinceTheRunBeganIsRefused) {
  bring_trained("table");
  std::string text = read("table.csv");
  text.replace(text.find("\n5,"), 3, "\n6,");
  write("table.csv", text);
  for (const Words& words : {Words{"eval", "--run", "run"}, Words{"explain", "--run", "run"},
                             Words{"train", "--resume", "run", "--quiet", "--set", "train.epochs=3"}}) {
    expect_refused(words, {"table.csv: has changed since the run was begun (sha256: want ", ", got ",
                           "restore it or train again"});
  }
}

TEST_F(Contract, AFolderThatCannotBeReadIsTheUsersToMend) {
  bring_trained("images");
  const std::string long_name(300, 'x');  // ENAMETOOLONG, for root too
  expect_refused({"predict", "--run", "run", long_name}, {long_name, "File name too long"});
}

TEST_F(Contract, VersionNamesTheLibraries) {
  const Ended ended = mlp({"--version"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.out.rfind("mlp: Glassbox ", 0), 0u) << ended.out;
  EXPECT_NE(ended.out.find("LibTorch"), std::string::npos) << ended.out;
}

}  // namespace
}  // namespace glassbox::e2e
