/// OpenBLAS runs the code of this processor, whether it knows it or not.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "tests/e2e/desk.h"

namespace glassbox::e2e {
namespace {

/// What /proc/cpuinfo says this processor can do.
std::set<std::string> processor_flags() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("flags", 0) != 0) continue;
    std::istringstream words(line.substr(line.find(':') + 1));
    return {std::istream_iterator<std::string>(words), {}};
  }
  return {};
}

/// The values of OPENBLAS_CORETYPE whose instructions this processor has.
Words cores_to_try() {
  const std::set<std::string> flags = processor_flags();
  Words cores;
  for (const auto& [core, wanted] : std::vector<std::pair<std::string, Words>>{
           {"Prescott", {"pni"}},
           {"Nehalem", {"sse4_2"}},
           {"Sandybridge", {"avx"}},
           {"Haswell", {"avx2", "fma"}},
           {"Zen", {"avx2", "fma"}},
           {"SkylakeX", {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}},
           {"Cooperlake", {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl", "avx512_bf16"}}}) {
    if (std::all_of(wanted.begin(), wanted.end(), [&](const auto& flag) { return flags.count(flag) > 0; })) {
      cores.push_back(core);
    }
  }
  return cores;
}

class BlasCore : public Desk {
 protected:
  /// Each core rounds in its own way, and the solutions are right in all of them.
  void expect_full_marks_on_every_core(const std::string& program) const {
    const Words cores = cores_to_try();
    EXPECT_FALSE(cores.empty());
    for (const std::string& core : cores) {
      const Ended ended = run(program, {}, {here_.path(), {{"OPENBLAS_CORETYPE", core}}});
      EXPECT_EQ(ended.code, 0) << core << "\n" << ended.out << ended.err;
      EXPECT_NE(ended.out.find(" checks, 50 of 50 points\n"), std::string::npos) << core << "\n" << ended.out;
    }
  }
};

TEST_F(BlasCore, NoneCostsTheSolutionOfMlpAPoint) { expect_full_marks_on_every_core("mlp_check"); }
TEST_F(BlasCore, NoneCostsTheSolutionOfCnnAPoint) { expect_full_marks_on_every_core("cnn_check"); }

TEST_F(BlasCore, IsNoPentiums) {
  train({"--config", moons(), "--run", "a"});
  const std::string blas = read_json("a/environment.json").at("blas").at("name");
  const bool vectors = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (vectors && std::getenv("OPENBLAS_CORETYPE") == nullptr) {
    EXPECT_EQ(blas.find("Prescott"), std::string::npos) << blas;
  }
  EXPECT_NE(blas.find("OpenBLAS"), std::string::npos) << blas;
}

TEST_F(BlasCore, IsTheOneThatWasAskedFor) {
  const char* const before = std::getenv("OPENBLAS_CORETYPE");
  const std::string kept = before == nullptr ? "" : before;
  setenv("OPENBLAS_CORETYPE", "Prescott", /*overwrite=*/1);
  train({"--config", moons(), "--run", "a"});
  kept.empty() ? unsetenv("OPENBLAS_CORETYPE") : setenv("OPENBLAS_CORETYPE", kept.c_str(), /*overwrite=*/1);
  const std::string blas = read_json("a/environment.json").at("blas").at("name");
  EXPECT_NE(blas.find("Prescott"), std::string::npos) << blas;
}

}  // namespace
}  // namespace glassbox::e2e
