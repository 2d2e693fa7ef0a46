/// A disk that fills up under a run: the run stops, the old checkpoint stays, and goes on once there is space.
#include <sys/mount.h>
#include <sys/statvfs.h>

#include <cstring>

#include "tests/e2e/long_run.h"

namespace glassbox::e2e {
namespace {

/// A file system of its own in memory, as small as asked for. Needs root.
class SmallDisk {
 public:
  SmallDisk(fs::path at, const std::string& size) : at_(std::move(at)) {
    fs::create_directories(at_);
    if (::mount("tmpfs", at_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) != 0) error_ = errno;
  }
  ~SmallDisk() {
    if (error_ == 0) ::umount2(at_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  int error() const { return error_; }  ///< why it could not be mounted, or 0

  /// Takes all the space that is left.
  void fill() const {
    const int file = ::open((at_ / "filler").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
    const std::string page(4096, 'x');
    while (::write(file, page.data(), page.size()) > 0) continue;
    ::close(file);
  }
  void free_space() const { fs::remove(at_ / "filler"); }

 private:
  fs::path at_;
  int error_ = 0;
};

class FullDisk : public LongRun {
 protected:
  SmallDisk disk_{here_ / "disk", "4m"};
  /// Nothing can be written: EPERM for all but root, and in containers without the right to mount.
  bool is_refused() const { return !on_ci() && (disk_.error() == EPERM || disk_.error() == EACCES); }
  std::string reason() const { return std::string("cannot mount a small tmpfs: ") + std::strerror(disk_.error()); }
};

TEST_F(FullDisk, ALimitOfFilesIsALineAndNoSignal) {
  const std::string train = "ulimit -f 8 && exec '" + (program_folder() / "mlp").string() + "' train --config " +
                            moons() + " --set model.hidden=[200] --quiet --threads 1 --run run";
  expect_message(run("/bin/sh", {"-c", train}, around()), {"cannot write", "raise the limit with ulimit -f"});
}

TEST_F(FullDisk, AtACheckpointTheOldOneStaysAndTheRunGoesOnLater) {
  if (is_refused()) GTEST_SKIP() << reason();
  ASSERT_EQ(disk_.error(), 0) << reason();
  train({"--config", long_config(), "--run", "whole"});
  Program program("mlp", {"train", "--config", "long.json", "--run", "disk/run", "--quiet", "--threads", "1"},
                  around());
  ASSERT_TRUE(wait_for(program, here_ / "disk/run/checkpoints/state.safetensors"));
  while (program.running() && program.age() < 60) {
    disk_.fill();  // again and again: the program replaces files, which frees what they took
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  expect_message(program.wait(), {"disk/run/", "No space left on device; the disk is full: free some space"});
  EXPECT_TRUE(exists("disk/run/checkpoints/state.safetensors"));
  for (const auto& [name, text] : snapshot(here_ / "disk/run")) EXPECT_EQ(name.find(".tmp"), std::string::npos) << name;

  // Still full: refused again, nothing lost.
  const std::string state = read("disk/run/checkpoints/state.safetensors");
  disk_.fill();
  expect_message(mlp({"train", "--resume", "disk/run", "--quiet", "--threads", "1"}), {"the disk is full"});
  EXPECT_EQ(read("disk/run/checkpoints/state.safetensors"), state);

  disk_.free_space();
  train({"--resume", "disk/run"});
  expect_same_outcome(here_ / "disk/run", outcome(here_ / "whole"));
}

TEST_F(FullDisk, FromTheStartLeavesNoRun) {
  if (is_refused()) GTEST_SKIP() << reason();
  ASSERT_EQ(disk_.error(), 0) << reason();
  disk_.fill();
  expect_refused({"train", "--config", moons(), "--run", "disk/run", "--threads", "1"},
                 {"disk/run", "the disk is full"});
}

}  // namespace
}  // namespace glassbox::e2e
