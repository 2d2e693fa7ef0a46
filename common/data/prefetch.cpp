#include "common/data/prefetch.h"

#include <ATen/Parallel.h>
#include <omp.h>

#include <system_error>
#include <utility>

#include "common/base/error.h"

namespace glassbox {
namespace {

/// A worker computes alone: the cores belong to the training step. at::set_num_threads(1) would be wrong here, for it
/// also speaks for threads that start later; OpenMP's own number is the calling thread's alone.
void compute_alone() {
  at::get_num_threads();  // LibTorch sets its own number at the first use in a thread; this is it
  omp_set_num_threads(1);
}

}  // namespace

Prefetcher::Prefetcher(int64_t workers, int64_t first, int64_t end, std::function<Batch(int64_t)> make)
    : ahead_(workers + 2), end_(end), make_(std::move(make)), next_(first), oldest_(first) {
  try {
    for (int64_t i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error& problem) {
    stop();
    fail("data.workers: want ", workers, " threads, the system gave ", threads_.size(), " (", problem.what(),
         "); lower it");
  }
}

Prefetcher::~Prefetcher() { stop(); }

void Prefetcher::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Prefetcher::work() {
  compute_alone();
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopped_ || next_ >= end_ || next_ < oldest_ + ahead_; });
    if (stopped_ || next_ >= end_) return;
    const int64_t number = next_++;
    lock.unlock();
    Result result;
    try {
      result.batch = make_(number);
    } catch (...) {
      result.problem = std::current_exception();
    }
    lock.lock();
    ready_[number] = std::move(result);
    changed_.notify_all();
  }
}

Batch Prefetcher::get(int64_t number) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return ready_.count(number) > 0; });
  const Result& result = ready_.at(number);
  if (result.problem) std::rethrow_exception(result.problem);
  return result.batch;
}

void Prefetcher::forget_before(int64_t number) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    oldest_ = number;
    ready_.erase(ready_.begin(), ready_.lower_bound(number));
  }
  changed_.notify_all();
}

}  // namespace glassbox
