#include "common/run/threads.h"

#include <ATen/Parallel.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <future>
#include <memory>
#include <opencv2/core/utility.hpp>
#include <thread>

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
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);  // Ctrl-C is for the main thread
  std::thread(watch_pressure).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

int64_t core_count() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  return sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
}

void set_threads(int64_t threads) {
  at::set_num_threads(int(threads));
  cv::setNumThreads(int(threads));
  static bool watching = false;
  if (threads > 1 && !watching) begin_to_watch();
  watching = watching || threads > 1;
}

}  // namespace glassbox
