#include "common/data/loader.h"

#include "common/base/error.h"
#include "common/base/random.h"

namespace glassbox {

DataLoader::DataLoader(std::shared_ptr<const Dataset> dataset, LoaderOptions options)
    : dataset_(std::move(dataset)), options_(options) {
  require(options_.batch_size >= 1, "data.batch_size: want a whole number >= 1, got ", options_.batch_size);
  require(dataset_->size() >= 1, dataset_->info().name, ": want at least one sample to load, got none");
}

DataLoader::Epoch DataLoader::epoch(int64_t epoch, int64_t first) const& {
  const torch::Tensor order = torch::arange(samples());
  if (options_.shuffle) Rng(options_.seed, "shuffle", uint64_t(epoch)).shuffle(order.data_ptr<int64_t>(), samples());
  return {this, order, std::min(first, batches())};
}

Batch DataLoader::batch_at(const torch::Tensor& order, int64_t number) const {
  const int64_t begin = number * options_.batch_size;
  return dataset_->batch(order.slice(0, begin, std::min(begin + options_.batch_size, samples())));
}

}  // namespace glassbox
