/// OpenBLAS runs the code of this processor, whether it knows it or not.
#include "tests/e2e/desk.h"

namespace glassbox::e2e {
namespace {

class BlasCore : public Desk {};

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
