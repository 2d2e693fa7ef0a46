/// One call of an app: the experiment it reads, the data it opens, the folder it leaves.
#include "common/run/session.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/base/atomic_file.h"
#include "common/classify/classifier.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"

namespace glassbox {
namespace {

namespace fs = std::filesystem;

/// An app's experiment in small.
struct TinyExperiment {
  std::string name = "tiny";
  DataConfig data;
  FitConfig train;

  void read(ConfigReader json) {
    json.field("name", name, any_text(), "names the run's folder");
    data.read(json.section("data", "what is learned from"));
    train.read(json.section("train", "how long"));
  }
};

/// A run of 42 parameters on the experiment's data.
RunFolder& begin(Session& session, TinyExperiment& ask) {
  const DataSplits data = open_data_of(session, ask.data, ask.train, 1);
  return session.begin_run(ask.name, 1, sources_of(data), facts_of(data, 42));
}

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    write_file(config_, R"({"data": {"name": "blobs", "samples": 200, "batch_size": 16}, "train": {"epochs": 3}})");
  }

  Options train_options() const {
    Options options;
    options.verb = "train";
    options.begins_run = true;
    options.config = config_;
    options.run = temp_ / "run";
    options.device = "cpu";
    options.threads = 1;
    options.quiet = true;
    return options;
  }

  Options resume_options() const {
    Options options = train_options();
    options.resume = options.run;
    options.run = options.config = "";
    options.threads = 0;
    return options;
  }

  /// Begins a run with two threads and leaves its folder.
  void leave_a_run() {
    Options options = train_options();
    options.threads = 2;
    Session session("mlp", options);
    auto ask = session.read<TinyExperiment>();
    begin(session, ask);
  }

  TempFolder temp_;
  fs::path config_ = temp_ / "tiny.json";
};

nlohmann::json read_json(const fs::path& path) { return nlohmann::json::parse(read_file(path)); }

TEST_F(SessionTest, ReadsTheExperimentWithItsOverrides) {
  Options options = train_options();
  options.overrides = {"train.epochs=7", "name=other"};
  const auto ask = Session("mlp", options).read<TinyExperiment>();
  EXPECT_EQ(ask.train.epochs, 7);
  EXPECT_EQ(ask.name, "other");
  EXPECT_EQ(ask.data.batch_size, 16);
}

TEST_F(SessionTest, AMistakeInTheExperimentIsTheUsers) {
  Options options = train_options();
  options.overrides = {"train.epoch=7"};
  EXPECT_ERROR_HAS(Session("mlp", options).read<TinyExperiment>(), "train.epoch: unknown field", "\"epochs\"");
  options = train_options();
  options.config = temp_ / "none.json";
  EXPECT_ERROR_HAS(Session("mlp", options).read<TinyExperiment>(), "none.json");
}

TEST_F(SessionTest, ARunFolderHoldsTheWholeExperimentAndTheEnvironment) {
  leave_a_run();
  const auto config = read_json(temp_ / "run/config.json"), environment = read_json(temp_ / "run/environment.json");
  EXPECT_EQ(config.at("train").at("epochs"), 3);
  EXPECT_EQ(config.at("train").at("accumulate"), 1);  // a default that the file did not have
  EXPECT_EQ(environment.at("threads"), 2);
  EXPECT_EQ(environment.at("device"), "cpu");
  EXPECT_EQ(environment.at("data").at("name"), "blobs");
  EXPECT_TRUE(fs::exists(environment.at("blas").at("file").get<std::string>()));
}

TEST_F(SessionTest, ASecondRunOfTheSameNameGetsANumber) {
  leave_a_run();
  leave_a_run();
  EXPECT_TRUE(fs::exists(temp_ / "run-2/config.json"));
}

TEST_F(SessionTest, AResumedRunTakesItsOwnExperimentAndThreads) {
  leave_a_run();
  fs::remove(config_);  // the folder is enough
  Session session("mlp", resume_options());
  EXPECT_EQ(at::get_num_threads(), 2);
  EXPECT_EQ(session.read<TinyExperiment>().train.epochs, 3);
}

TEST_F(SessionTest, AResumedRunMayOnlyChangeItsEpochs) {
  leave_a_run();
  Options options = resume_options();
  options.overrides = {"train.epochs=9"};
  EXPECT_EQ(Session("mlp", options).read<TinyExperiment>().train.epochs, 9);
  options.overrides = {"train.epochs=9", "data.batch_size=4"};
  EXPECT_ERROR_HAS(Session("mlp", options).read<TinyExperiment>(),
                   "only train.epochs may change, got --set data.batch_size=4");
  options.resume = temp_.path();
  EXPECT_ERROR_HAS(Session("mlp", options).read<TinyExperiment>(), "config.json");
}

TEST_F(SessionTest, ADryRunTakesOneBatchOfEachPartAndLeavesNothing) {
  Options options = train_options();
  options.dry_run = true;
  fs::path folder;
  {
    Session session("mlp", options);
    auto ask = session.read<TinyExperiment>();
    const DataSplits data = open_data_of(session, ask.data, ask.train, 1);
    EXPECT_EQ(ask.train.epochs, 1);
    for (const auto* part : {&data.train, &data.val, &data.test}) EXPECT_EQ((*part)->size(), 16);
    folder = begin(session, ask).path();
    EXPECT_TRUE(fs::exists(folder));
  }
  EXPECT_FALSE(fs::exists(folder));
  EXPECT_FALSE(fs::exists(temp_ / "run"));
}

TEST_F(SessionTest, OverfitBatchesAreLearnedFromAndValidatedOn) {
  Session session("mlp", train_options());
  auto ask = session.read<TinyExperiment>();
  ask.train.overfit_batches = 2;
  const DataSplits data = open_data_of(session, ask.data, ask.train, 1);
  EXPECT_EQ(data.train->size(), 32);
  EXPECT_EQ(data.val, data.train);
  EXPECT_EQ(data.test->size(), 20);  // a tenth of 200, as ever
}

TEST_F(SessionTest, AFinishedRunLeavesItsSummaryAndAnswersWithOneJsonObject) {
  Options options = train_options();
  options.json = true;
  Session session("mlp", options);
  auto ask = session.read<TinyExperiment>();
  begin(session, ask);
  LoopResult result;
  result.epochs = 3;
  result.best_epoch = 2;
  result.best = 0.75;
  testing::internal::CaptureStdout();
  session.finish_run({result, {{"loss", 0.5}, {"accuracy", 0.625}}, {}, {}});
  const auto answer = nlohmann::json::parse(testing::internal::GetCapturedStdout());
  EXPECT_EQ(answer.at("test").at("accuracy"), 0.625);
  const auto summary = read_json(temp_ / "run/summary.json");
  EXPECT_EQ(summary.at("status"), "finished");
  EXPECT_EQ(summary.at("best"), nlohmann::json::parse(R"({"epoch": 2, "val_accuracy": 0.75})"));
  EXPECT_EQ(summary.at("parameters"), 42);
}

/// What a denoiser would say: no class, no accuracy anywhere.
TEST_F(SessionTest, ATaskNamesItsOwnScoresAndUnits) {
  Session session("denoise", train_options());
  session.read<TinyExperiment>();
  DataSource source;
  source.name = "bsd68";
  source.note = "grey";
  Facts facts;
  facts.data = "bsd68: 400 images to learn from";
  facts.monitor = {"val_psnr", /*higher_is_better=*/true};
  facts.headlines = {{"psnr", "dB"}};
  session.begin_run("dncnn", 1, {source}, facts);
  LoopResult result;
  result.best_epoch = 3;
  result.best = 29.1;
  testing::internal::CaptureStdout();
  session.finish_run({result, {{"ssim", 0.8}, {"psnr", 29.25}}, {}, {}});
  const std::string text = testing::internal::GetCapturedStdout();
  EXPECT_NE(text.find("test psnr 29.25 dB  (grey)\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("accuracy"), std::string::npos) << text;
  const auto summary = read_json(temp_ / "run/summary.json");
  EXPECT_EQ(summary.at("best"), nlohmann::json::parse(R"({"epoch": 3, "val_psnr": 29.1})"));
  EXPECT_EQ(summary.at("note"), "grey");
}

TEST_F(SessionTest, ARunThatEndsOtherwiseSaysHow) {
  Session session("mlp", train_options());
  session.note_end("failed", "before there is a folder: nothing to write into");
  auto ask = session.read<TinyExperiment>();
  begin(session, ask);
  session.note_end("interrupted", "stopped in epoch 2");
  const auto summary = read_json(temp_ / "run/summary.json");
  EXPECT_EQ(summary.at("status"), "interrupted");
  EXPECT_EQ(summary.at("message"), "stopped in epoch 2");
}

TEST_F(SessionTest, ARunThatBeginsIsRunning) {
  leave_a_run();
  EXPECT_EQ(read_json(temp_ / "run/summary.json"),
            nlohmann::json::parse(
                R"({"app": "mlp", "name": "tiny", "verb": "train", "status": "running", "parameters": 42})"));
}

TEST_F(SessionTest, AFinishedRunThatFailsAfterAResumeKeepsItsFigures) {
  {
    Session session("mlp", train_options());
    auto ask = session.read<TinyExperiment>();
    begin(session, ask);
    LoopResult result;
    result.epochs = 3;
    testing::internal::CaptureStdout();
    session.finish_run({result, {{"accuracy", 0.625}}, {}, {}});
    testing::internal::GetCapturedStdout();
  }
  const auto finished = read_json(temp_ / "run/summary.json");
  Session session("mlp", resume_options());
  auto ask = session.read<TinyExperiment>();
  begin(session, ask);
  EXPECT_EQ(read_json(temp_ / "run/summary.json").at("status"), "running");
  session.note_end("failed", "the disk is full");
  auto failed = finished;
  failed["status"] = "failed";
  failed["message"] = "the disk is full";
  EXPECT_EQ(read_json(temp_ / "run/summary.json"), failed);
}

TEST_F(SessionTest, ADamagedEnvironmentIsTheUsersToMend) {
  leave_a_run();
  write_file(temp_ / "run/environment.json", R"({"threads": "x"})");
  EXPECT_ERROR_HAS(Session("mlp", resume_options()),
                   "environment.json: threads: want a whole number from 1 to 1024, got \"x\"");
  write_file(temp_ / "run/environment.json", "[");
  EXPECT_ERROR_HAS(Session("mlp", resume_options()), "environment.json, line 1, column 2");
}

TEST_F(SessionTest, MoreOverfitBatchesThanThereAreAreAll) {
  Session session("mlp", train_options());
  auto ask = session.read<TinyExperiment>();
  ask.train.overfit_batches = INT64_MAX / 2;
  EXPECT_EQ(open_data_of(session, ask.data, ask.train, 1).train->size(), 160);  // eight tenths of 200
}

TEST_F(SessionTest, WhatACheckpointCarriesIsEnoughToReadTheExperimentAgain) {
  Session session("mlp", train_options());
  auto ask = session.read<TinyExperiment>();
  const auto about = session.about(open_data_of(session, ask.data, ask.train, 1).info().to_json());
  EXPECT_EQ(about.at("app"), "mlp");
  const auto again = Session::read_from<TinyExperiment>(about, "best.safetensors");
  EXPECT_EQ(again.data.samples, 200);
  EXPECT_EQ(again.train.epochs, 3);
  EXPECT_EQ(DatasetInfo::from_json(about.at("data"), "a checkpoint").classes.size(), 2u);
  EXPECT_ERROR_HAS(Session::read_from<TinyExperiment>({}, "x.safetensors"), "x.safetensors",
                   "want \"config\" in its metadata, found none");
}

TEST_F(SessionTest, AnUnknownDeviceIsTheUsersMistake) {
  for (const std::string device : {"gpu", "cuda:x", "cuda:", "cuda:-1", "CPU", "cuda:99999999999"}) {
    Options options = train_options();
    options.device = device;
    EXPECT_ERROR_HAS(Session("mlp", options), "--device: want auto, cpu, cuda or cuda:N, got \"" + device + "\"");
  }
}

TEST_F(SessionTest, TheDataFolderOfTheCommandLineIsTheOnlyOne) {
  Options options = train_options();
  options.data = "/given";
  EXPECT_EQ(Session("mlp", options).data_folders(), std::vector<fs::path>{"/given"});
}

}  // namespace
}  // namespace glassbox
