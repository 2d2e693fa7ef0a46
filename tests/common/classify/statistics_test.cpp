/// Means and standard deviations agree with LibTorch's own, a channel or a column.
#include "common/classify/statistics.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/common/tensors.h"

namespace glassbox {
namespace {

LabelledDataset images_of(const torch::Tensor& images, int64_t pixel_max) {
  DatasetInfo info;
  info.classes = {"a"};
  info.sample_shape = images.sizes().slice(1).vec();
  info.pixel_max = pixel_max;
  return {images, torch::zeros({images.size(0)}, torch::kInt64), info};
}

TEST(Statistics, OfPixelsArePerChannelAndOfTheChosenImagesAlone) {
  const torch::Tensor images = torch::arange(700 * 3 * 6).remainder(241).to(torch::kUInt8).view({700, 3, 2, 3});
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < 700; i += 2) indices.push_back(i);
  const Statistics found = pixel_statistics(images_of(images, 16), indices);
  const torch::Tensor values = images.slice(0, 0, 700, 2).to(torch::kFloat64) / 16;
  ASSERT_EQ(found.mean.size(), 3U);
  for (size_t c = 0; c < 3; ++c) {
    const torch::Tensor own = values.select(1, int64_t(c));
    EXPECT_NEAR(found.mean[c], own.mean().item<double>(), 1e-6);
    EXPECT_NEAR(found.std[c], own.std(/*unbiased=*/false).item<double>(), 1e-6);
  }
}

TEST(Statistics, AConstantChannelKeepsItsScale) {
  const Statistics found = pixel_statistics(images_of(torch::full({2, 1, 2, 2}, 51, torch::kUInt8), 255), {0, 1});
  EXPECT_DOUBLE_EQ(found.mean[0], 0.2);
  EXPECT_EQ(found.std[0], 1.0);
}

TEST(Statistics, OfATableArePerColumn) {
  const torch::Tensor table = torch::tensor({1.0, 10.0, 3.0, 10.0, 99.0, 99.0}).view({3, 2});
  DatasetInfo info;
  info.classes = {"a"};
  info.sample_shape = {2};
  const Statistics found = column_statistics({table, torch::zeros({3}, torch::kInt64), info}, {0, 1});
  EXPECT_EQ(found.mean, (std::vector<double>{2, 10}));
  EXPECT_EQ(found.std, (std::vector<double>{1, 1}));  // the second column never changes
}

TEST(Statistics, OfALongTableAreThoseOfAllItsRows) {
  const torch::Tensor table = torch::arange(20000, torch::kFloat64).view({10000, 2}).sin();
  DatasetInfo info;
  info.classes = {"a"};
  info.sample_shape = {2};
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < 10000; i += 2) indices.push_back(i);
  const torch::Tensor chosen = table.slice(0, 0, 10000, 2);
  const Statistics found = column_statistics({table, torch::zeros({10000}, torch::kInt64), info}, indices);
  for (size_t c = 0; c < 2; ++c) {
    EXPECT_NEAR(found.mean[c], chosen.select(1, int64_t(c)).mean().item<double>(), 1e-12);
    EXPECT_NEAR(found.std[c], chosen.select(1, int64_t(c)).std(/*unbiased=*/false).item<double>(), 1e-12);
  }
}

}  // namespace
}  // namespace glassbox
