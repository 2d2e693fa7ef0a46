#include "common/data/loader.h"

#include <algorithm>

#include "common/base/error.h"
#include "common/base/random.h"

namespace glassbox {

DataLoader::DataLoader(std::shared_ptr<const Dataset> dataset, LoaderOptions options)
    : dataset_(std::move(dataset)), options_(std::move(options)) {
  require(options_.batch_size >= 1, "data.batch_size: want a whole number >= 1, got ", options_.batch_size);
  require(options_.workers >= 0, "data.workers: want a whole number >= 0, got ", options_.workers);
  require(dataset_->size() >= 1, dataset_->source().name, ": want at least one sample to load, got none");
}

DataLoader::Epoch DataLoader::epoch(int64_t epoch, int64_t first) const& {
  const torch::Tensor order = torch::arange(samples());
  if (options_.shuffle) Rng(options_.seed, "shuffle", uint64_t(epoch)).shuffle(order.data_ptr<int64_t>(), samples());
  return {this, epoch, order, std::min(first, batches())};
}

Batch DataLoader::Epoch::make(int64_t batch) const {
  const int64_t size = loader_->options_.batch_size, begin = batch * size;
  Batch made = loader_->dataset_->batch(order_.slice(0, begin, std::min(begin + size, loader_->samples())));
  if (loader_->options_.transform) loader_->options_.transform(made, number_);
  return made;
}

DataLoader::Epoch::Iterator DataLoader::Epoch::begin() const {
  Iterator first(this, first_);
  const int64_t left = loader_->batches() - first_, workers = std::min(loader_->options_.workers, left);
  if (workers > 0) {
    // A copy of the epoch, so that the workers hold on to nothing that the loop could destroy before them.
    first.ahead_ = std::make_shared<Prefetcher>(workers, first_, loader_->batches(),
                                                [epoch = *this](int64_t batch) { return epoch.make(batch); });
  }
  return first;
}

DataLoader::Epoch::Iterator& DataLoader::Epoch::Iterator::operator++() {
  ++number_;
  if (ahead_) ahead_->forget_before(number_);
  return *this;
}

}  // namespace glassbox
