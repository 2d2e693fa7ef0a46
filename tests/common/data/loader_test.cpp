/// The loader's order is a function of (seed, epoch) alone, and each sample comes exactly once.
#include "common/data/loader.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <numeric>
#include <thread>

#include "tests/common/expect_error.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

/// The numbers 0, 1, ..., each with its parity as target.
class Numbers : public Dataset {
 public:
  explicit Numbers(int64_t count) : count_(count) { source_.name = "numbers"; }
  int64_t size() const override { return count_; }
  const DataSource& source() const override { return source_; }
  Batch batch(const torch::Tensor& indices) const override {
    return {indices.to(torch::kFloat32).unsqueeze(1), indices.remainder(2), indices};
  }

 private:
  int64_t count_;
  DataSource source_;
};

std::shared_ptr<const Dataset> numbers(int64_t count) { return std::make_shared<Numbers>(count); }

std::vector<int64_t> order_of(const DataLoader& loader, int64_t epoch, int64_t first = 0) {
  std::vector<int64_t> order;
  for (const Batch& batch : loader.epoch(epoch, first)) {
    for (int64_t index : ints(batch.index)) order.push_back(index);
  }
  return order;
}

std::vector<int64_t> zero_to(int64_t count) {
  std::vector<int64_t> indices(static_cast<size_t>(count));
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
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
  EXPECT_ERROR_HAS(DataLoader(numbers(0), {1, false}), "numbers", "want at least one sample to load, got none");
}

/// Input, target and index of each batch, the input times the epoch.
std::vector<torch::Tensor> all_tensors(int64_t workers, int64_t epoch, int64_t first = 0) {
  LoaderOptions options{5, /*shuffle=*/true, 1, workers};
  options.transform = [](Batch& batch, int64_t number) { batch.input = batch.input * double(number); };
  const DataLoader loader(numbers(123), options);
  std::vector<torch::Tensor> all;
  for (const Batch& batch : loader.epoch(epoch, first)) {
    for (const auto& tensor : {batch.input, batch.target, batch.index}) all.push_back(tensor);
  }
  return all;
}

TEST(Workers, GiveTheSameBatchesWhateverTheirNumber) {
  for (int64_t epoch : {1, 3}) {
    for (int64_t first : {0, 7, 24, 25, 99}) {
      const auto want = all_tensors(0, epoch, first);
      for (int64_t workers : {1, 2, 5, 64}) {
        const auto got = all_tensors(workers, epoch, first);
        ASSERT_EQ(got.size(), want.size());
        for (size_t i = 0; i < want.size(); ++i) EXPECT_TRUE(same_bits(got[i], want[i]));
      }
    }
  }
}

TEST(Workers, TheTransformSeesTheEpoch) {
  for (int64_t workers : {0, 2}) {
    EXPECT_TRUE(all_tensors(workers, 3)[0].equal(all_tensors(workers, 3)[2].unsqueeze(1).to(torch::kFloat32) * 3));
  }
}

/// Fails at the batch that holds index 40; counts what was asked of it.
class Faulty : public Dataset {
 public:
  explicit Faulty(bool fails = true) : fails_(fails) {}
  int64_t size() const override { return 100; }
  const DataSource& source() const override { return all_->source(); }
  Batch batch(const torch::Tensor& indices) const override {
    ++asked;
    require(!fails_ || !indices.eq(40).any().item<bool>(), "sample 40 is broken");
    return all_->batch(indices);
  }
  mutable std::atomic<int64_t> asked{0};

 private:
  bool fails_;
  std::shared_ptr<const Dataset> all_ = numbers(100);
};

int64_t threads_of_this_program() {
  int64_t count = 0;
  for ([[maybe_unused]] const auto& task : std::filesystem::directory_iterator("/proc/self/task")) ++count;
  return count;
}

TEST(Workers, AnErrorReachesTheConsumerAtItsBatch) {
  const int64_t before = threads_of_this_program();
  for (int64_t workers : {0, 1, 3}) {
    const DataLoader loader(std::make_shared<Faulty>(), {10, /*shuffle=*/false, 0, workers});
    int64_t good = 0;
    const auto take_all = [&] {
      for (const Batch& batch : loader.epoch(1)) good += batch.size() / 10;
    };
    EXPECT_ERROR_HAS(take_all(), "sample 40 is broken");
    EXPECT_EQ(good, 4) << "batches 0 to 3 came before, with " << workers << " workers";
  }
  EXPECT_EQ(threads_of_this_program(), before);
}

TEST(Workers, LeavingTheLoopEarlyEndsThem) {
  const int64_t before = threads_of_this_program();
  const DataLoader loader(numbers(1000), {1, true, 1, /*workers=*/4});
  for (const Batch& batch : loader.epoch(1)) {
    EXPECT_GT(threads_of_this_program(), before);
    if (batch.size() == 1) break;
  }
  EXPECT_EQ(threads_of_this_program(), before);
  const auto stumble = [&] {
    for (const Batch& batch : loader.epoch(2)) fail("the consumer stumbles over ", batch.size());
  };
  EXPECT_ERROR_HAS(stumble(), "the consumer stumbles over 1");
  EXPECT_EQ(threads_of_this_program(), before);
}

TEST(Workers, PrepareNoMoreThanTwoBatchesBeyondTheirNumber) {
  const auto data = std::make_shared<Faulty>(/*fails=*/false);
  const DataLoader loader(data, {1, false, 0, /*workers=*/3});
  int64_t taken = 0;
  for (const Batch& batch : loader.epoch(1)) {
    taken += batch.size();
    if (taken % 20 == 1) std::this_thread::sleep_for(std::chrono::milliseconds(30));  // time enough to run ahead
    ASSERT_LE(data->asked, taken - 1 + 5);
  }
  EXPECT_EQ(data->asked, 100);
}

TEST(Workers, ComputeAloneAndLeaveTheThreadsOfOthers) {
  const int before = at::get_num_threads();
  std::atomic<int> most{0};
  LoaderOptions options{10, false, 0, /*workers=*/2};
  options.transform = [&](Batch&, int64_t) { most = std::max<int>(most, at::get_num_threads()); };
  const DataLoader loader(numbers(100), options);
  for (const Batch& batch : loader.epoch(1)) EXPECT_EQ(batch.size(), 10);
  EXPECT_EQ(most, 1);
  EXPECT_EQ(at::get_num_threads(), before);
  int later = 0;
  std::thread([&] { later = at::get_num_threads(); }).join();
  EXPECT_EQ(later, before) << "a thread that starts afterwards";
}

TEST(DataLoader, WorkersBelowZeroAreTheUsersMistake) {
  EXPECT_ERROR_HAS(DataLoader(numbers(3), {1, false, 0, -1}), "data.workers: want a whole number >= 0, got -1");
}

}  // namespace
}  // namespace glassbox
