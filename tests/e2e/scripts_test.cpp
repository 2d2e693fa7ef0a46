/// Scripts check their words before anything runs: exit 2 and one line that says what was wanted and got.
#include <algorithm>

#include "tests/e2e/exercise_desk.h"

namespace glassbox::e2e {
namespace {

class Scripts : public Exercise {
 protected:
  /// Nothing on stdout (a table would have begun there), one line that holds every text, no file changed.
  void expect_script_refuses(const std::string& name, const Words& words, const Words& texts) const {
    const auto before = snapshot(here_.path());
    const Ended ended = script(name, words);
    expect_message(ended, Words{name + ": "} + texts, Words{name} + words);
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    EXPECT_EQ(changed_names(before, snapshot(here_.path())), std::set<std::string>{}) << name;
  }
};

TEST_F(Scripts, SayWhichNumbersTheyWant) {
  expect_script_refuses("bench.sh", {"--rounds", "0"}, {"--rounds: want a whole number >= 1, got 0\n"});
}

TEST_F(Scripts, SayWhichAppsThereAre) {
  for (const char* got : {"mpl", "..", "cnn mlp", "mlp/"}) {
    const Words texts = {"want ", " one of ", " cnn", " mlp", std::string(", got ") + got + "\n"};
    expect_script_refuses("check.sh", {got}, texts);
    expect_script_refuses("bench.sh", {got}, texts);
  }
  expect_script_refuses("check.sh", {}, {", got nothing\n"});
}

/// Also if a complete copy is there, which a bad folder leaves as it is.
TEST_F(Scripts, DataShLooksIntoTheFolderItWasGiven) {
  for (const char* folder : {"data/cifar10", "empty", "bad"}) fs::create_directories(here_ / folder);
  const std::string sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";  // of "abc"
  write("data/cifar10/test_batch.bin", "abc");
  write("data/cifar10/SHA256SUMS", sum + "  test_batch.bin\n");
  write("data/cifar10/SOURCE.txt", "Note:    made by a test\n");
  write("bad/cifar-10-binary.tar.gz", "abc");

  const Ended complete = script("data.sh", {"cifar10", "--to", "data"});
  EXPECT_EQ(complete.code, 0) << complete.err;
  EXPECT_EQ(complete.out, "cifar10: data/cifar10 has everything\nmade by a test\n");

  const auto before = snapshot(here_.path());
  for (const auto& [from, text] : {std::pair("empty", "cifar10: want cifar-10-binary.tar.gz or data_batch_1.bin and "),
                                   std::pair("bad", "in bad/cifar-10-binary.tar.gz; nothing was replaced\n")}) {
    expect_message(script("data.sh", {"cifar10", "--from", from, "--to", "data"}), {text});
    EXPECT_EQ(changed_names(before, snapshot(here_.path())), std::set<std::string>{}) << from;
  }
}

/// A tree with scripts/check.sh, whose mlp_check_own is a script that says `verdict`.
void write_tiny_tree(const fs::path& tree, const std::string& verdict) {
  for (const char* folder : {"scripts", "apps/mlp/exercise"}) fs::create_directories(tree / folder);
  for (const char* file : {"scripts/check.sh", "scripts/configure.sh"}) fs::copy(source_folder() / file, tree / file);
  write_file(tree / "apps/mlp/exercise/solution.cpp", "// " + verdict + "\n");
  write_file(tree / "verdict.sh", "#!/bin/sh\necho " + verdict + "\n");
  fs::permissions(tree / "verdict.sh", fs::perms::owner_all);
  write_file(tree / "CMakePresets.json", R"({"version": 6, "configurePresets":
      [{"name": "release", "generator": "Ninja", "binaryDir": "${sourceDir}/build"}]})");
  write_file(tree / "CMakeLists.txt", R"(cmake_minimum_required(VERSION 3.25)
project(tiny LANGUAGES NONE)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
add_custom_target(mlp_check_own COMMAND cp ${CMAKE_SOURCE_DIR}/verdict.sh bin/mlp_check_own)
)");
}

TEST_F(Scripts, ACopiedTreeIsBuiltFromItsOwnFiles) {
  write_tiny_tree(here_ / "old", "old");
  const auto check = [&](const std::string& tree) {
    return Program((here_ / tree / "scripts/check.sh").string(), {"mlp"}, around()).wait();
  };
  EXPECT_EQ(check("old").out, "old\n");
  fs::copy(here_ / "old", here_ / "new", fs::copy_options::recursive);
  write("new/verdict.sh", "#!/bin/sh\necho new\n");

  const Ended first = check("new"), second = check("new");
  EXPECT_EQ(first.out, "new\n") << first.err;
  const std::string said = "build/ was made for the sources in " + fs::canonical(here_ / "old").string() +
                           ": it is configured and built anew for " + fs::canonical(here_ / "new").string() + "\n";
  EXPECT_EQ(first.err, said);
  EXPECT_EQ(second.out, "new\n");
  EXPECT_EQ(second.err, "");  // once is enough
  EXPECT_EQ(check("old").out, "old\n");

  fs::remove_all(here_ / "old");
  fs::rename(here_ / "new", here_ / "moved");
  const Ended moved = check("moved");
  EXPECT_EQ(moved.out, "new\n") << moved.err;
  EXPECT_TRUE(has(moved.err, "configured and built anew")) << moved.err;
}

}  // namespace
}  // namespace glassbox::e2e
