/// What is beneath a run folder is opened without following a link, and nothing is waited for.
#include "common/base/file_at.h"

#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>

#include "common/base/atomic_file.h"
#include "common/base/run_folder.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"

namespace glassbox {
namespace {

namespace fs = std::filesystem;

class Beneath : public testing::Test {
 protected:
  Beneath() {
    write_file(temp_ / "outside/victim", "old");
    fs::create_directories(temp_ / "run/sub");
    write_file(temp_ / "run/sub/x", "inside");
  }
  FileAt at(const std::string& name) const {
    return FileAt::beneath(std::make_shared<const Descriptor>(open_folder(temp_ / "run")), temp_ / "run", name);
  }

  TempFolder temp_;
};

TEST_F(Beneath, ReadsAndWritesWhatIsThere) {
  EXPECT_EQ(read_file(at("sub/x")), "inside");
  write_file(at("sub/x"), "new");
  write_file(at("made/deep/y"), "made");
  EXPECT_EQ(read_file(temp_ / "run/sub/x"), "new");
  EXPECT_EQ(read_file(temp_ / "run/made/deep/y"), "made");
  EXPECT_TRUE(exists(at("sub/x")) && exists(at("sub")));
  EXPECT_FALSE(exists(at("none")) || exists(at("none/x")));
}

TEST_F(Beneath, FollowsNoLink) {
  fs::create_symlink(temp_ / "outside/victim", temp_ / "run/link");
  fs::create_symlink(temp_ / "outside/made", temp_ / "run/dangling");
  fs::create_directory_symlink(temp_ / "outside", temp_ / "run/folder");
  EXPECT_ERROR_HAS(read_file(at("link")), "run/link: want a file, got a link");
  EXPECT_ERROR_HAS(read_file(at("dangling")), "run/dangling: want a file, got a link");
  EXPECT_ERROR_HAS(read_file(at("folder/victim")), "run/folder: want a folder, got a link");
  EXPECT_ERROR_HAS(write_file(at("folder/victim"), "x"), "run/folder: want a folder, got a link");
  EXPECT_ERROR_HAS(exists(at("folder/victim")), "run/folder: want a folder, got a link");
  EXPECT_TRUE(exists(at("dangling"))) << "or somebody would make it";
  write_file(at("link"), "new");  // takes the link's place
  EXPECT_EQ(read_file(temp_ / "outside/victim"), "old");
  EXPECT_FALSE(fs::exists(temp_ / "outside/made"));
}

TEST_F(Beneath, AppendsToNoLinkAndToNoHardLink) {
  fs::create_symlink(temp_ / "outside/victim", temp_ / "run/log.txt");
  write_file(temp_ / "run/config.json", "{}");
  const RunFolder run = RunFolder::open(temp_ / "run", /*to_continue=*/false);
  EXPECT_ERROR_HAS(run.log("line"), "log.txt: want a file, got a link");
  fs::remove(temp_ / "run/log.txt");
  fs::create_hard_link(temp_ / "outside/victim", temp_ / "run/log.txt");
  EXPECT_ERROR_HAS(run.log("line"), "log.txt: want a file of the run alone", "hard link");
  EXPECT_EQ(read_file(temp_ / "outside/victim"), "old");
}

TEST_F(Beneath, NoNameLeadsOut) {
  for (const char* name : {"../outside/victim", "/etc/passwd", "sub/../../outside/victim", ".", "", "sub/"}) {
    EXPECT_THROW(at(name), std::logic_error) << name;
  }
}

TEST_F(Beneath, ATemporaryFileThatSomebodyPlantedIsNotWrittenThrough) {
  fs::create_hard_link(temp_ / "outside/victim", temp_ / ("run/.x.tmp." + std::to_string(::getpid())));
  write_file(at("x"), "new");
  EXPECT_EQ(read_file(temp_ / "outside/victim"), "old");
  EXPECT_EQ(read_file(temp_ / "run/x"), "new");
}

TEST_F(Beneath, PipesDevicesAndFoldersAreNoFiles) {
  ASSERT_EQ(::mkfifo((temp_ / "run/pipe").c_str(), 0600), 0);
  EXPECT_ERROR_HAS(read_file(at("pipe")), "run/pipe: want a file, got a pipe");
  EXPECT_ERROR_HAS(read_file(temp_ / "run/pipe"), "run/pipe: want a file, got a pipe");
  EXPECT_ERROR_HAS(read_file("/dev/zero"), "/dev/zero: want a file, got a device");
  EXPECT_ERROR_HAS(read_file(at("sub")), "run/sub: want a file, got a folder");
  EXPECT_EQ(read_file_or_pipe(temp_ / "run/pipe"), "") << "nobody writes to it";
}

TEST(RunFolderParts, ARunInARunIsNoLink) {
  TempFolder temp;
  const RunFolder sweep = RunFolder::create(temp / "sweep");
  write_file(temp / "other/config.json", "{}");
  fs::create_directory_symlink(temp / "other", temp / "sweep/a");
  EXPECT_ERROR_HAS(sweep.part("a"), "sweep/a: want a folder, got a link");
  EXPECT_EQ(sweep.part("b"), temp / "sweep/b");
}

TEST(RunFolderParts, WhatKilledDryRunsLeftGoesAndOthersStay) {
  TempFolder temp;
  { RunFolder::create(temp / "dry-1").write("summary.json", "{}"); }
  const RunFolder alive = RunFolder::create(temp / "dry-2");
  fs::create_directories(temp / "dry-3x");
  write_file(temp / "dry-file", "");
  fs::create_directories(temp / "else");
  fs::create_directory_symlink(temp / "else", temp / "dry-link");
  RunFolder::remove_abandoned(temp.path(), "dry-");
  EXPECT_FALSE(fs::exists(temp / "dry-1"));
  for (const char* name : {"dry-2", "dry-file", "else", "dry-link"}) EXPECT_TRUE(fs::exists(temp / name)) << name;
}

}  // namespace
}  // namespace glassbox
