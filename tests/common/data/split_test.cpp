/// Splits: disjoint, complete, stratified, a function of the seed.
#include "common/data/split.h"

#include <gtest/gtest.h>

#include <set>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace glassbox {
namespace {

/// 100 samples of class 0, 37 of class 1, 5 of class 2.
std::vector<int64_t> uneven_labels() {
  std::vector<int64_t> labels(100, 0);
  labels.insert(labels.end(), 37, 1);
  labels.insert(labels.end(), 5, 2);
  return labels;
}

int64_t count_of(const std::vector<int64_t>& part, const std::vector<int64_t>& labels, int64_t label) {
  return std::count_if(part.begin(), part.end(), [&](int64_t index) { return labels[size_t(index)] == label; });
}

TEST(Split, PartsAreDisjointAndCoverEverything) {
  const Split split = stratified_split(uneven_labels(), 0.1, 0.2, Rng(1, "split"));
  std::vector<int64_t> all = split.train;
  all.insert(all.end(), split.val.begin(), split.val.end());
  all.insert(all.end(), split.test.begin(), split.test.end());
  std::sort(all.begin(), all.end());
  std::vector<int64_t> everything(142);
  std::iota(everything.begin(), everything.end(), 0);
  EXPECT_EQ(all, everything);
}

TEST(Split, EveryPartHasTheClassesInTheSameFractionsToOneSample) {
  const auto labels = uneven_labels();
  const Split split = stratified_split(labels, 0.1, 0.2, Rng(7, "split"));
  const double sizes[] = {100, 37, 5};
  for (int64_t label = 0; label < 3; ++label) {
    EXPECT_NEAR(double(count_of(split.test, labels, label)), 0.2 * sizes[label], 1);
    EXPECT_NEAR(double(count_of(split.val, labels, label)), 0.1 * sizes[label], 1);
    EXPECT_NEAR(double(count_of(split.train, labels, label)), 0.7 * sizes[label], 1);
  }
}

TEST(Split, CountsWhereTheFractionsComeOutEven) {
  const Split split = stratified_split(std::vector<int64_t>(100, 0), 0.1, 0.2, Rng(1));
  EXPECT_EQ(split.train.size(), 70u);
  EXPECT_EQ(split.val.size(), 10u);
  EXPECT_EQ(split.test.size(), 20u);
}

TEST(Split, IsAFunctionOfTheSeed) {
  const auto test_part = [](uint64_t seed) {
    return stratified_split(uneven_labels(), 0.1, 0.2, Rng(seed, "split")).test;
  };
  EXPECT_EQ(test_part(1), test_part(1));
  EXPECT_NE(test_part(1), test_part(2));
}

TEST(Split, AFractionOfZeroIsAnEmptyPart) {
  const Split split = stratified_split(uneven_labels(), 0.1, 0, Rng(1));
  EXPECT_TRUE(split.test.empty());
  EXPECT_EQ(split.train.size() + split.val.size(), 142u);
}

TEST(Split, EverySampleIsSometimesInTheTestPart) {
  std::vector<bool> seen(142);
  for (uint64_t seed = 0; seed < 60; ++seed) {
    for (int64_t index : stratified_split(uneven_labels(), 0.1, 0.2, Rng(seed, "split")).test)
      seen[size_t(index)] = true;
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), false), 0);  // 0.8^60 = 1.5e-6 each
}

TEST(StratifiedFold, TheFoldsCutTheSetIntoDisjointTests) {
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < 47; ++i) labels.push_back(i % 5 == 0 ? 1 : 0);
  std::set<int64_t> tested;
  for (int64_t fold = 1; fold <= 10; ++fold) {
    const Split split = stratified_fold(labels, 10, fold, 0.1, Rng(3));
    EXPECT_EQ(split.train.size() + split.val.size() + split.test.size(), labels.size());
    EXPECT_GE(split.test.size(), 4u);
    EXPECT_LE(split.test.size(), 5u);
    for (int64_t index : split.test) EXPECT_TRUE(tested.insert(index).second) << index;
    for (const auto* part : {&split.train, &split.val}) {
      for (int64_t index : *part) EXPECT_EQ(std::count(split.test.begin(), split.test.end(), index), 0);
    }
    const auto ones =
        std::count_if(split.test.begin(), split.test.end(), [&](int64_t i) { return labels[size_t(i)] == 1; });
    EXPECT_LE(ones, 2);  // 10 of the 47 are ones: one a fold, or two where the dealing goes round
  }
  EXPECT_EQ(tested.size(), labels.size());
}

}  // namespace
}  // namespace glassbox
