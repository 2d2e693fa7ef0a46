/// Nothing that comes from a file may hurt: every attack of damage.h on every verb that meets it ends with exit 2 or a
/// clean run, in 10 s and 1 GB, with nothing outside the run changed and no control character on the terminal.
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "common/base/shown.h"
#include "tests/common/temp_folder.h"
#include "tests/hostile/damage.h"
#include "tests/hostile/in_process.h"

namespace glassbox::hostile {
namespace {

const char* const kMoons = R"({"name": "moons", "data": {"name": "moons", "samples": 120, "batch_size": 16},
    "model": {"hidden": [4]}, "train": {"epochs": 2, "save_seconds": 0}, "looks": 3})";

#ifdef __SANITIZE_ADDRESS__
constexpr int kSanitized = 8;  // times as slow and as large
#else
constexpr int kSanitized = 1;
#endif

/// Files by name, links by where they lead.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    all[entry.path().string()] = entry.is_symlink()        ? "-> " + fs::read_symlink(entry.path()).string()
                                 : entry.is_regular_file() ? read_file(entry.path())
                                                           : "";
  }
  return all;
}

class Hostile : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::setenv("OPENBLAS_CORETYPE", "Haswell",
             /*overwrite=*/0);  // the choice of a core starts a program anew, which is this
    sound_ = std::make_unique<TempFolder>();
    put(*sound_ / "moons.json", kMoons);
    const Ended ended =
        run_mlp({"train", "--config", "moons.json", "--run", "run", "--quiet", "--threads", "1"}, sound_->path(), 60);
    ASSERT_EQ(ended.code, 0) << ended.err;
  }
  static void TearDownTestSuite() {
    std::cout << tried_ << " attacks\n";
    sound_.reset();
  }

  void SetUp() override {
    fs::create_directory(here_ / "canary");
    fs::create_directory(here_ / "tmp");
    put(here_ / "canary/victim", "what must stay\n");
    put(here_ / "moons.json", kMoons);
  }

  void bring_run() const {
    fs::remove_all(here_ / "run");
    fs::copy(*sound_ / "run", here_ / "run", fs::copy_options::recursive);
  }

  /// Asks, and looks at how it ended.
  void try_it(const std::string& attack, const Words& words) {
    ++tried_;
    const auto before = contents(here_ / "canary");
    const Ended ended = run_mlp(words, here_.path(), 10 * kSanitized);
    SCOPED_TRACE(attack + ", " + words.front() + " printed\n" + ended.out.substr(0, 500) + shown(ended.err, 1500));
    EXPECT_EQ(ended.signal, 0);
    EXPECT_TRUE(ended.code == 0 || ended.code == 2) << ended.code;
    EXPECT_LT(ended.seconds, 10 * kSanitized);
    EXPECT_LT(ended.peak_bytes, int64_t{1'000'000'000} * kSanitized);
    EXPECT_LT(ended.err.size(), 4000U);
    EXPECT_EQ(printable(ended.out), ended.out) << "control characters";
    EXPECT_EQ(printable(ended.err), ended.err) << "control characters";
    EXPECT_EQ(ended.err.find("\nerror: "), std::string::npos) << "a line of the attacker's";
    EXPECT_EQ(ended.out.find("\nerror: "), std::string::npos) << "a line of the attacker's";
    EXPECT_EQ(contents(here_ / "canary"), before) << "outside the run";
  }

  void try_damages(const std::vector<Damage>& damages, const std::vector<Words>& verbs) {
    for (const Damage& damage : damages) {
      for (const Words& words : verbs) {
        bring_run();
        damage.spoil(here_ / "run", here_ / "canary");
        try_it(damage.name, words);
      }
    }
  }

  static std::unique_ptr<TempFolder> sound_;
  TempFolder here_;
  static int tried_;
};
std::unique_ptr<TempFolder> Hostile::sound_;
int Hostile::tried_ = 0;

const Words kResume = {"train", "--resume", "run", "--quiet", "--threads", "1", "--set", "train.epochs=3"};
const Words kEval = {"eval", "--run", "run", "--threads", "1"};
const Words kExplain = {"explain", "--run", "run", "--threads", "1"};

TEST_F(Hostile, RunFolderKinds) {
  for (const Damage& damage : run_folder_kinds()) {
    const bool of_pages =
        damage.name.find("inside") == 0 || damage.name.find("explain") == 0 || damage.name.find("report") == 0;
    try_damages({damage}, {kResume, of_pages ? kExplain : kEval});
  }
}

TEST_F(Hostile, JsonTexts) {
  bool resumes = false;
  for (const Damage& damage : spoilt_json()) {
    resumes = !resumes;
    try_damages({damage}, {damage.name.find("inside") == 0 ? kExplain : resumes ? kResume : kEval});
  }
}

TEST_F(Hostile, LyingRecords) {
  for (const Damage& damage : lying_records())
    try_damages({damage}, {damage.name.find("inside") == 0 ? kExplain : kResume});
}

TEST_F(Hostile, LyingCheckpoints) { try_damages(lying_checkpoints(), {kEval}); }

TEST_F(Hostile, ConfigBombs) {
  for (const Words& settings : config_bombs()) {
    Words describe = {"describe", "--config", "moons.json", "--threads", "1"},
          train = {"train", "--config", "moons.json", "--dry-run", "--quiet", "--threads", "1"};
    for (const std::string& setting : settings) {
      for (Words* words : {&describe, &train}) words->insert(words->end(), {"--set", setting});
    }
    try_it(settings.front().substr(0, 60), describe);
    try_it(settings.front().substr(0, 60), train);
    EXPECT_TRUE(fs::is_empty(here_ / "tmp"));
  }
}

TEST_F(Hostile, TableBombs) {
  for (const auto& [name, make] : table_bombs()) {
    put(here_ / name, "");
    make(here_ / name);
    put(here_ / "table.json", R"({"name": "t", "data": {"name": "csv", "path": ")" + name +
                                  R"("}, "model": {"hidden": [4]}, "train": {"epochs": 1}, "looks": 0})");
    try_it(name, {"train", "--config", "table.json", "--threads", "1", "--run", "t"});
    fs::remove_all(here_ / name);
  }
}

TEST_F(Hostile, ConfigFilesOfOtherKinds) {
  put(here_ / "plain.json", kMoons);
  const std::vector<std::pair<std::string, std::function<void(const fs::path&)>>> kinds = {
      {"pipe", [](const fs::path& at) { ::mkfifo(at.c_str(), 0600); }},
      {"device", [](const fs::path& at) { fs::create_symlink("/dev/zero", at); }},
      {"folder", [](const fs::path& at) { fs::create_directory(at); }},
      {"dangling", [](const fs::path& at) { fs::create_symlink("nowhere", at); }},
      {"sparse",
       [](const fs::path& at) {
         put(at, "{");
         fs::resize_file(at, uint64_t{1} << 40);
       }},
      {"link", [](const fs::path& at) { fs::create_symlink("plain.json", at); }}};
  for (const auto& [name, make] : kinds) {
    make(here_ / name);
    try_it(name, {"describe", "--config", name, "--threads", "1"});
  }
}

TEST_F(Hostile, ASweepsRunThatIsALinkToAnother) {
  put(here_ / "moons.json", kMoons);
  const Words sweep = {"sweep", "--config", "moons.json", "--over", "model.hidden=[2];[3]",
                       "--run", "s",        "--threads",  "1",      "--quiet"};
  ASSERT_EQ(run_mlp(sweep, here_.path(), 60).code, 0);
  fs::rename(here_ / "s/hidden=2,seed=1", here_ / "canary/run");
  fs::create_directory_symlink(here_ / "canary/run", here_ / "s/hidden=2,seed=1");
  put(here_ / "canary/run/summary.json", "{}");
  try_it("a sub-run is a link", {"sweep", "--resume", "s", "--threads", "1", "--quiet"});
}

TEST_F(Hostile, ASweepOfMillionsOfRunsIsRefusedAtOnce) {
  std::string values = "[1]", seeds = "1";
  for (int i = 2; i <= 3000; ++i) values += ";[" + std::to_string(i) + "]", seeds += "," + std::to_string(i);
  try_it("9 million runs",
         {"sweep", "--config", "moons.json", "--over", "model.hidden=" + values, "--seeds", seeds, "--threads", "1"});
  EXPECT_FALSE(fs::exists(here_ / "runs"));
}

TEST_F(Hostile, FilesWhoseNamesAreAttacks) {
  for (const std::string name : {"a\nerror: fake", "a\x1b[2J", "a\u202Eb", "a\xff"}) {
    try_it(shown(name), {"describe", "--config", name + ".json", "--threads", "1"});
    put(here_ / (name + ".json"), "{");
    try_it(shown(name), {"describe", "--config", name + ".json", "--threads", "1"});
  }
}

TEST_F(Hostile, ARunThatIsItselfALinkIsAllowed) {
  bring_run();
  fs::create_directory_symlink("run", here_ / "linked");
  const Ended ended = run_mlp({"eval", "--run", "linked", "--threads", "1"}, here_.path());
  EXPECT_EQ(ended.code, 0) << ended.err;
}

}  // namespace
}  // namespace glassbox::hostile
