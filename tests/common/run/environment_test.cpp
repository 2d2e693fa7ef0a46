/// What a run says of the machine it was made on.
#include "common/run/environment.h"
#include "common/run/threads.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace glassbox {
namespace {

TEST(Environment, TheBlasIsOpenBlasWithOpenMpThreads) {
  const Blas blas = find_blas();
  ASSERT_TRUE(std::filesystem::is_regular_file(blas.file)) << blas.file;
  EXPECT_NE(blas.file.find("openblas-openmp"), std::string::npos) << blas.file;
  EXPECT_EQ(blas.name.rfind("OpenBLAS 0.", 0), 0u) << blas.name;
  EXPECT_NE(blas.name.find("OpenMP threads"), std::string::npos) << blas.name;
  EXPECT_TRUE(blas.recommended) << blas.remedy;
  EXPECT_TRUE(blas.remedy.empty());
}

TEST(Environment, VersionsAreNamed) {
  for (const char* part : {"Glassbox 0.", "LibTorch ", "OpenCV 4", "GCC "}) {
    EXPECT_NE(version_text().find(part), std::string::npos) << part << " in " << version_text();
  }
  EXPECT_NE(version_text().find(commit()), std::string::npos);
  EXPECT_EQ(version_text().find("Glassbox unknown"), std::string::npos);
}

TEST(Environment, ThereIsAProcessorWithCores) {
  EXPECT_GE(core_count(), 1);
  EXPECT_FALSE(processor_name().empty());
}

TEST(Environment, SetThreadsSetsLibTorchs) {
  const int before = at::get_num_threads();
  for (int threads : {1, 2, 3}) {
    set_threads(threads);
    EXPECT_EQ(at::get_num_threads(), threads);
  }
  set_threads(before);
}

}  // namespace
}  // namespace glassbox
