/// Means and standard deviations agree with LibTorch's own, a channel or a column.
#include "common/data/statistics.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/common/tensors.h"

namespace glassbox {
namespace {

TEST(Statistics, OfPixelsArePerChannelAndOfTheChosenImagesAlone) {
  const torch::Tensor images = torch::arange(700 * 3 * 6).remainder(241).to(torch::kUInt8).view({700, 3, 2, 3});
  std::vector<int64_t> places;
  for (int64_t i = 0; i < 700; i += 2) places.push_back(i);
  const Statistics found = pixel_statistics(images, places, 16);
  const torch::Tensor values = images.slice(0, 0, 700, 2).to(torch::kFloat64) / 16;
  ASSERT_EQ(found.mean.size(), 3U);
  for (size_t c = 0; c < 3; ++c) {
    const torch::Tensor own = values.select(1, int64_t(c));
    EXPECT_NEAR(found.mean[c], own.mean().item<double>(), 1e-6);
    EXPECT_NEAR(found.std[c], own.std(/*unbiased=*/false).item<double>(), 1e-6);
  }
}

TEST(Statistics, AConstantChannelKeepsItsScale) {
  const Statistics found = pixel_statistics(torch::full({2, 1, 2, 2}, 51, torch::kUInt8), {0, 1}, 255);
  EXPECT_FLOAT_EQ(found.mean[0], 0.2f);
  EXPECT_EQ(found.std[0], 1.0f);
}

TEST(Statistics, OfATableArePerColumn) {
  const torch::Tensor table = torch::tensor({1.0, 10.0, 3.0, 10.0, 99.0, 99.0}).view({3, 2}).to(torch::kFloat32);
  const Statistics found = column_statistics(table, {0, 1});
  EXPECT_EQ(found.mean, (std::vector<float>{2, 10}));
  EXPECT_EQ(found.std, (std::vector<float>{1, 1}));  // the second column never changes
}

TEST(Statistics, OfALongTableAreThoseOfAllItsRows) {
  const torch::Tensor table = torch::arange(20000, torch::kFloat64).view({10000, 2}).sin();
  std::vector<int64_t> places;
  for (int64_t i = 0; i < 10000; i += 2) places.push_back(i);
  const torch::Tensor chosen = table.slice(0, 0, 10000, 2);
  const Statistics found = column_statistics(table, places);
  for (size_t c = 0; c < 2; ++c) {
    EXPECT_NEAR(found.mean[c], chosen.select(1, int64_t(c)).mean().item<double>(), 1e-7);
    EXPECT_NEAR(found.std[c], chosen.select(1, int64_t(c)).std(/*unbiased=*/false).item<double>(), 1e-7);
  }
}

}  // namespace
}  // namespace glassbox
