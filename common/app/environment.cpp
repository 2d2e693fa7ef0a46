#include "common/app/environment.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <torch/version.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <thread>

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
  return concat("Clang ", __clang_version__);
#else
  return concat("GCC ", __VERSION__);
#endif
}

/// GNU's OpenMP lets a thread that waits for the others spin for milliseconds. When another program wants the core, the
/// spinning uses up the time slice, the threads wait for each other in turn, and training gets up to 50 times slower.
/// With more threads than cores to manage it spins for microseconds only (GOMP_SPINCOUNT in the manual of libgomp,
/// which can be set from outside only). So a second team is made once and sleeps for ever.
void shorten_spinning() {
  static const bool once = [] {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);  // the sleeper leaves Ctrl-C to the main thread
    std::thread([] {
#pragma omp parallel num_threads(int(core_count()) + 1)
      asm volatile("");
      while (true) pause();
    }).detach();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return true;
  }();
  (void)once;
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
            concat("matrix products are 10 to 25 times slower than they could be; ", remedy)};
  }
  const std::string text = config();  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
  blas.name = text.substr(0, text.find(' ', text.find(' ') + 1));
  const int kind = parallel();  // 0 sequential, 1 its own threads, 2 OpenMP
  blas.name += kind == 2 ? ", OpenMP threads" : kind == 1 ? ", own threads" : ", one thread";
  if (kind != 2) {
    blas.recommended = false;
    blas.remedy = concat("its threads ", kind == 1 ? "fight LibTorch's" : "are missing", "; ", remedy);
  }
  return blas;
}

std::string torch_version() { return TORCH_VERSION; }

std::string version_text() {
  return concat("Glassbox ", GLASSBOX_VERSION, " (", commit(), "), LibTorch ", torch_version(), ", OpenCV ", CV_VERSION,
                ", ", compiler());
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(std::min(line.size(), line.find(':') + 2));
  }
  return "unknown";
}

int64_t core_count() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  return sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
}

std::string commit() { return GLASSBOX_COMMIT; }

void set_threads(int64_t threads) {
  at::set_num_threads(int(threads));
  cv::setNumThreads(int(threads));
  if (threads > 1) shorten_spinning();
}

}  // namespace glassbox
