/// Run folders: nothing is overwritten, and one run has one writer.
#include "common/base/run_folder.h"

#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

#include "common/base/atomic_file.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"

namespace glassbox {
namespace {

TEST(RunFolder, NumbersFollowWhatExists) {
  TempFolder temp;
  const RunFolder first = RunFolder::create(temp / "runs/mlp/mnist");
  const RunFolder second = RunFolder::create(temp / "runs/mlp/mnist");
  const RunFolder third = RunFolder::create(temp / "runs/mlp/mnist/");  // the slash means nothing
  EXPECT_EQ(first.path(), temp / "runs/mlp/mnist");
  EXPECT_EQ(second.path(), temp / "runs/mlp/mnist-2");
  EXPECT_EQ(third.path(), temp / "runs/mlp/mnist-3");
}

TEST(RunFolder, APathThatEndsInADotIsNumberedByTheFoldersName) {
  TempFolder temp;
  std::filesystem::create_directories(temp / "x/inside");
  EXPECT_EQ(RunFolder::create(temp / "x/.").path(), temp / "x-2");
  EXPECT_EQ(RunFolder::create(temp / "x/inside/..").path(), temp / "x-3");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(temp / "x");
  EXPECT_EQ(RunFolder::create(".").path(), std::filesystem::canonical(temp / "x").string() + "-4");
  EXPECT_EQ(RunFolder::create("y/").path(), "y");  // a path that has a name stays as it was given
  std::filesystem::current_path(before);
}

TEST(RunFolder, TakesAnEmptyFolderAndSkipsFiles) {
  TempFolder temp;
  std::filesystem::create_directories(temp / "empty");
  EXPECT_EQ(RunFolder::create(temp / "empty").path(), temp / "empty");
  write_file(temp / "file", "text");
  EXPECT_EQ(RunFolder::create(temp / "file").path(), temp / "file-2");
  EXPECT_EQ(read_file(temp / "file"), "text");
}

TEST(RunFolder, AFinishedRunIsNotTakenAgain) {
  TempFolder temp;
  { RunFolder::create(temp / "x").write("config.json", "{}"); }
  EXPECT_EQ(RunFolder::create(temp / "x").path(), temp / "x-2");
}

TEST(RunFolder, ProcessesThatStartTogetherGetDifferentFolders) {
  TempFolder temp;
  constexpr int kProcesses = 8;
  for (int i = 0; i < kProcesses; ++i) {
    if (::fork() == 0) {
      RunFolder::create(temp / "x").write("config.json", "{}");
      ::_exit(0);
    }
  }
  for (int i = 0; i < kProcesses; ++i) {
    int status = 0;
    ::wait(&status);
    EXPECT_EQ(status, 0);
  }
  size_t folders = 0;
  for (const auto& entry : std::filesystem::directory_iterator(temp.path())) {
    EXPECT_TRUE(std::filesystem::exists(entry.path() / "config.json")) << entry.path();
    ++folders;
  }
  EXPECT_EQ(folders, size_t(kProcesses));
}

TEST(RunFolder, SaysWhyItCannotBeMade) {
  TempFolder temp;
  write_file(temp / "file", "text");
  EXPECT_ERROR_HAS(RunFolder::create(temp / "file/run"), "run: cannot make the run folder");
  EXPECT_ERROR_HAS(RunFolder::create(""), "the run folder: want a name");
}

TEST(RunFolder, OpensOnlyFoldersWithAConfig) {
  TempFolder temp;
  EXPECT_ERROR_HAS(RunFolder::open(temp / "none", false), "none: want the folder of an earlier run", "does not exist");
  EXPECT_ERROR_HAS(RunFolder::open(temp.path(), false), "without config.json");
}

TEST(RunFolder, TwoCannotContinueTheSameRun) {
  TempFolder temp;
  { RunFolder::create(temp / "x").write("config.json", "{}"); }
  {
    const RunFolder first = RunFolder::open(temp / "x", /*to_continue=*/true);
    EXPECT_ERROR_HAS(RunFolder::open(temp / "x", /*to_continue=*/true), "x: want a run nobody is working on");
    EXPECT_NO_THROW(RunFolder::open(temp / "x", /*to_continue=*/false));  // looking on is allowed
  }
  EXPECT_NO_THROW(RunFolder::open(temp / "x", /*to_continue=*/true));
}

TEST(RunFolder, ContinuingRemovesWhatAKilledProcessLeft) {
  TempFolder temp;
  { RunFolder::create(temp / "x").write("config.json", "{}"); }
  for (const char* name : {".config.json.tmp.17", "checkpoints/.last.safetensors.tmp.17"}) {
    write_file(temp.path() / "x" / name, "half");
  }
  write_file(temp / "x/notes.tmp.txt", "mine");
  RunFolder::open(temp / "x", /*to_continue=*/false);
  EXPECT_TRUE(std::filesystem::exists(temp / "x/.config.json.tmp.17"));  // perhaps somebody is writing it
  const RunFolder run = RunFolder::open(temp / "x", /*to_continue=*/true);
  EXPECT_FALSE(run.has(".config.json.tmp.17"));
  EXPECT_FALSE(run.has("checkpoints/.last.safetensors.tmp.17"));
  EXPECT_TRUE(run.has("notes.tmp.txt"));
}

TEST(RunFolder, ARunInProgressCannotBeContinued) {
  TempFolder temp;
  const RunFolder running = RunFolder::create(temp / "x");
  running.write("config.json", "{}");
  EXPECT_ERROR_HAS(RunFolder::open(temp / "x", /*to_continue=*/true), "another process continues");
}

TEST(RunFolder, ALockMovesWithItsOwner) {
  TempFolder temp;
  RunFolder first = RunFolder::create(temp / "x");
  first.write("config.json", "{}");
  RunFolder second = std::move(first);
  EXPECT_ERROR_HAS(RunFolder::open(temp / "x", true), "want a run nobody is working on");
  second = RunFolder::create(temp / "y");
  EXPECT_EQ(second.path(), temp / "y");
}

TEST(RunFolder, KeepsMetricsLineByLine) {
  TempFolder temp;
  const RunFolder run = RunFolder::create(temp / "x");
  EXPECT_TRUE(run.metrics().empty());
  run.append_metrics(R"({"epoch":1})");
  run.append_metrics(R"({"epoch":2})");
  EXPECT_EQ(run.metrics(), (std::vector<std::string>{R"({"epoch":1})", R"({"epoch":2})"}));
  run.replace_metrics({R"({"epoch":1})"});
  run.append_metrics(R"({"epoch":3})");
  EXPECT_EQ(run.metrics(), (std::vector<std::string>{R"({"epoch":1})", R"({"epoch":3})"}));
  EXPECT_THROW(run.append_metrics("two\nlines"), std::logic_error);
}

TEST(RunFolder, KeepsLinesOfOtherFilesToo) {
  TempFolder temp;
  const RunFolder run = RunFolder::create(temp / "x");
  EXPECT_TRUE(run.lines("inside.jsonl").empty());
  run.append_line("inside.jsonl", R"({"step":1})");
  run.append_line("inside.jsonl", R"({"step":2})");
  run.replace_lines("inside.jsonl", {R"({"step":1})"});
  run.append_line("inside.jsonl", R"({"step":3})");
  EXPECT_EQ(run.lines("inside.jsonl"), (std::vector<std::string>{R"({"step":1})", R"({"step":3})"}));
  EXPECT_TRUE(run.metrics().empty());
  EXPECT_THROW(run.append_line("inside.jsonl", "two\nlines"), std::logic_error);
}

TEST(RunFolder, LeavesOutAMetricsLineCutShortByAKill) {
  TempFolder temp;
  const RunFolder run = RunFolder::create(temp / "x");
  run.write("metrics.jsonl", "{\"epoch\":1}\n{\"epo");
  EXPECT_EQ(run.metrics(), std::vector<std::string>{R"({"epoch":1})"});
}

TEST(RunFolder, WritesAndLogsInsideItself) {
  TempFolder temp;
  const RunFolder run = RunFolder::create(temp / "x");
  run.write("plots/loss.svg", "<svg/>");
  run.log("one");
  run.log("two");
  EXPECT_EQ(read_file(temp / "x/plots/loss.svg"), "<svg/>");
  EXPECT_EQ(read_file(temp / "x/log.txt"), "one\ntwo\n");
  EXPECT_TRUE(run.has("log.txt"));
  EXPECT_FALSE(run.has("report.html"));
}

}  // namespace
}  // namespace glassbox
