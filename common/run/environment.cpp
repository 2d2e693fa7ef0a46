#include "common/run/environment.h"

#include <dlfcn.h>
#include <torch/version.h>

#include <filesystem>
#include <fstream>
#include <opencv2/core.hpp>

#include "common/base/error.h"

#ifndef GLASSBOX_COMMIT
#define GLASSBOX_COMMIT "unknown"
#endif
#ifndef GLASSBOX_VERSION
#define GLASSBOX_VERSION "unknown"
#endif

namespace glassbox {
namespace {

template <typename Function>
Function symbol(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

std::string compiler() {
#if defined(__clang__)
  return as_text("Clang ", __clang_version__);
#else
  return as_text("GCC ", __VERSION__);
#endif
}

}  // namespace

Blas find_blas() {
  Blas blas;
  Dl_info place = {};
  void* sgemm = dlsym(RTLD_DEFAULT, "sgemm_");
  if (sgemm == nullptr || dladdr(sgemm, &place) == 0) {
    return {"built into LibTorch", "none", true, ""};  // pytorch.org's zip carries MKL inside
  }
  std::error_code ignored;
  blas.file = std::filesystem::canonical(place.dli_fname, ignored).string();
  const char* const remedy = "install libopenblas0-openmp (scripts/setup.sh) and build again";
  const auto config = symbol<char* (*)()>("openblas_get_config");
  const auto parallel = symbol<int (*)()>("openblas_get_parallel");
  if (config == nullptr || parallel == nullptr) {
    return {"not OpenBLAS", blas.file, false,
            as_text("matrix products are 10 to 25 times slower than they could be; ", remedy)};
  }
  const std::string text = config();  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
  blas.name = text.substr(0, text.find(' ', text.find(' ') + 1));
  const auto core = symbol<char* (*)()>("openblas_get_corename");
  if (core != nullptr) blas.name += as_text(" for ", core());
  const int kind = parallel();  // 0 sequential, 1 its own threads, 2 OpenMP
  blas.name += kind == 2 ? ", OpenMP threads" : kind == 1 ? ", own threads" : ", one thread";
  if (kind != 2) {
    blas.recommended = false;
    blas.remedy = as_text("its threads ", kind == 1 ? "fight LibTorch's" : "are missing", "; ", remedy);
  }
  return blas;
}

std::string torch_version() { return TORCH_VERSION; }

std::string version_text() {
  return as_text("Glassbox ", GLASSBOX_VERSION, " (", commit(), "), LibTorch ", torch_version(), ", OpenCV ",
                 CV_VERSION, ", ", compiler());
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(std::min(line.size(), line.find(':') + 2));
  }
  return "unknown";
}

std::string commit() { return GLASSBOX_COMMIT; }

}  // namespace glassbox
