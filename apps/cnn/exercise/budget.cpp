#include "apps/cnn/exercise/budget.h"

#include <ATen/Parallel.h>
#include <torch/types.h>
#include <torch/utils.h>
#ifdef GLASSBOX_HAS_VALGRIND
#include <valgrind/callgrind.h>
constexpr bool kCanCount = true;
#else
constexpr bool kCanCount = false;
#define CALLGRIND_START_INSTRUMENTATION static_cast<void>(0)
#define CALLGRIND_STOP_INSTRUMENTATION static_cast<void>(0)
#endif

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "apps/cnn/exercise/exercise.h"
#include "common/base/error.h"

#ifdef GLASSBOX_HAS_VALGRIND
// libhwy, which LibTorch loads by way of OpenCV, reads the clock with RDTSCP when it is loaded. On processors that do
// not announce the instruction (some virtual machines) valgrind refuses it; under valgrind this function takes its
// place.
extern "C" uint64_t I_WRAP_SONAME_FNNAME_ZU(libhwyZdsoZa, _ZN3hwy8platform15TimerResolutionEv)();
extern "C" uint64_t I_WRAP_SONAME_FNNAME_ZU(libhwyZdsoZa, _ZN3hwy8platform15TimerResolutionEv)() { return 1; }
#endif

namespace glassbox::cnn::exercise {
namespace {

constexpr double kLargestFraction = 0.25;

/// LeNet's second layer on four images. Once before it counts: the first call of anything sets things up. Until the
/// count begins valgrind only watches, which is five times faster.
void convolve(bool direct) {
  at::set_num_threads(1);
  const torch::NoGradGuard by_hand;
  const Tensor x = torch::rand({4, 6, 14, 14}), weight = torch::rand({16, 6, 5, 5}), bias = torch::rand({16});
  const auto convolution = direct ? conv2d_direct : conv2d_im2col;
  convolution(x, weight, bias, 1, 0);
  CALLGRIND_START_INSTRUMENTATION;
  convolution(x, weight, bias, 1, 0);
  CALLGRIND_STOP_INSTRUMENTATION;
}

/// The program's own file, in quotes for the shell.
std::string own_program() {
  const std::string path = std::filesystem::read_symlink("/proc/self/exe").string();
  require(path.find('\'') == path.npos, path, ": want a path without ' for --budget");
  return "'" + path + "'";
}

/// Runs `cnn_check --count WAY` under callgrind, which ends with "Collected : 123456".
double instructions_of(const std::string& way) {
  // valgrind does not know AVX-512; the libraries choose their code by these, and all take one thread.
  const std::string command =
      "OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 OPENBLAS_CORETYPE=Haswell ATEN_CPU_CAPABILITY=avx2 "
      "DNNL_MAX_CPU_ISA=AVX2 valgrind --tool=callgrind --callgrind-out-file=/dev/null --instr-atstart=no --vgdb=no " +
      own_program() + " --count " + way + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  require(pipe != nullptr, "--budget: cannot start a shell");
  std::string said;
  std::array<char, 4096> part{};
  while (fgets(part.data(), part.size(), pipe) != nullptr) said += part.data();
  const bool ended_well = pclose(pipe) == 0;
  const size_t at = said.find("Collected : ");
  require(ended_well && at != said.npos, "--budget: counting --count ", way, " failed:\n", said);
  const double count = std::strtod(said.c_str() + at + 12, nullptr);
  require(count > 0, "--budget: --count ", way, " was not counted:\n", said);
  return count;
}

int check_budget() {
  require(kCanCount, "--budget: built without valgrind/callgrind.h; scripts/setup.sh --test, cmake --preset release");
  require(std::system("valgrind --version > /dev/null 2>&1") == 0,
          "--budget: want valgrind, found none; apt-get install valgrind, or scripts/setup.sh --test");
  for (const bool direct : {true, false}) convolve(direct);  // whatever it throws is better read here
  const double direct = instructions_of("direct"), im2col = instructions_of("im2col"), fraction = im2col / direct;
  std::printf("conv2d_direct %.0f instructions, conv2d_im2col %.0f: %.3f of it, want at most %.2f\n", direct, im2col,
              fraction, kLargestFraction);
  return fraction <= kLargestFraction ? 0 : 2;
}

}  // namespace

std::vector<Flag> budget_flags() {
  return {on_off_flag("budget",
                      "counts instructions with valgrind (20 seconds): conv2d_im2col may take at most\n"
                      "a quarter of conv2d_direct's; exit 0 if it does"),
          choice_flag("count", "WAY", {"direct", "im2col"},
                      "what --budget counts, that convolution twice,\nsuch as --count im2col")};
}

std::optional<int> answer_budget(const Options& options) try {
  if (options.is_set("budget")) return check_budget();
  if (!options.is_set("count")) return {};
  convolve(options.text("count") == "direct");
  return 0;
} catch (const std::exception& problem) {  // whatever a student's function throws is theirs to mend
  fail(problem.what());
}

}  // namespace glassbox::cnn::exercise
