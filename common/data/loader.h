/// Walks a data set in batches, in an order that is a function of (seed, epoch) alone.
#pragma once

#include <vector>

#include "common/data/dataset.h"

namespace glassbox {

/// Nothing here has a default that could be wrong in silence: the order must be said.
struct LoaderOptions {
  int64_t batch_size;
  bool shuffle;  ///< true for training, false for evaluation
  uint64_t seed = 0;
};

class DataLoader {
 public:
  /// Throws UserError if the batch size is below 1 or the data set is empty.
  DataLoader(std::shared_ptr<const Dataset> dataset, LoaderOptions options);

  /// The batches of one epoch, for a range-for. The last one may be short.
  class Epoch {
   public:
    class Iterator {
     public:
      Batch operator*() const { return loader_->batch_at(*order_, number_); }
      Iterator& operator++() { return ++number_, *this; }
      bool operator!=(const Iterator& other) const { return number_ != other.number_; }

     private:
      friend class Epoch;
      Iterator(const DataLoader* loader, const torch::Tensor* order, int64_t number)
          : loader_(loader), order_(order), number_(number) {}
      const DataLoader* loader_;
      const torch::Tensor* order_;
      int64_t number_;
    };
    Iterator begin() const { return {loader_, &order_, first_}; }
    Iterator end() const { return {loader_, &order_, loader_->batches()}; }

   private:
    friend class DataLoader;
    Epoch(const DataLoader* loader, torch::Tensor order, int64_t first)
        : loader_(loader), order_(std::move(order)), first_(first) {}
    const DataLoader* loader_;
    torch::Tensor order_;  // int64 [samples], the places in the order of this epoch
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
  Batch batch_at(const torch::Tensor& order, int64_t number) const;

  std::shared_ptr<const Dataset> dataset_;
  LoaderOptions options_;
};

}  // namespace glassbox
