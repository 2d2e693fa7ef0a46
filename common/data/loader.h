/// Walks a data set in batches, in an order that is a function of (seed, epoch) alone.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "common/data/dataset.h"
#include "common/data/prefetch.h"

namespace glassbox {

/// Nothing here has a default that could be wrong in silence: the order must be said.
struct LoaderOptions {
  int64_t batch_size;
  bool shuffle;  ///< true for training, false for evaluation
  uint64_t seed = 0;
  int64_t workers =
      0;  ///< threads that prepare batches ahead; 0 = the thread that asks makes them, with all its threads
  /// What is done to each batch of an epoch once it is read, such as augmentation. Called from the workers.
  std::function<void(Batch&, int64_t epoch)> transform = nullptr;
};

class DataLoader {
 public:
  /// Throws UserError if the batch size is below 1, the workers below 0 or the data set empty.
  DataLoader(std::shared_ptr<const Dataset> dataset, LoaderOptions options);

  /// The batches of one epoch, for a range-for. The last one may be short. Whatever the workers, they are the same.
  class Epoch {
   public:
    /// Workers live as long as the iterators that begin() gave: leaving the loop, by break or exception, ends them.
    /// What goes wrong in a worker is thrown at its batch.
    class Iterator {
     public:
      Batch operator*() const { return ahead_ ? ahead_->get(number_) : epoch_->make(number_); }
      Iterator& operator++();
      bool operator!=(const Iterator& other) const { return number_ != other.number_; }

     private:
      friend class Epoch;
      Iterator(const Epoch* epoch, int64_t number) : epoch_(epoch), number_(number) {}
      const Epoch* epoch_;
      int64_t number_;
      std::shared_ptr<Prefetcher> ahead_;  // none without workers
    };
    Iterator begin() const;
    Iterator end() const { return {this, loader_->batches()}; }

   private:
    friend class DataLoader;
    Epoch(const DataLoader* loader, int64_t number, torch::Tensor order, int64_t first)
        : loader_(loader), number_(number), order_(std::move(order)), first_(first) {}
    Batch make(int64_t batch) const;

    const DataLoader* loader_;
    int64_t number_;
    torch::Tensor order_;  // int64 [samples], the indices in the order of this epoch
    int64_t first_;
  };

  /// Epochs count from 1. The same number gives the same batches, always. `first`: the batch to begin with, so that a
  /// resumed run goes on where it stopped.
  Epoch epoch(int64_t epoch, int64_t first = 0) const&;
  Epoch epoch(int64_t epoch, int64_t first = 0) const&& = delete;  // the batches come from a loader that must live on

  const Dataset& dataset() const { return *dataset_; }
  int64_t samples() const { return dataset_->size(); }
  int64_t batches() const { return (samples() + options_.batch_size - 1) / options_.batch_size; }
  int64_t last_batch_size() const { return samples() - (batches() - 1) * options_.batch_size; }

 private:
  std::shared_ptr<const Dataset> dataset_;
  LoaderOptions options_;
};

}  // namespace glassbox
