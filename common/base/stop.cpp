#include "common/base/stop.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <initializer_list>

namespace glassbox {
namespace {

// Lock-free atomics, alarm(), clock_gettime(), write() and _exit() are all that the handlers touch: they are
// async-signal-safe.
std::atomic<bool> requested{false};
std::atomic<int64_t> first_at_ms{0};  // of SIGINT and SIGTERM; 0 = none has come
std::atomic<int> guards{0};
std::atomic<unsigned> patience{10};
static_assert(std::atomic<int64_t>::is_always_lock_free);

int64_t now_ms() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000 + 1;
}

void request() {
  if (!requested.exchange(true)) alarm(patience.load());
}

void on_signal(int number) {
  if (guards.load() == 0 && !requested.load()) _exit(130);
  request();
  if (number == SIGHUP) return;  // a terminal that closes sends it twice: by way of the shell, then itself
  int64_t first = 0;
  const int64_t now = now_ms();
  if (!first_at_ms.compare_exchange_strong(first, now) && now - first >= 500) _exit(130);
}

void on_broken_pipe(int) {
  if (requested.load()) return;  // on the way out: what cannot be written is not missed
  if (guards.load() > 0) return request();
  signal(SIGPIPE, SIG_DFL);
  raise(SIGPIPE);
}

void on_alarm(int) {
  constexpr char kText[] =
      "\nstopped without saving: the computation did not return in time after the signal; the last checkpoint is "
      "intact, go on with train --resume\n";
  (void)!write(STDERR_FILENO, kText, sizeof kText - 1);
  _exit(130);
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action = {};
  sigaction(number, nullptr, &action);
  if (action.sa_handler == SIG_IGN && number != SIGALRM) return;
  action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

}  // namespace

void install_stop_handlers(unsigned patience_s) {
  patience.store(patience_s);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) handle(number, on_signal);
  handle(SIGPIPE, on_broken_pipe);
  handle(SIGALRM, on_alarm);
  signal(SIGXFSZ, SIG_IGN);  // ulimit -f: write() then says EFBIG, and we say what that means
}

bool stop_requested() {
  if (!requested.load()) return false;
  alarm(0);
  return true;
}

StopGuard::StopGuard() { guards.fetch_add(1); }
StopGuard::~StopGuard() { guards.fetch_sub(1); }

}  // namespace glassbox
