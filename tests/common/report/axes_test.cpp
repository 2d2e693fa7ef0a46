/// Ticks at round numbers, places on an axis, text that is cut to fit.
#include "common/report/axes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace glassbox {
namespace {

TEST(NiceTicks, CoverTheRangeAndRise) {
  const std::vector<std::pair<double, double>> ranges = {
      {0, 1}, {0.013, 0.97}, {-3, 7},  {1e-12, 3e-12},   {1e9, 1e9 + 5},  {-1e300, 1e300},
      {5, 5}, {0, 0},        {-2, -2}, {1e-320, 1e-319}, {0.1 + 0.2, 0.3}};
  for (auto [low, high] : ranges) {
    if (low > high) std::swap(low, high);
    const Ticks ticks = nice_ticks(low, high, 6);
    ASSERT_GE(ticks.at.size(), 2u);
    EXPECT_LE(ticks.at.size(), 13u) << low << " " << high;
    EXPECT_EQ(ticks.at.size(), ticks.labels.size());
    EXPECT_LE(ticks.at.front(), low);
    EXPECT_GE(ticks.at.back(), high);
    for (size_t i = 1; i < ticks.at.size(); ++i) {
      EXPECT_LT(ticks.at[i - 1], ticks.at[i]);
      EXPECT_NE(ticks.labels[i - 1], ticks.labels[i]) << low << " " << high;
    }
  }
}

TEST(NiceTicks, AreRound) {
  EXPECT_EQ(nice_ticks(0.02, 0.97, 6).labels, (std::vector<std::string>{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
  EXPECT_EQ(nice_ticks(0, 40000, 5).labels, (std::vector<std::string>{"0", "10,000", "20,000", "30,000", "40,000"}));
  EXPECT_EQ(nice_ticks(0, 3e-7, 4).labels, (std::vector<std::string>{"0", "1e-7", "2e-7", "3e-7"}));
}

TEST(NiceTicks, OfEpochsAreWhole) {
  EXPECT_EQ(nice_ticks(1, 3, 8, /*whole=*/true).labels, (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(nice_ticks(1, 1, 8, /*whole=*/true).labels, (std::vector<std::string>{"1"}));
}

TEST(NiceTicks, EndWhateverTheRange) {
  const double largest = std::numeric_limits<double>::max();
  for (const auto& [low, high] : std::vector<std::pair<double, double>>{{-largest, largest},
                                                                        {largest, largest},
                                                                        {-1.7e308, 1.7e308},
                                                                        {0, 5e-324},
                                                                        {9007199254740992., 9007199254740992.},
                                                                        {9007199254740992., 9007199254740994.},
                                                                        {1e17, 1e17 + 16}}) {
    for (const bool whole : {false, true}) {
      const Ticks ticks = nice_ticks(low, high, 6, whole);
      EXPECT_LE(ticks.at.size(), 20U) << low << ' ' << high;
      EXPECT_LE(ticks.at.front(), low);
      EXPECT_GE(ticks.at.back(), high);
      for (const double at : ticks.at) EXPECT_TRUE(std::isfinite(at));
    }
  }
}

TEST(LogTicks, CoverTheRangeAndRise) {
  const std::vector<std::pair<double, double>> ranges = {{1e-5, 1},       {0.3, 0.4},  {1, 1},
                                                         {1e-300, 1e300}, {3e-300, 1}, {7, 80}};
  for (const auto& [low, high] : ranges) {
    const Ticks ticks = log_ticks(low, high);
    ASSERT_GE(ticks.at.size(), 2u);
    EXPECT_LE(ticks.at.size(), 12u);
    EXPECT_LE(ticks.at.front(), low);
    EXPECT_GE(ticks.at.back(), high);
    for (size_t i = 1; i < ticks.at.size(); ++i) EXPECT_LT(ticks.at[i - 1], ticks.at[i]);
  }
}

TEST(Axis, PlacesItsEndsAndOnALogAxisTheGeometricMean) {
  const Axis linear{0, 10, 100, 200, false};
  EXPECT_DOUBLE_EQ(linear.place(0), 100);
  EXPECT_DOUBLE_EQ(linear.place(10), 200);
  EXPECT_DOUBLE_EQ(linear.place(2.5), 125);
  EXPECT_DOUBLE_EQ((Axis{1, 100, 0, 1, true}.place(10)), 0.5);
}

}  // namespace
}  // namespace glassbox
