/// The loader's order is a function of (seed, epoch) alone, and each sample comes exactly once.
#include "common/data/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "tests/common/expect_error.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

/// Sample i is the number i, of class i mod 2.
std::shared_ptr<const Dataset> numbers(int64_t count) {
  DatasetInfo info;
  info.name = "numbers";
  info.classes = {"even", "odd"};
  info.sample_shape = {1};
  const torch::Tensor all = torch::arange(count);
  return std::make_shared<MemoryDataset>(all.to(torch::kFloat32).unsqueeze(1), all.remainder(2), info);
}

std::vector<int64_t> order_of(const DataLoader& loader, int64_t epoch, int64_t first = 0) {
  std::vector<int64_t> order;
  for (const Batch& batch : loader.epoch(epoch, first)) {
    for (int64_t place : ints(batch.index)) order.push_back(place);
  }
  return order;
}

std::vector<int64_t> zero_to(int64_t count) {
  std::vector<int64_t> places(static_cast<size_t>(count));
  std::iota(places.begin(), places.end(), 0);
  return places;
}

TEST(DataLoader, EverySampleComesExactlyOnceAnEpoch) {
  const DataLoader loader(numbers(23), {5, /*shuffle=*/true, 1});
  for (int64_t epoch : {1, 2, 3}) {
    auto order = order_of(loader, epoch);
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, zero_to(23));
  }
}

TEST(DataLoader, TheOrderIsAFunctionOfSeedAndEpochAlone) {
  const DataLoader one(numbers(23), {5, true, 1}), again(numbers(23), {5, true, 1}), other(numbers(23), {5, true, 2});
  const auto third = order_of(one, 3);  // before epochs 1 and 2 were ever asked for
  EXPECT_EQ(order_of(again, 3), third);
  order_of(one, 1);
  EXPECT_EQ(order_of(one, 3), third);
  EXPECT_NE(order_of(other, 3), third);
}

TEST(DataLoader, EpochsDiffer) {
  const DataLoader loader(numbers(23), {5, true, 1});
  EXPECT_NE(order_of(loader, 1), order_of(loader, 2));
}

TEST(DataLoader, TheOrderDoesNotDependOnTheBatchSize) {
  EXPECT_EQ(order_of(DataLoader(numbers(23), {5, true, 1}), 2), order_of(DataLoader(numbers(23), {1, true, 1}), 2));
}

TEST(DataLoader, ResumingInAnEpochGivesTheTailOfTheSameOrder) {
  const DataLoader loader(numbers(23), {5, true, 1});
  const auto whole = order_of(loader, 4);
  for (int64_t first = 0; first <= 5; ++first) {
    const auto begin = whole.begin() + std::min<long>(23, 5 * first);
    EXPECT_EQ(order_of(loader, 4, first), std::vector<int64_t>(begin, whole.end())) << "from batch " << first;
  }
  EXPECT_TRUE(order_of(loader, 4, 99).empty());
}

TEST(DataLoader, WithoutShuffleTheOrderIsKept) {
  EXPECT_EQ(order_of(DataLoader(numbers(7), {3, /*shuffle=*/false}), 2), zero_to(7));
}

TEST(DataLoader, TheLastBatchMayBeShort) {
  const DataLoader loader(numbers(7), {3, /*shuffle=*/false});
  EXPECT_EQ(loader.batches(), 3);
  std::vector<int64_t> sizes;
  for (const Batch& batch : loader.epoch(1)) sizes.push_back(batch.size());
  EXPECT_EQ(sizes, (std::vector<int64_t>{3, 3, 1}));
  EXPECT_EQ(DataLoader(numbers(6), {3, false}).batches(), 2);
  EXPECT_EQ(DataLoader(numbers(2), {100, false}).batches(), 1);
}

TEST(DataLoader, InputTargetAndIndexOfABatchBelongTogether) {
  const DataLoader loader(numbers(23), {5, true, 1});
  for (const Batch& batch : loader.epoch(1)) {
    EXPECT_EQ(ints(batch.input.squeeze(1)), ints(batch.index));
    EXPECT_EQ(ints(batch.target), ints(batch.index.remainder(2)));
  }
}

TEST(DataLoader, ABatchSizeBelowOneIsTheUsersMistake) {
  EXPECT_ERROR_HAS(DataLoader(numbers(3), {0, false}), "data.batch_size: want a whole number >= 1, got 0");
}

TEST(DataLoader, AnEmptySetIsTheUsersMistake) {
  EXPECT_ERROR_HAS(DataLoader(std::make_shared<Subset>(numbers(3), std::vector<int64_t>{}), {1, false}), "numbers",
                   "want at least one sample to load, got none");
}

}  // namespace
}  // namespace glassbox
