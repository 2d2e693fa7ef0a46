/// Threads that prepare batches before they are asked for.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "common/data/batch.h"

namespace glassbox {

/// Calls make(number) for number = first .. end-1 in several threads, at most workers + 2 batches ahead of what was
/// taken, and hands the results out in order. One thread may use it. The destructor waits for the batches that are in
/// the making; no thread outlives it.
class Prefetcher {
 public:
  /// make must be callable from several threads at once. Throws UserError if the system gives no such number of
  /// threads.
  Prefetcher(int64_t workers, int64_t first, int64_t end, std::function<Batch(int64_t)> make);
  ~Prefetcher();
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  /// Batch `number`, when it is ready. What make(number) threw is thrown here.
  Batch get(int64_t number);
  /// From now on no batch before `number` is asked for: its memory is free, and the threads go on.
  void forget_before(int64_t number);

 private:
  struct Result {
    Batch batch;
    std::exception_ptr problem;
  };
  void work();
  void stop();

  const int64_t ahead_, end_;
  const std::function<Batch(int64_t)> make_;
  std::mutex mutex_;  // guards all that follows
  std::condition_variable changed_;
  int64_t next_, oldest_;            // the next to be made, the first that may still be asked for
  std::map<int64_t, Result> ready_;  // made and not forgotten
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace glassbox
