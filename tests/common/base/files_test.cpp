/// Atomic files, mapped files and checksums.
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

#include "common/base/atomic_file.h"
#include "common/base/checksum.h"
#include "tests/common/expect_error.h"
#include "tests/common/on_ci.h"
#include "tests/common/temp_folder.h"

namespace glassbox {
namespace {

size_t files_in(const std::filesystem::path& folder) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) count += size_t(!entry.path().empty());
  return count;
}

TEST(AtomicFile, IsNotThereBeforeCommit) {
  TempFolder temp;
  AtomicFile file(temp / "x");
  file.write("one ");
  file.write("two");
  EXPECT_FALSE(std::filesystem::exists(temp / "x"));
  file.commit();
  EXPECT_EQ(read_file(temp / "x"), "one two");
  EXPECT_EQ(files_in(temp.path()), 1u);
}

TEST(AtomicFile, WithoutCommitTheOldFileStays) {
  TempFolder temp;
  write_file(temp / "x", "old");
  { AtomicFile(temp / "x").write("new"); }
  EXPECT_EQ(read_file(temp / "x"), "old");
  EXPECT_EQ(files_in(temp.path()), 1u);
}

TEST(AtomicFile, WritingAfterCommitIsABug) {
  TempFolder temp;
  AtomicFile file(temp / "x");
  file.commit();
  EXPECT_THROW(file.write("late"), std::logic_error);
  EXPECT_THROW(file.commit(), std::logic_error);
}

TEST(AtomicFile, SaysWhyItCannotWrite) {
  TempFolder temp;
  write_file(temp / "file", "text");
  std::filesystem::create_directories(temp / "folder/inside");
  EXPECT_ERROR_HAS(write_file(temp / "file/x", "text"), "cannot make the folder");
  EXPECT_ERROR_HAS(write_file(temp / "folder", "text"), "folder: cannot put the finished file in place");
  EXPECT_ERROR_HAS(write_file("folder/", "text"), "want the name of a file to write, got a folder");
  EXPECT_EQ(files_in(temp.path()), 2u);  // no temporary is left behind
}

TEST(WriteFile, MakesFoldersAndReplacesWhatIsThere) {
  TempFolder temp;
  write_file(temp / "a/b/x", "old and long");
  write_file(temp / "a/b/x", "new");
  EXPECT_EQ(read_file(temp / "a/b/x"), "new");
}

/// A file system of 64 kB, for as long as this lives.
class TinyDisk {
 public:
  explicit TinyDisk(std::filesystem::path at) : at_(std::move(at)) {
    std::filesystem::create_directories(at_);
    mounted_ = ::mount("tmpfs", at_.c_str(), "tmpfs", 0, "size=64k") == 0;
  }
  ~TinyDisk() {
    if (mounted_) ::umount(at_.c_str());
  }
  bool mounted() const { return mounted_; }

 private:
  std::filesystem::path at_;
  bool mounted_ = false;
};

TEST(WriteFile, OnAFullDiskLeavesTheOldFileIntact) {
  TempFolder temp;
  const TinyDisk disk(temp / "disk");
  ASSERT_TRUE(disk.mounted() || !on_ci()) << "CI must be allowed to mount a small disk";
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount a small disk (root); the next test stands in for it";
  write_file(temp / "disk/x", "old");
  EXPECT_ERROR_HAS(write_file(temp / "disk/x", std::string(200'000, 'n')), "disk/x: cannot write",
                   "the disk is full: free some space");
  EXPECT_EQ(read_file(temp / "disk/x"), "old");
  EXPECT_EQ(files_in(temp / "disk"), 1u);
  EXPECT_NO_THROW(write_file(temp / "disk/x", "new"));
}

/// In a process of its own: forbids files beyond 4 kB, tries to write 8 kB, and exits with 7 if that is a UserError.
[[noreturn]] void write_beyond_the_limit(const std::filesystem::path& path) {
  ::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit limit = {4096, 4096};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  try {
    write_file(path, std::string(8192, 'n'));
  } catch (const UserError&) {
    ::_exit(7);
  }
  ::_exit(1);
}

TEST(WriteFile, BeyondTheFileSizeLimitLeavesTheOldFileIntact) {
  // Stands in for the full disk where nothing may be mounted: the system refuses the second half of the bytes.
  TempFolder temp;
  write_file(temp / "x", "old");
  EXPECT_EXIT(write_beyond_the_limit(temp / "x"), testing::ExitedWithCode(7), "");
  EXPECT_EQ(read_file(temp / "x"), "old");
  EXPECT_EQ(files_in(temp.path()), 1u);
}

TEST(ReadFile, NamesWhatIsMissingAFolderOrTooLarge) {
  TempFolder temp;
  write_file(temp / "x", "12345");
  EXPECT_ERROR_HAS(read_file(temp / "none"), "none: cannot read: No such file or directory");
  EXPECT_ERROR_HAS(read_file(temp.path()), ": want a file, got a folder");
  EXPECT_ERROR_HAS(read_file(temp / "x", 4), "x: want at most 4 bytes, got 5");
  EXPECT_EQ(read_file(temp / "x", 5), "12345");
}

TEST(ReadFile, ReadsFilesThatDoNotSayTheirSize) {
  EXPECT_FALSE(read_file("/proc/self/status").empty());
  EXPECT_ERROR_HAS(read_file("/proc/self/maps", 10), "/proc/self/maps: want at most 10 bytes, got more");
}

TEST(ReadFile, RoundTripsEveryByte) {
  TempFolder temp;
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += char(i % 256);
  write_file(temp / "x", bytes);
  EXPECT_EQ(read_file(temp / "x"), bytes);
  write_file(temp / "x", "");
  EXPECT_EQ(read_file(temp / "x"), "");
}

TEST(Sha256, AgreesWithThePublishedVectors) {  // FIPS 180-4 examples
  TempFolder temp;
  write_file(temp / "x", "");
  EXPECT_EQ(sha256_of_file(temp / "x"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  write_file(temp / "x", "abc");
  EXPECT_EQ(sha256_of_file(temp / "x"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  write_file(temp / "x", std::string(1'000'000, 'a'));
  EXPECT_EQ(sha256_of_file(temp / "x"), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, ReadsFilesLongerThanOneChunk) {
  TempFolder temp;
  write_file(temp / "x", std::string((size_t{1} << 20) + 1, 'a'));
  EXPECT_EQ(sha256_of_file(temp / "x"), "4a3f0c0c213adea174f9a3d4c13177315b588bdb2e9c1012d3d0bf0453ca0f6a");
}

TEST(Sha256, NamesAMissingFile) { EXPECT_ERROR_HAS(sha256_of_file("none"), "none: cannot read"); }

}  // namespace
}  // namespace glassbox
