#include "common/run/threads.h"

#include <ATen/Parallel.h>
#include <fcntl.h>
#include <omp.h>
#include <pthread.h>
#include <signal.h>
#include <torch/utils.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <future>
#include <memory>
#include <opencv2/core/utility.hpp>
#include <thread>

#include "common/base/error.h"
#include "common/base/memory.h"

namespace glassbox {
namespace {

/// A team of cores + 1 OpenMP threads that sleeps while this lives. libgomp ends a team with the thread that made it.
class SleepingTeam {
 public:
  SleepingTeam()
      : host_([this] {
          const int size = int(core_count()) + 1;
#pragma omp parallel num_threads(size)
          asm volatile("");
          end_.get_future().wait();
        }) {
  }
  ~SleepingTeam() {
    end_.set_value();
    host_.join();
  }

 private:
  std::promise<void> end_;
  std::thread host_;
};

/// Microseconds since the start of the machine in which some thread waited for a core (Linux's pressure stall
/// information); -1 where the kernel does not tell.
int64_t stalled_microseconds() {
  char text[128] = {};
  const int file = open("/proc/pressure/cpu", O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  const ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  const char* total = count > 0 ? std::strstr(text, "total=") : nullptr;
  return total ? std::atoll(total + 6) : -1;
}

/// Shortens OpenMP's spinning while threads wait for cores more than a quarter of the time, until two quiet seconds
/// have passed.
void watch_pressure() {
  constexpr int64_t kPause = 100'000;  // microseconds
  std::unique_ptr<SleepingTeam> team;
  int quiet_pauses = 0;
  for (int64_t before = stalled_microseconds(); before >= 0;) {
    std::this_thread::sleep_for(std::chrono::microseconds(kPause));
    const int64_t now = stalled_microseconds(), stalled = now - before;
    before = now;
    quiet_pauses = stalled > kPause / 4 ? 0 : quiet_pauses + 1;
    if (quiet_pauses == 0 && !team) team = std::make_unique<SleepingTeam>();
    if (quiet_pauses == 20) team.reset();
  }
}

void begin_to_watch() {
  // Whoever says how threads shall wait knows their machine.
  if (std::getenv("GOMP_SPINCOUNT") != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);  // Ctrl-C is for the main thread
  std::thread(watch_pressure).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

/// The threads that come when `threads` are asked for.
int64_t team_size(int64_t threads) {
  omp_set_dynamic(0);
  omp_set_max_active_levels(1);
  int64_t size = 1;
#pragma omp parallel num_threads(int(threads))
#pragma omp master
  size = omp_get_num_threads();
  return size;
}

/// OpenBLAS tries for ever to get the 128 MB in which a thread packs its products, if it cannot have them.
void take_blas_buffers(int64_t threads) {
  if (!address_space_is_limited()) return;
  constexpr uint64_t kBuffer = (uint64_t{128} << 20) + 4096, kElse = uint64_t{128} << 20;
  require_memory(uint64_t(threads) * kBuffer + kElse, as_text("starting ", threads, " threads under ulimit -v"),
                 "OpenBLAS's buffers; ask for fewer (--threads), or raise the limit");
  at::parallel_for(0, threads, 1, [](int64_t, int64_t) {
    const torch::NoGradGuard no_graph;
    torch::mm(torch::ones({64, 64}), torch::ones({64, 64}));
  });
}

}  // namespace

// Not sched_getaffinity(): under OMP_PROC_BIND this thread is bound to one core of those that the others may use.
int64_t core_count() { return omp_get_num_procs(); }

int64_t usable_threads() { return team_size(core_count()); }

std::string thread_limit() {
  const char* const limit = std::getenv("OMP_THREAD_LIMIT");
  return limit != nullptr && usable_threads() < core_count() ? as_text("OMP_THREAD_LIMIT=", limit) : "";
}

void set_threads(int64_t threads) {
  const int64_t given = team_size(threads);
  const std::string why = thread_limit();
  require(given == threads, "--threads: want at most ", given, ", which is what OpenMP gives here",
          why.empty() ? "" : " (" + why + ")", ", got ", threads, "; ask for fewer",
          why.empty() ? "" : " or unset OMP_THREAD_LIMIT");
  at::set_num_threads(int(threads));
  cv::setNumThreads(int(threads));
  take_blas_buffers(threads);
  static bool watching = false;
  if (threads > 1 && !watching) begin_to_watch();
  watching = watching || threads > 1;
}

}  // namespace glassbox
