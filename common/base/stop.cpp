#include "common/base/stop.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

namespace glassbox {
namespace {

// Lock-free atomics and _exit() are all a signal handler may touch.
std::atomic<int> signals{0};
std::atomic<int> guards{0};
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int) {
  const bool first = signals.fetch_add(1) == 0;
  if (!first || guards.load() == 0) _exit(130);
}

}  // namespace

void install_stop_handlers() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool stop_requested() { return signals.load() > 0; }

StopGuard::StopGuard() { guards.fetch_add(1); }
StopGuard::~StopGuard() { guards.fetch_sub(1); }

}  // namespace glassbox
