/// Threads under the settings by which OpenMP gives fewer than were asked for.
#include "tests/e2e/desk.h"

namespace glassbox::e2e {
namespace {

/// OpenBLAS shares out products of this size.
class Threads : public Desk {
 protected:
  Ended train_with(const std::map<std::string, std::string>& variables, const Words& words = {"--run", "run"}) const {
    write("wide.json", R"({"name": "wide", "data": {"name": "moons", "samples": 600, "batch_size": 128},
                           "model": {"hidden": [64, 64]}, "train": {"epochs": 1}})");
    Surroundings with = around();
    with.environment.insert(variables.begin(), variables.end());
    Program program("mlp", Words{"train", "--config", "wide.json"} + words, with);
    return program.wait(/*seconds=*/100);  // OpenBLAS would wait for ever
  }
};

TEST_F(Threads, AreAsManyAsOpenMpGives) {
  const Ended ended = train_with({{"OMP_THREAD_LIMIT", "1"}});
  EXPECT_EQ(ended.code, 0) << "signal " << ended.signal << "\n" << ended.err;
  EXPECT_NE(ended.err.find("threads   1 on "), std::string::npos) << ended.err;
}

TEST_F(Threads, ThatOpenMpDoesNotGiveAreRefusedWithTheVariablesName) {
  expect_message(train_with({{"OMP_THREAD_LIMIT", "1"}}, {"--run", "run", "--threads", "2"}),
                 {"--threads: want at most 1", "OMP_THREAD_LIMIT=1", "got 2"});
  EXPECT_FALSE(exists("run"));
}

TEST_F(Threads, UnderALimitOfMemoryEndOrTrainAndNeverWait) {
  write("wide.json", R"({"name": "wide", "data": {"name": "moons", "samples": 600, "batch_size": 128},
                         "model": {"hidden": [64, 64]}, "train": {"epochs": 1}})");
  for (const std::string kilobytes : {"1100000", "1400000", "3000000"}) {
    const std::string train = "ulimit -v " + kilobytes + " && exec '" + (program_folder() / "mlp").string() +
                              "' train --config wide.json --threads 2 --quiet --run run" + kilobytes;
    const Ended ended = Program("/bin/sh", {"-c", train}, around()).wait(/*seconds=*/60);
    EXPECT_TRUE(ended.code == 0 || ended.code == 2) << kilobytes << ": signal " << ended.signal << "\n" << ended.err;
    if (ended.code == 2) expect_message(ended, {"ulimit -v", "raise the limit"});
    EXPECT_TRUE(kilobytes != "3000000" || ended.code == 0) << ended.err;
  }
}

TEST_F(Threads, AreTwoWhateverElseOpenMpWasTold) {
  const Ended ended = train_with({{"OMP_DYNAMIC", "true"}, {"OMP_MAX_ACTIVE_LEVELS", "0"}, {"OMP_NUM_THREADS", "1"}},
                                 {"--run", "run", "--threads", "2"});
  EXPECT_EQ(ended.code, 0) << "signal " << ended.signal << "\n" << ended.err;
  EXPECT_NE(ended.err.find("threads   2 on "), std::string::npos) << ended.err;
}

TEST_F(Threads, OneThatIsBoundToItsCoreIsNotTheOnlyOne) {
  const Ended free = train_with({}), bound = train_with({{"OMP_PROC_BIND", "true"}}, {"--run", "bound"});
  EXPECT_EQ(bound.code, 0) << bound.err;
  const auto threads = [this](const char* run) {
    return read_json(std::string(run) + "/environment.json").at("threads");
  };
  EXPECT_EQ(threads("bound"), threads("run"));
}

}  // namespace
}  // namespace glassbox::e2e
