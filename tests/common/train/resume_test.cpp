/// A run that was cut anywhere and goes on ends with the same bits as one that never stopped.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/atomic_file.h"
#include "common/base/stop.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"
#include "tests/common/train/tiny_run.h"

namespace glassbox {
namespace {

namespace fs = std::filesystem;

/// Stands for kill -9: leaves fit() without anything being saved on the way.
struct Killed {};

/// Every kind of state there is: momentum or Adam, averages, batch norm, dropout, a schedule, accumulated gradients.
void set_up(TinyRun& tiny, const std::string& rule, double save_seconds) {
  tiny.rule.name = rule;
  tiny.rule.learning_rate = rule == "sgd" ? 0.05 : 0.01;
  tiny.rule.nesterov = true;
  tiny.rule.weight_decay = 0.01;
  tiny.schedule.name = "cosine";
  tiny.schedule.warmup_epochs = 0.5;
  tiny.config.ema_decay = 0.9;
  tiny.config.accumulate = 2;
  tiny.config.clip_gradient_norm = 1;
  tiny.config.save_seconds = save_seconds;
}

Watchers killed_at_batch(int64_t batch) {
  const auto count = std::make_shared<int64_t>(0);
  return {{[=](const StepReport&) {
            if (++*count == batch) throw Killed();
          }},
          {}};
}

Watchers killed_after_epoch(int64_t epoch) {
  return {{}, {[=](const EpochReport& report) {
            if (report.now.epoch == epoch) throw Killed();
          }}};
}

/// All that a finished run leaves behind.
struct Outcome {
  NamedTensors weights, best, last, state;
  std::vector<std::string> metrics;
  LoopResult result;
};

Outcome outcome_of(const TinyRun& tiny, const LoopResult& result, const RunFolder& folder) {
  return {tiny.weights(),
          load_safetensors(folder.best()).tensors,
          load_safetensors(folder.last()).tensors,
          load_safetensors(folder.state()).tensors,
          timeless_metrics(folder),
          result};
}

void expect_same(const NamedTensors& got, const NamedTensors& want) {
  ASSERT_EQ(got.size(), want.size());
  for (const auto& [name, tensor] : want) EXPECT_TRUE(same_bits(got.at(name), tensor)) << name;
}

void expect_same(const Outcome& got, const Outcome& want) {
  expect_same(got.weights, want.weights);
  expect_same(got.best, want.best);
  expect_same(got.last, want.last);
  expect_same(got.state, want.state);
  EXPECT_EQ(got.metrics, want.metrics);
  EXPECT_EQ(got.result.best, want.result.best);
  EXPECT_EQ(got.result.best_epoch, want.result.best_epoch);
  EXPECT_EQ(got.result.epochs, want.result.epochs);
}

class Resume : public testing::TestWithParam<const char*> {
 protected:
  RunFolder new_folder() { return RunFolder::create(temp_ / "run"); }

  Outcome uninterrupted() {
    TinyRun tiny;
    set_up(tiny, GetParam(), /*save_seconds=*/3600);
    RunFolder folder = new_folder();
    const LoopResult result = tiny.fit(folder);
    return outcome_of(tiny, result, folder);
  }

  /// Runs to the kill, in a program of its own as it were.
  void run_and_kill(RunFolder& folder, double save_seconds, const Watchers& watchers) {
    TinyRun tiny;
    set_up(tiny, GetParam(), save_seconds);
    EXPECT_THROW(tiny.fit(folder, watchers), Killed);
  }

  Outcome go_on(RunFolder& folder, double save_seconds) {
    TinyRun tiny;
    set_up(tiny, GetParam(), save_seconds);
    torch::manual_seed(77);  // the new program's generator stands elsewhere
    const LoopResult result = tiny.fit(folder);
    return outcome_of(tiny, result, folder);
  }

  TempFolder temp_;
};

TEST_P(Resume, KilledAtAnyBatchGivesTheSameBits) {
  const Outcome want = uninterrupted();
  for (int64_t batch : {1, 2, 3, 6, 7, 9, 12, 13, 18, 23, 24}) {  // 4 epochs of 6 batches
    for (double save_seconds : {0.0, 3600.0}) {
      SCOPED_TRACE(testing::Message() << "killed at batch " << batch << ", save_seconds " << save_seconds);
      RunFolder folder = new_folder();
      run_and_kill(folder, save_seconds, killed_at_batch(batch));
      expect_same(go_on(folder, save_seconds), want);
    }
  }
}

TEST_P(Resume, KilledAfterTheMetricsWereWrittenButBeforeTheStateWasGivesTheSameBits) {
  const Outcome want = uninterrupted();
  for (int64_t epoch : {1, 2, 4}) {
    SCOPED_TRACE(testing::Message() << "killed after epoch " << epoch);
    RunFolder folder = new_folder();
    run_and_kill(folder, 0, killed_after_epoch(epoch));
    expect_same(go_on(folder, 3600), want);
  }
}

TEST_P(Resume, KilledAgainAndAgainGivesTheSameBits) {
  const Outcome want = uninterrupted();
  RunFolder folder = new_folder();
  for (int64_t batches : {5, 4, 4}) run_and_kill(folder, 0, killed_at_batch(batches));
  expect_same(go_on(folder, 0), want);
}

TEST_P(Resume, AStateOlderThanTheBestWeightsGivesTheSameBits) {
  const Outcome want = uninterrupted();
  RunFolder folder = new_folder();
  run_and_kill(folder, 0, killed_at_batch(3));
  fs::copy_file(folder.state().path(), temp_ / "old");
  run_and_kill(folder, 0, killed_at_batch(15));
  fs::copy_file(temp_ / "old", folder.state().path(),
                fs::copy_options::overwrite_existing);  // killed before it was renamed
  expect_same(go_on(folder, 0), want);
}

TEST_P(Resume, AFinishedRunStaysAsItIs) {
  RunFolder folder = new_folder();
  const Outcome first = go_on(folder, 0), again = go_on(folder, 0);
  expect_same(again, first);
}

INSTANTIATE_TEST_SUITE_P(Rules, Resume, testing::Values("sgd", "adam"),
                         [](const auto& rule) { return std::string(rule.param); });

TEST(ResumedRun, MoreEpochsAreTheRunWithThatManyForAConstantRate) {
  const TempFolder temp;
  RunFolder one = RunFolder::create(temp / "one"), two = RunFolder::create(temp / "two");
  TinyRun straight, begun, raised;
  for (TinyRun* tiny : {&straight, &begun, &raised}) tiny->config.ema_decay = 0.9;
  straight.config.epochs = raised.config.epochs = 5;
  begun.config.epochs = 2;
  const LoopResult want = straight.fit(one);
  begun.fit(two);
  const LoopResult got = raised.fit(two);
  expect_same(outcome_of(raised, got, two), outcome_of(straight, want, one));
  EXPECT_EQ(got.epochs, 5);
}

TEST(ResumedRun, AStateOfAnotherModelIsRefusedWithAListAndChangesNothing) {
  const TempFolder temp;
  RunFolder folder = RunFolder::create(temp / "run");
  TinyRun small(8);
  small.fit(folder);
  TinyRun large(9);
  const NamedTensors before = large.weights();
  EXPECT_ERROR_HAS(large.fit(folder), folder.state().string() + " does not fit the model",
                   "model.first.weight: want shape [9, 2], got [8, 2]",
                   "model.last.weight: want shape [3, 9], got [3, 8]", "optimizer.first.weight.first: want shape");
  expect_same(large.weights(), before);

  TinyRun other_rule(8);
  other_rule.rule.name = "adam";
  EXPECT_ERROR_HAS(other_rule.fit(folder), "optimizer.first.weight.second: missing");
}

TEST(ResumedRun, AStateWithoutProgressIsRefused) {
  const TempFolder temp;
  RunFolder folder = RunFolder::create(temp / "run");
  TinyRun tiny;
  fs::create_directories(folder.state().path().parent_path());
  save_safetensors(folder.state(), {{{"x", torch::zeros({1})}}, {}});
  EXPECT_ERROR_HAS(tiny.fit(folder), folder.state().string(), "want the saved progress in its metadata");
  save_safetensors(folder.state(), {{{"x", torch::zeros({1})}}, {{"progress", "{\"epoch\": 1}"}}});
  EXPECT_ERROR_HAS(tiny.fit(folder), folder.state().string(),
                   "saved progress: batch: want a whole number, got nothing");
}

/// Ends the process: 0 if SIGTERM in batch 9 saved the state of just that place and threw Interrupted.
[[noreturn]] void interrupted_by_a_signal(const fs::path& path) {
  install_stop_handlers();
  RunFolder folder = RunFolder::create(path);
  TinyRun tiny;
  set_up(tiny, "sgd", /*save_seconds=*/3600);
  const Watchers watchers{{[](const StepReport& report) {
                            if (report.now.epoch == 2 && report.now.batch == 3) ::raise(SIGTERM);
                          }},
                          {}};
  try {
    tiny.fit(folder, watchers);
  } catch (const Interrupted&) {
    ::_exit(0);
  }
  ::_exit(1);
}

TEST(ResumedRun, AfterASignalItGoesOnToTheSameBits) {
  // A process of its own, begun anew by GoogleTest: LibTorch's threads do not survive a fork, and the flag cannot be
  // reset.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const char* const given = ::getenv("GLASSBOX_TEST_FOLDER");  // the child finds the parent's
  const TempFolder temp;
  const fs::path path = given ? fs::path(given) : temp / "run";
  ::setenv("GLASSBOX_TEST_FOLDER", path.c_str(), 1);
  EXPECT_EXIT(interrupted_by_a_signal(path), testing::ExitedWithCode(0), "");
  ::unsetenv("GLASSBOX_TEST_FOLDER");

  write_file(path / "config.json", "{}");
  RunFolder cut = RunFolder::open(path, /*to_continue=*/true), whole = RunFolder::create(temp / "whole");
  const auto progress = nlohmann::json::parse(load_safetensors(cut.state()).metadata.at("progress"));
  EXPECT_EQ(progress.at("epoch"), 2);
  EXPECT_EQ(progress.at("batch"), 4);  // the end of the group of two batches in which the signal came
  TinyRun resumed, straight;
  set_up(resumed, "sgd", 3600);
  set_up(straight, "sgd", 3600);
  const LoopResult got = resumed.fit(cut), want = straight.fit(whole);
  expect_same(outcome_of(resumed, got, cut), outcome_of(straight, want, whole));
}

}  // namespace
}  // namespace glassbox
