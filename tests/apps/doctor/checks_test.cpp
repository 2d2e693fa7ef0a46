/// What doctor says of machines and data sets that are made up here.
#include "apps/doctor/checks.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/base/atomic_file.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"

namespace glassbox::doctor {
namespace {

// printf 'abc' | sha256sum, and of nothing
const std::string kSumOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const std::string kSumOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The line of a finding in doctor's output.
std::string line_of(const Finding& finding) { return findings_text({finding}); }

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

TEST(Output, HasOneAlignedLineACheckAndEndsWithTheRemedy) {
  EXPECT_EQ(
      findings_text({{Level::kOk, "a", "all is well"}, {Level::kFail, "longer", "want 1, got 2", "scripts/mend.sh"}}),
      "ok    a       all is well\n"
      "fail  longer  want 1, got 2; mend it with: scripts/mend.sh\n");
}

TEST(Output, FailsOnlyIfACheckFailed) {
  EXPECT_FALSE(any_failed({{Level::kOk, "a", "b"}, {Level::kWarn, "a", "b", "c"}}));
  EXPECT_TRUE(any_failed({{Level::kOk, "a", "b"}, {Level::kFail, "a", "b", "c"}}));
}

TEST(Output, AsJsonIsOneObject) {
  const auto json = nlohmann::json::parse(as_json({{Level::kFail, "disk runs", "full", "rm"}}));
  EXPECT_EQ(json.at("failed"), true);
  EXPECT_EQ(json.at("checks").at(0).at("level"), "fail");
  EXPECT_EQ(json.at("checks").at(0).at("remedy"), "rm");
}

TEST(Compiler, OfTheSameMajorVersionIsWell) {
  EXPECT_EQ(judge_compiler("c++ (Debian 12.2.0-14+deb12u1) 12.2.0", "GCC 12.4.1").level, Level::kOk);
  EXPECT_EQ(judge_compiler("Debian clang version 14.0.6", "Clang 14.0.0").level, Level::kOk);
}

TEST(Compiler, OfAnotherVersionOrMissingComesWithACommand) {
  const Finding other = judge_compiler("c++ (Debian 14.2.0-19) 14.2.0", "GCC 12.2.0");
  EXPECT_EQ(other.level, Level::kWarn);
  EXPECT_TRUE(ends_with(line_of(other), "mend it with: cmake --preset release --fresh && cmake --build build\n"));
  const Finding none = judge_compiler("", "GCC 12.2.0");
  EXPECT_EQ(none.level, Level::kFail);
  EXPECT_TRUE(ends_with(line_of(none), "mend it with: scripts/setup.sh\n"));
}

TEST(BlasCheck, NamesTheFileAndTheSpeedOfOneThreadAndAll) {
  const Finding finding = judge_blas({"OpenBLAS 0.3.21, OpenMP threads", "/lib/libblas.so.3", true, ""}, 100.4, 190, 2);
  EXPECT_EQ(line_of(finding),
            "ok    BLAS  OpenBLAS 0.3.21, OpenMP threads (/lib/libblas.so.3), 100 GFLOP/s with 1 thread, 190 with 2\n");
}

TEST(BlasCheck, WarnsOfASlowLibraryAndOfThreadsThatDoNotHelp) {
  const Finding slow = judge_blas({"not OpenBLAS", "/lib/libblas.so.3", false, "it is slow"}, 3, 3, 1);
  EXPECT_EQ(slow.level, Level::kWarn);
  EXPECT_TRUE(ends_with(line_of(slow), "it is slow; mend it with: scripts/setup.sh && cmake --build build\n"));
  EXPECT_EQ(judge_blas({"OpenBLAS", "/lib/libblas.so.3", true, ""}, 100, 90, 2).level, Level::kWarn);
}

TEST(BlasCheck, MeasuresSomething) { EXPECT_GT(measure_gflops(1), 0.1); }

TEST(Quota, IsTimeOverPeriod) {
  EXPECT_DOUBLE_EQ(parse_quota("150000 100000"), 1.5);
  EXPECT_DOUBLE_EQ(parse_quota("max 100000"), 0);
  EXPECT_DOUBLE_EQ(parse_quota("-1 100000"), 0);  // cgroup v1's way to say max
  EXPECT_DOUBLE_EQ(parse_quota(""), 0);
  EXPECT_DOUBLE_EQ(parse_quota("100000 0"), 0);
}

TEST(Threads, WarnIfAQuotaAllowsFewerThanThereAreCores) {
  EXPECT_EQ(judge_threads(8, 0).level, Level::kOk);
  EXPECT_EQ(judge_threads(2, 2).level, Level::kOk);
  EXPECT_TRUE(
      ends_with(line_of(judge_threads(8, 2.5)), "mend it with: build/bin/mlp train --threads 2 --config FILE\n"));
  EXPECT_TRUE(
      ends_with(line_of(judge_threads(8, 0.5)), "mend it with: build/bin/mlp train --threads 1 --config FILE\n"));
}

TEST(OpenMp, WarnsOfTheVariableThatKeepsThreadsBack) {
  EXPECT_EQ(line_of(judge_openmp(2, 2, "")), "ok    OpenMP  gives 2 threads\n");
  EXPECT_EQ(line_of(judge_openmp(2, 1, "OMP_THREAD_LIMIT=1")),
            "warn  OpenMP  gives 1 thread for 2 cores, because of OMP_THREAD_LIMIT=1; mend it with: unset "
            "OMP_THREAD_LIMIT\n");
}

TEST(Disk, WarnsBelowTwoGigabytesAndFailsBelowAFifth) {
  EXPECT_EQ(judge_disk("runs", 3'000'000'000).level, Level::kOk);
  EXPECT_EQ(judge_disk("runs", 1'500'000'000).level, Level::kWarn);
  const Finding full = judge_disk("runs", 100'000'000);
  EXPECT_EQ(full.level, Level::kFail);
  EXPECT_EQ(full.found, "0.1 GB free, want 0.2 GB");
  EXPECT_NE(full.remedy.find("du -sh runs/*"), std::string::npos);
}

TEST(Disk, OfAFolderThatIsNotThereYetIsItsParents) {
  const TempFolder folder;
  EXPECT_EQ(check_disk(folder / "not/yet").name, "disk " + (folder / "not/yet").string());
  EXPECT_NE(check_disk(folder / "not/yet").found.find("GB free"), std::string::npos);
}

TEST(Display, IsNoteworthyButNeverAFailure) {
  EXPECT_EQ(judge_display("", "").level, Level::kOk);
  EXPECT_EQ(judge_display(":0", "").found, "DISPLAY=:0");
  EXPECT_EQ(judge_display(":0", "wayland-1").found, "WAYLAND_DISPLAY=wayland-1");
}

TEST(SumsOfFiles, AreReadAsSha256sumWritesThem) {
  const Sums sums =
      parse_sums("# a comment\n" + kSumOfAbc + "  iris/iris.csv\n\n" + kSumOfNothing + " *wine/a b.csv\n", "x");
  ASSERT_EQ(sums.size(), 2u);
  EXPECT_EQ(sums.find("iris/iris.csv")->second, kSumOfAbc);
  EXPECT_EQ(sums.find("wine/a b.csv")->second, kSumOfNothing);
}

TEST(SumsOfFiles, ThatAreNoneAreRefusedByLine) {
  EXPECT_ERROR_HAS(parse_sums("# fine\n" + kSumOfAbc.substr(1) + "  iris.csv\n", "sums"), "sums:2: want 64 hex digits");
  EXPECT_ERROR_HAS(parse_sums(kSumOfAbc + "\n", "sums"), "sums:1: want 64 hex digits, two spaces and a file's name");
}

TEST(SumsOfFiles, OfOneSetLoseItsName) {
  const Sums own = sums_of_set({{"iris/iris.csv", kSumOfAbc}, {"iris2/iris.csv", kSumOfNothing}}, "iris");
  EXPECT_EQ(own, (Sums{{"iris.csv", kSumOfAbc}}));
}

TEST(DataSet, WithTheRightBytesIsWell) {
  const TempFolder folder;
  write_file(folder / "a.csv", "abc");
  const Sums two_versions = {{"a.csv", kSumOfNothing},
                             {"a.csv", kSumOfAbc}};  // Debian 12 and Debian 13 pack differently
  const Finding finding = check_set("data a", folder.path(), two_versions, "scripts/data.sh a");
  EXPECT_EQ(finding.level, Level::kOk);
  EXPECT_EQ(finding.found, "1 file, checksums right (" + folder.path().string() + ")");
}

TEST(DataSet, WithADamagedByteFailsAndNamesFileSumAndRemedy) {
  const TempFolder folder;
  write_file(folder / "a.csv", "abd");
  const Finding finding = check_set("data a", folder.path(), {{"a.csv", kSumOfAbc}}, "scripts/data.sh a");
  EXPECT_EQ(finding.level, Level::kFail);
  EXPECT_NE(finding.found.find((folder / "a.csv").string() + ": want sha256 ba7816bf8f01..., got "), std::string::npos);
  EXPECT_TRUE(ends_with(line_of(finding), "; mend it with: scripts/data.sh a\n"));
}

TEST(DataSet, WithAMissingFileFailsUnlessItLiesThereUnpacked) {
  const TempFolder folder;
  const Sums sums = {{"images.gz", kSumOfAbc}, {"labels.gz", kSumOfAbc}};
  write_file(folder / "labels.gz", "abc");
  const Finding finding = check_set("data a", folder.path(), sums, "scripts/data.sh a");
  EXPECT_EQ(finding.level, Level::kFail);
  EXPECT_NE(finding.found.find("images.gz: missing"), std::string::npos);
  write_file(folder / "images", "anything");
  EXPECT_EQ(check_set("data a", folder.path(), sums, "").level, Level::kOk);
}

TEST(DataFolders, AreSearchedOnceAndUnknownSetsGoByTheirOwnList) {
  const TempFolder folder;
  write_file(folder / "fashion-mnist/a", "abc");
  write_file(folder / "own/b", "abd");
  write_file(folder / "own/SHA256SUMS", kSumOfAbc + "  b\n");
  write_file(folder / "unlisted/c", "abc");
  const auto findings = check_data({folder.path(), folder / "own/..", folder / "nowhere"},
                                   {{"fashion_mnist/a", kSumOfAbc}, {"iris/iris.csv", kSumOfAbc}});
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_EQ(findings[0].name, "data fashion_mnist");
  EXPECT_EQ(findings[0].level, Level::kOk);
  EXPECT_EQ(findings[1].name, "data own");
  EXPECT_EQ(findings[1].level, Level::kFail);
  EXPECT_NE(findings[1].remedy.find("sha256sum -c SHA256SUMS"), std::string::npos);
  EXPECT_EQ(findings[2].found, "not fetched: iris (scripts/data.sh NAME fetches one)");
}

TEST(DataFolders, MayHoldAnotherSetOfAKnownName) {
  const TempFolder folder;
  write_file(folder / "photos/mine.jpg", "abc");
  write_file(folder / "photos/SHA256SUMS", kSumOfAbc + "  mine.jpg\n");
  const auto findings = check_data({folder.path()}, {{"photos/ours.jpg", kSumOfAbc}});
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].level, Level::kOk);
  EXPECT_EQ(findings[1].found, "not fetched: photos (scripts/data.sh NAME fetches one)");
}

TEST(DataFolders, WithADamagedListAreAFailureOfThatSetOnly) {
  const TempFolder folder;
  write_file(folder / "a/SHA256SUMS", "no sums\n");
  write_file(folder / "b/file", "abc");
  write_file(folder / "b/SHA256SUMS", kSumOfAbc + "  file\n");
  const auto findings = check_data({folder.path()}, {});
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].level, Level::kFail);
  EXPECT_NE(findings[0].found.find("SHA256SUMS:1: want 64 hex digits"), std::string::npos);
  EXPECT_EQ(findings[1].level, Level::kOk);
}

TEST(DataFolders, WithoutAnySetAreAWarning) {
  const auto findings = check_data({}, {{"digits/digits.png", kSumOfAbc}});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].level, Level::kWarn);
  EXPECT_EQ(findings[0].remedy, "scripts/data.sh digits");
}

}  // namespace
}  // namespace glassbox::doctor
