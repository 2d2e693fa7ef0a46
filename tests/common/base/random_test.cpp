/// Random streams against published values and against chance.
#include "common/base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <stdexcept>

namespace glassbox {
namespace {

TEST(Rng, GivesTheReferenceNumbersOfSplitmix64ForSeed0) {
  Rng rng(0);
  EXPECT_EQ(rng.next(), 0xe220a8397b1dcdafu);
  EXPECT_EQ(rng.next(), 0x6e789e6aa1b965f4u);
  EXPECT_EQ(rng.next(), 0x06c45d188009454fu);
  EXPECT_EQ(rng.next(), 0xf88bb8a8724c81ecu);
}

TEST(Rng, StreamsDependOnSeedPurposeAndNumberAlone) {
  EXPECT_EQ(Rng(1, "shuffle", 3).next(), Rng(1, "shuffle", 3).next());
  std::set<uint64_t> firsts;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    for (const char* purpose : {"shuffle", "augment", "init"}) {
      for (uint64_t epoch = 0; epoch < 100; ++epoch) firsts.insert(Rng(seed, purpose, epoch).next());
    }
  }
  EXPECT_EQ(firsts.size(), 10u * 3 * 100);
}

TEST(Rng, StreamsDoNotChangeFromReleaseToRelease) {
  // A changed value here means that every seed in every config gives another run.
  EXPECT_EQ(Rng(1, "shuffle", 0).next(), 0xe72bb1a2a1e84283u);
}

TEST(Rng, UniformLiesIn01WithMeanOneHalf) {
  Rng rng(7);
  constexpr int kDraws = 100000;
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = rng.uniform();
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 5 * std::sqrt(1.0 / 12 / kDraws));  // 5 standard deviations of the mean
}

TEST(Rng, NormalHasMean0AndVariance1) {
  Rng rng(7);
  constexpr int kDraws = 100000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double z = rng.normal();
    sum += z;
    squares += z * z;
  }
  EXPECT_NEAR(sum / kDraws, 0, 5 / std::sqrt(kDraws));
  EXPECT_NEAR(squares / kDraws, 1, 5 * std::sqrt(2.0 / kDraws));
}

TEST(Rng, BelowIsUniform) {
  Rng rng(7);
  constexpr int kBins = 10, kDraws = 100000;
  std::vector<int> counts(kBins);
  for (int i = 0; i < kDraws; ++i) ++counts[size_t(rng.below(kBins))];
  double chi_square = 0;
  for (int count : counts) chi_square += std::pow(count - kDraws / kBins, 2) / (kDraws / kBins);
  EXPECT_LT(chi_square, 27.9);  // 9 degrees of freedom: exceeded by chance once in 1000
}

TEST(Rng, BelowHasNoBiasWhereARemainderWouldBeFarOff) {
  // 2^64 mod (2^62 + 2^61) leaves a third more hits in the lower part if nothing is drawn again.
  const int64_t bound = (int64_t{1} << 62) + (int64_t{1} << 61);
  Rng rng(7);
  int lower = 0;
  for (int i = 0; i < 10000; ++i) lower += rng.below(bound) < bound / 2;
  EXPECT_NEAR(lower, 5000, 5 * 50);  // 5 standard deviations
}

TEST(Rng, BelowOneIsZeroAndBelowZeroIsABug) {
  Rng rng(7);
  EXPECT_EQ(rng.below(1), 0);
  EXPECT_THROW(rng.below(0), std::logic_error);
}

TEST(Rng, ShuffleGivesAPermutation) {
  std::vector<int> values(1000);
  std::iota(values.begin(), values.end(), 0);
  std::vector<int> shuffled = values;
  Rng(1, "shuffle").shuffle(shuffled);
  EXPECT_NE(shuffled, values);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, values);
}

TEST(Rng, ShuffleGivesEveryOrderEquallyOften) {
  Rng rng(7);
  constexpr int kDraws = 60000;
  std::vector<int> counts(6);
  for (int i = 0; i < kDraws; ++i) {
    std::vector<int> v = {0, 1, 2};
    rng.shuffle(v);
    ++counts[size_t(v[0] * 2 + (v[1] > v[2]))];
  }
  double chi_square = 0;
  for (int count : counts) chi_square += std::pow(count - kDraws / 6, 2) / (kDraws / 6);
  EXPECT_LT(chi_square, 20.5);  // 5 degrees of freedom: exceeded by chance once in 1000
}

TEST(Rng, ShuffleLeavesEmptyAndSingleListsAlone) {
  std::vector<int> none, one = {5};
  Rng rng(7);
  rng.shuffle(none);
  rng.shuffle(one);
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(one, std::vector<int>{5});
}

}  // namespace
}  // namespace glassbox
