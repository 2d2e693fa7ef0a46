/// Runs that are stopped, and go on as if they had never been.
#include "tests/e2e/desk.h"
#include "tests/e2e/long_run.h"

namespace glassbox::e2e {
namespace {

class Interruption : public LongRun {};

TEST_F(Interruption, EachStopSignalSavesAndResumesToTheSameBits) {
  train({"--config", long_config(), "--run", "whole"});
  const auto whole = outcome(here_ / "whole");
  double slowest_s = 0;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const std::string run = signal == SIGINT ? "int" : signal == SIGTERM ? "term" : "hup";
    Program program("mlp", {"train", "--config", "long.json", "--run", run, "--threads", "1"}, around());
    ASSERT_TRUE(wait_for(program, here_ / run / "checkpoints/state.safetensors"));
    const double before_s = program.age();
    program.send(signal);
    const Ended ended = program.wait();
    slowest_s = std::max(slowest_s, ended.seconds - before_s);
    EXPECT_EQ(ended.code, 130) << "signal " << ended.signal << "\n" << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_NE(ended.err.find("mlp: stopped in epoch "), std::string::npos) << ended.err;
    EXPECT_EQ(ended.err.find("error"), std::string::npos) << ended.err;
    const Json summary = read_json(run + "/summary.json");
    EXPECT_EQ(summary.at("status"), "interrupted");
    for (const char* key : {"app", "name", "epochs", "seconds", "samples_per_second", "parameters"}) {
      EXPECT_TRUE(summary.contains(key)) << key;
    }
    train({"--resume", run});
    expect_same_outcome(here_ / run, whole);
  }
  EXPECT_LT(slowest_s, 10);  // the promise is 2 s, on a machine that does nothing else
  RecordProperty("slowest_stop_ms", int(1000 * slowest_s));
  std::printf("a stop took at most %.3f s\n", slowest_s);
}

TEST_F(Interruption, AnIgnoredSignalStaysIgnored) {
  for (const int signal : {SIGINT, SIGHUP}) {
    Surroundings in_background = around();
    in_background.ignored_signal = signal;
    const std::string run = signal == SIGINT ? "int" : "hup";
    Program program("mlp", {"train", "--config", long_config(), "--run", run, "--threads", "1"}, in_background);
    ASSERT_TRUE(wait_for(program, here_ / run / "checkpoints/state.safetensors"));
    program.send(signal);
    EXPECT_EQ(program.wait().code, 0);
    EXPECT_EQ(read_json(run + "/summary.json").at("status"), "finished");
  }
}

TEST_F(Interruption, ATerminalThatIsClosedLeavesARunToGoOnWith) {
  // script(1) gives the program a terminal of its own, and closes it as it ends.
  if (::access("/usr/bin/script", X_OK) != 0) {
    if (on_ci()) FAIL() << "CI needs /usr/bin/script: apt-get install bsdutils";
    GTEST_SKIP() << "want script (bsdutils), found none";
  }
  long_config();
  const std::string command = (program_folder() / "mlp").string() + " train --config long.json --run run --threads 1";
  Program terminal("/usr/bin/script", {"--quiet", "--command", command, "/dev/null"}, around());
  ASSERT_TRUE(wait_for(terminal, here_ / "run/checkpoints/state.safetensors"));
  terminal.send(SIGKILL);
  terminal.wait();
  for (int i = 0; i < 1000 && read_json("run/summary.json").at("status") != "interrupted"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(read_json("run/summary.json").at("status"), "interrupted");
  Ended resumed;
  for (int i = 0; i < 20 && resumed.code != 0; ++i) {  // the first process may still be on its way out
    resumed = ask({"train", "--resume", "run", "--quiet", "--threads", "1"});
  }
  EXPECT_EQ(resumed.code, 0) << resumed.err;
}

TEST_F(Interruption, BeforeAnyCheckpointTheRunBeginsAgain) {
  train({"--config", long_config(), "--run", "whole"});
  Program program(
      "mlp", {"train", "--config", "long.json", "--run", "run", "--threads", "1", "--set", "train.save_seconds=1000"},
      around());
  ASSERT_TRUE(wait_for(program, here_ / "run/config.json"));
  program.send(SIGKILL);
  EXPECT_EQ(program.wait().signal, SIGKILL);
  ASSERT_FALSE(exists("run/checkpoints/state.safetensors"));
  train({"--resume", "run"});
  EXPECT_EQ(read("run/metrics.jsonl").find("\"epoch\":1,"), 1u);
  auto whole = outcome(here_ / "whole"), got = outcome(here_ / "run");
  EXPECT_EQ(got.at("summary.json"), whole.at("summary.json"));  // the files differ: they carry another save_seconds
}

TEST_F(Interruption, ResumingAFinishedRunChangesNothing) {
  train({"--config", moons(), "--run", "run"});
  const auto finished = outcome(here_ / "run");
  const Ended ended = train({"--resume", "run"});
  EXPECT_EQ(ended.out.rfind("test accuracy ", 0), 0u) << ended.out;
  expect_same_outcome(here_ / "run", finished);
}

TEST_F(Interruption, EpochsMayBeRaised) {
  train({"--config", moons(), "--run", "four", "--set", "train.epochs=4"});
  train({"--config", "moons.json", "--run", "two"});
  train({"--resume", "two", "--set", "train.epochs=4"});
  auto four = outcome(here_ / "four"), two = outcome(here_ / "two");
  for (const char* name : {"checkpoints/last.safetensors", "config.json", "metrics.jsonl", "summary.json"}) {
    EXPECT_EQ(two.at(name), four.at(name)) << name;  // best.safetensors carries the config it was made with: two epochs
  }
}

TEST_F(Interruption, RaisedEpochsAreToldWhereTheScheduleEndsWithTheRun) {
  train({"--config", moons(), "--run", "run", "--set", "schedule.name=cosine"});
  const std::string jump =
      "raised from 2 to 4, and schedule cosine ends with the run: at epoch 2 the learning rate "
      "jumps from 0.00 % to 50.";
  const Ended raised = train({"--resume", "run", "--set", "train.epochs=4"});
  EXPECT_NE(raised.err.find(jump), std::string::npos) << raised.err;
  EXPECT_EQ(read_json("run/config.json").at("train").at("resumed"), Json({2}));

  const Ended anew = train({"--config", "run/config.json", "--run", "anew"});
  EXPECT_NE(anew.err.find(jump), std::string::npos) << anew.err;
  EXPECT_EQ(read_json("anew/config.json").at("train").at("resumed"), Json::array());
  EXPECT_NE(outcome(here_ / "anew").at("checkpoints/last.safetensors"),
            outcome(here_ / "run").at("checkpoints/last.safetensors"));
}

TEST_F(Interruption, ADamagedConfigOfARunIsTheUsersWhenEpochsAreRaised) {
  bring_trained("moons");
  const Json whole = read_json("run/config.json");
  for (const auto& [section, field] : {std::pair("schedule", "name"), std::pair("train", "resumed")}) {
    Json broken = whole;
    broken["schedule"]["name"] = "cosine";
    broken[section][field] = 5;
    write("run/config.json", broken.dump());
    expect_refused({"train", "--resume", "run", "--set", "train.epochs=9"},
                   {std::string(section) + "." + field + ": want", "got 5"});
  }
}

TEST_F(Interruption, NothingElseMayChange) {
  bring_trained("moons");
  expect_refused({"train", "--resume", "run", "--set", "optimizer.learning_rate=1"},
                 {"only train.epochs may change", "learning_rate"});
  expect_refused({"train", "--resume", "run", "--seed", "5"}, {"only train.epochs may change", "seed=5"});
  expect_refused({"train", "--resume", "run", "--set", "train.epochs=1"}, {"train.epochs", "2"});
  expect_refused({"train", "--resume", "run", "--dry-run"}, {"--dry-run", "--resume"});
  expect_refused({"train", "--resume", "run", "--run", "other"}, {"leave out --run"});
  expect_refused({"train", "--resume", "run", "--config", "moons.json"}, {"--config FILE or --resume DIR, got both"});
}

TEST_F(Interruption, OneProcessAtATimeGoesOn) {
  Program first("mlp", {"train", "--config", long_config(), "--run", "run", "--quiet", "--threads", "1"}, around());
  ASSERT_TRUE(wait_for(first, here_ / "run/checkpoints/state.safetensors"));
  expect_message(mlp({"train", "--resume", "run", "--quiet", "--threads", "1"}),
                 {"run: want a run nobody is working on"});
  EXPECT_TRUE(first.running()) << "raise the epochs of long_config(): the run ended too early for this test";
  const Ended ended = first.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(read_json("run/summary.json").at("status"), "finished");
}

TEST_F(Interruption, ThreadsStayThoseOfTheRun) {
  mlp({"train", "--config", moons(), "--run", "run", "--quiet", "--threads", "1"});
  const Ended ended = mlp({"train", "--resume", "run", "--set", "train.epochs=3"});
  EXPECT_NE(ended.err.find("threads   1 on"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("(resumed)"), std::string::npos) << ended.err;
}

TEST_F(Interruption, ANanLossSaysWhereAndWhy) {
  const Words explode = {"--set", R"(optimizer={"name": "sgd", "learning_rate": 1e6})", "--set",
                         "model.hidden=[64,64,64,64,64,64,64,64]", "--quiet"};
  moons();
  const Ended early = mlp(Words{"train", "--config", "moons.json", "--run", "early"} + explode);
  expect_message(early, {"the loss became ", "epoch 1, step ", "no checkpoint had been written", "learning_rate",
                         "clip_gradient_norm", "extreme values in the data"});
  EXPECT_EQ(read_json("early/summary.json").at("status"), "failed");
  EXPECT_NE(read_json("early/summary.json").at("message").get<std::string>().find("the loss became"),
            std::string::npos);

  // With warm-up the first steps are small enough: there is a checkpoint to name, and it is a good one.
  const Words late = {"--set", R"(schedule={"name": "constant", "warmup_epochs": 1000})",
                      "--set", "train.epochs=1000",
                      "--set", "train.save_seconds=0"};
  const Ended ended = mlp(Words{"train", "--config", "moons.json", "--run", "late"} + explode + late);
  expect_message(ended, {"became ", "step ", "last good checkpoint", "late/checkpoints/", "learning_rate"});
  EXPECT_EQ(read_json("late/summary.json").at("status"), "failed");
  EXPECT_TRUE(exists("late/checkpoints/state.safetensors"));
}

}  // namespace
}  // namespace glassbox::e2e
