/// Batches are (value - mean) / std, and what cannot be learned from is turned away.
#include "common/data/dataset.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>

#include "tests/common/expect_error.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

DatasetInfo image_info() {
  DatasetInfo info;
  info.name = "pictures";
  info.classes = {"a", "b"};
  info.sample_shape = {1, 2, 2};
  info.pixel_max = 255;
  return info;
}

DatasetInfo table_info() {
  DatasetInfo info;
  info.name = "table";
  info.classes = {"a", "b"};
  info.sample_shape = {2};
  info.columns = {"height", "width"};
  return info;
}

torch::Tensor three_pictures() {
  return torch::tensor({0, 51, 102, 255, 1, 2, 3, 4, 10, 20, 30, 40}, torch::kUInt8).view({3, 1, 2, 2});
}

MemoryDataset table_with(float value) {
  return MemoryDataset(torch::tensor({{1.0f, 2.0f}, {3.0f, value}}), torch::tensor({0, 1}, torch::kInt64),
                       table_info());
}

TEST(MemoryDataset, BytesBecomeValueByMaximumMinusMeanByStd) {
  MemoryDataset data(three_pictures(), torch::tensor({0, 1, 0}, torch::kInt64), image_info());
  data.set_normalisation({0.2f}, {0.5f});
  const Batch batch = data.batch(torch::tensor({2, 0}, torch::kInt64));
  EXPECT_EQ(batch.input.sizes(), (std::vector<int64_t>{2, 1, 2, 2}));
  EXPECT_EQ(batch.input.scalar_type(), torch::kFloat32);
  const auto by_hand = [](double byte) { return (byte / 255 - 0.2) / 0.5; };
  const std::vector<double> want = {by_hand(10), by_hand(20), by_hand(30),  by_hand(40),
                                    by_hand(0),  by_hand(51), by_hand(102), by_hand(255)};
  const auto got = doubles(batch.input);
  for (size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-6);
  EXPECT_EQ(ints(batch.target), (std::vector<int64_t>{0, 0}));
  EXPECT_EQ(ints(batch.index), (std::vector<int64_t>{2, 0}));
}

TEST(MemoryDataset, ManyPicturesAtOnceAreTheSamePictures) {
  const torch::Tensor bytes = torch::arange(1000 * 49).remainder(251).to(torch::kUInt8).view({1000, 1, 7, 7});
  DatasetInfo info = image_info();
  info.sample_shape = {1, 7, 7};
  MemoryDataset data(bytes, torch::zeros({1000}, torch::kInt64), info);
  data.set_normalisation({0.25f}, {2.0f});
  const torch::Tensor places = torch::arange(999, -1, -3);
  const torch::Tensor want = (bytes.index_select(0, places).to(torch::kFloat64) / 255 - 0.25) / 2;
  EXPECT_LT(largest_difference(data.batch(places).input, want), 1e-6);
}

TEST(MemoryDataset, EachColumnOfATableHasItsOwnMeanAndStd) {
  MemoryDataset data = table_with(6);
  data.set_normalisation({2, 4}, {1, 0.5f});
  EXPECT_EQ(doubles(data.batch(torch::tensor({0, 1}, torch::kInt64)).input),
            (std::vector<double>{-1, -4, 1, 4}));  // (1-2)/1, (2-4)/0.5, (3-2)/1, (6-4)/0.5
}

TEST(MemoryDataset, BeforeNormalisationIsSetPixelsAreShares) {
  const MemoryDataset data(three_pictures(), torch::tensor({0, 1, 0}, torch::kInt64), image_info());
  const auto got = doubles(data.batch(torch::tensor({0}, torch::kInt64)).input);
  EXPECT_NEAR(got[1], 0.2, 1e-7);  // 51 / 255
  EXPECT_NEAR(got[3], 1.0, 1e-7);
}

TEST(MemoryDataset, PlacesOutsideAreNotRead) {
  const MemoryDataset data = table_with(1);
  EXPECT_ANY_THROW(data.batch(torch::tensor({2}, torch::kInt64)));
  EXPECT_ANY_THROW(data.batch(torch::tensor({-1}, torch::kInt64)));
}

TEST(MemoryDataset, NanAndInfinityAreRejected) {
  EXPECT_ERROR_HAS(table_with(std::numeric_limits<float>::quiet_NaN()),
                   "table: want finite numbers, got NaN or infinity");
  EXPECT_ERROR_HAS(table_with(-std::numeric_limits<float>::infinity()), "table: want finite numbers");
}

TEST(MemoryDataset, LabelsOutOfRangeAreRejected) {
  const auto labelled = [](int64_t label) {
    return MemoryDataset(torch::zeros({2, 2}), torch::tensor({int64_t(0), label}, torch::kInt64), table_info());
  };
  EXPECT_ERROR_HAS(labelled(2), "table: want labels 0 to 1, got 2");
  EXPECT_ERROR_HAS(labelled(-1), "table: want labels 0 to 1, got -1");
}

TEST(MemoryDataset, AsManyLabelsAsSamples) {
  EXPECT_ERROR_HAS(MemoryDataset(torch::zeros({3, 2}), torch::zeros({2}, torch::kInt64), table_info()),
                   "table: want as many labels as samples, got 2 labels and 3 samples");
  EXPECT_ERROR_HAS(MemoryDataset(torch::zeros({0, 2}), torch::zeros({0}, torch::kInt64), table_info()),
                   "table: want at least one sample");
}

TEST(Subset, KeepsThePlacesInTheWholeSet) {
  const auto whole =
      std::make_shared<MemoryDataset>(three_pictures(), torch::tensor({0, 1, 0}, torch::kInt64), image_info());
  const Subset part(whole, {2, 1});
  EXPECT_EQ(part.size(), 2);
  const Batch batch = part.batch(torch::tensor({1, 0}, torch::kInt64));
  EXPECT_EQ(ints(batch.index), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(ints(batch.target), (std::vector<int64_t>{1, 0}));
  const Subset part_of_part(std::make_shared<Subset>(part), {1});
  EXPECT_EQ(ints(part_of_part.batch(torch::tensor({0}, torch::kInt64)).index), (std::vector<int64_t>{1}));
}

TEST(Normalise, AgreesWithABatchForPicturesAndTables) {
  MemoryDataset pictures(three_pictures(), torch::tensor({0, 1, 0}, torch::kInt64), image_info());
  pictures.set_normalisation({0.13f}, {0.31f});
  const torch::Tensor all = torch::arange(3);
  EXPECT_LT(largest_difference(normalise(three_pictures(), pictures.info()), pictures.batch(all).input), 1e-6);
  MemoryDataset table = table_with(7);
  table.set_normalisation({0.1f, 3}, {0.7f, 9});
  EXPECT_TRUE(same_bits(normalise(table.inputs(), table.info()), table.batch(torch::arange(2)).input));
}

TEST(DatasetInfo, ComesBackFromItsJson) {
  DatasetInfo info = table_info();
  info.mean = {0.1f, -3.25f};
  info.std = {1e-3f, 2};
  const DatasetInfo back = DatasetInfo::from_json(info.to_json());
  EXPECT_EQ(back.name, "table");
  EXPECT_EQ(back.classes, info.classes);
  EXPECT_EQ(back.columns, info.columns);
  EXPECT_EQ(back.sample_shape, info.sample_shape);
  EXPECT_EQ(back.mean, info.mean);  // the same bits
  EXPECT_EQ(back.std, info.std);
  EXPECT_EQ(back.pixel_max, 0);
}

TEST(DatasetInfo, NamesTheFieldThatIsMissing) {
  EXPECT_ERROR_HAS(DatasetInfo::from_json(R"({"name": "x"})"), "data description of a checkpoint", "classes");
  EXPECT_ERROR_HAS(DatasetInfo::from_json("{"), "data description of a checkpoint");
}

TEST(DatasetInfo, MeanAndStdMustFitTheSamples) {
  DatasetInfo info = table_info();
  info.mean = {1, 2, 3};
  info.std = {1, 2, 3};
  EXPECT_ERROR_HAS(DatasetInfo::from_json(info.to_json()), "do not fit together");
}

}  // namespace
}  // namespace glassbox
