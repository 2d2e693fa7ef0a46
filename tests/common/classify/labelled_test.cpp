/// Batches are (value - mean) / std, and what cannot be learned from is turned away.
#include "common/classify/labelled.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "tests/common/classify/samples.h"
#include "tests/common/expect_error.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

DatasetInfo image_info() {
  DatasetInfo info;
  info.name = "images";
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

torch::Tensor three_images() {
  return torch::tensor({0, 51, 102, 255, 1, 2, 3, 4, 10, 20, 30, 40}, torch::kUInt8).view({3, 1, 2, 2});
}

LabelledDataset table_with(float value) {
  return LabelledDataset(torch::tensor({{1.0f, 2.0f}, {3.0f, value}}), torch::tensor({0, 1}, torch::kInt64),
                         table_info());
}

TEST(LabelledDataset, BytesBecomeValueByMaximumMinusMeanByStd) {
  LabelledDataset data(three_images(), torch::tensor({0, 1, 0}, torch::kInt64), image_info());
  data = data.normalised_by({0.2f}, {0.5f});
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

TEST(LabelledDataset, ManyImagesAtOnceAreTheSameImages) {
  const torch::Tensor bytes = torch::arange(1000 * 49).remainder(251).to(torch::kUInt8).view({1000, 1, 7, 7});
  DatasetInfo info = image_info();
  info.sample_shape = {1, 7, 7};
  LabelledDataset data(bytes, torch::zeros({1000}, torch::kInt64), info);
  data = data.normalised_by({0.25f}, {2.0f});
  const torch::Tensor indices = torch::arange(999, -1, -3);
  const torch::Tensor want = (bytes.index_select(0, indices).to(torch::kFloat64) / 255 - 0.25) / 2;
  EXPECT_LT(largest_difference(data.batch(indices).input, want), 1e-6);
}

TEST(LabelledDataset, EachChannelOfAColourImageHasItsOwnMeanAndStd) {
  const torch::Tensor bytes = torch::arange(300 * 3 * 35).remainder(253).to(torch::kUInt8).view({300, 3, 5, 7});
  DatasetInfo info = image_info();
  info.sample_shape = {3, 5, 7};
  LabelledDataset data(bytes, torch::zeros({300}, torch::kInt64), info);
  const torch::Tensor indices = torch::arange(299, -1, -2);
  const torch::Tensor fractions = bytes.index_select(0, indices).to(torch::kFloat64) / 255;
  const auto planes = [](std::vector<double> values) { return torch::tensor(values, torch::kFloat64).view({3, 1, 1}); };
  data = data.normalised_by({0.25f, 0.5f, 0.75f}, {2.0f, 1.0f, 0.5f});
  const torch::Tensor want = (fractions - planes({0.25, 0.5, 0.75})) / planes({2, 1, 0.5});
  EXPECT_LT(largest_difference(data.batch(indices).input, want), 1e-6);
  EXPECT_LT(largest_difference(normalise(bytes.index_select(0, indices), data.info()), want), 1e-6);
  EXPECT_LT(largest_difference(normalise(bytes[299], data.info()), want[0]), 1e-6);  // one image alone
  data = data.normalised_by({0.25f}, {2.0f});                                        // one for all channels
  EXPECT_LT(largest_difference(data.batch(indices).input, (fractions - 0.25) / 2), 1e-6);
}

TEST(LabelledDataset, EachColumnOfATableHasItsOwnMeanAndStd) {
  LabelledDataset data = table_with(6);
  data = data.normalised_by({2, 4}, {1, 0.5f});
  EXPECT_EQ(doubles(data.batch(torch::tensor({0, 1}, torch::kInt64)).input),
            (std::vector<double>{-1, -4, 1, 4}));  // (1-2)/1, (2-4)/0.5, (3-2)/1, (6-4)/0.5
}

TEST(LabelledDataset, BeforeNormalisationIsSetPixelsAreFractions) {
  const LabelledDataset data(three_images(), torch::tensor({0, 1, 0}, torch::kInt64), image_info());
  const auto got = doubles(data.batch(torch::tensor({0}, torch::kInt64)).input);
  EXPECT_NEAR(got[1], 0.2, 1e-7);  // 51 / 255
  EXPECT_NEAR(got[3], 1.0, 1e-7);
}

TEST(LabelledDataset, PlacesOutsideAreNotRead) {
  const LabelledDataset data = table_with(1);
  EXPECT_ANY_THROW(data.batch(torch::tensor({2}, torch::kInt64)));
  EXPECT_ANY_THROW(data.batch(torch::tensor({-1}, torch::kInt64)));
}

TEST(LabelledDataset, NanAndInfinityAreRejected) {
  EXPECT_ERROR_HAS(table_with(std::numeric_limits<float>::quiet_NaN()),
                   "table: want finite numbers, got NaN or infinity");
  EXPECT_ERROR_HAS(table_with(-std::numeric_limits<float>::infinity()), "table: want finite numbers");
}

TEST(LabelledDataset, LabelsOutOfRangeAreRejected) {
  const auto labelled = [](int64_t label) {
    return LabelledDataset(torch::zeros({2, 2}), torch::tensor({int64_t(0), label}, torch::kInt64), table_info());
  };
  EXPECT_ERROR_HAS(labelled(2), "table: want labels 0 to 1, got 2");
  EXPECT_ERROR_HAS(labelled(-1), "table: want labels 0 to 1, got -1");
}

TEST(LabelledDataset, LabelsOutOfRangeNameTheFileThatHoldsThem) {
  DatasetInfo info = table_info();
  info.files = {"images.idx", "labels.idx"};
  EXPECT_EQ(error_of([&] {
              LabelledDataset(torch::zeros({1, 2}), torch::full({1}, 7, torch::kInt64), info);
            }),
            "labels.idx: want labels 0 to 1, got 7; mend the file, or fetch it again with scripts/data.sh");
}

TEST(LabelledDataset, WhatItSaysOfItselfMustFit) {
  const auto of = [](DatasetInfo info) {
    return LabelledDataset(torch::zeros({2, 2}), torch::zeros({2}, torch::kInt64), info);
  };
  DatasetInfo info = table_info();
  info.columns = {"height"};
  EXPECT_ERROR_HAS(of(info), "table: want 2 columns, one for each number of a sample, got 1");
  info = table_info();
  info.columns = {"height", "height"};
  EXPECT_ERROR_HAS(of(info), "table: want a different name for each column, got \"height\" twice");
  info = table_info();
  info.sample_shape = {3};
  info.columns = {"a", "b", "c"};
  EXPECT_ERROR_HAS(of(info), "table: want samples of shape [3], got [2]");
  info = table_info();
  info.classes = {};
  EXPECT_ERROR_HAS(of(info), "table: want 1 to 4,096 classes, got 0");
}

TEST(LabelledDataset, AsManyLabelsAsSamples) {
  EXPECT_ERROR_HAS(LabelledDataset(torch::zeros({3, 2}), torch::zeros({2}, torch::kInt64), table_info()),
                   "table: want as many labels as samples, got 2 labels and 3 samples");
  EXPECT_ERROR_HAS(LabelledDataset(torch::zeros({0, 2}), torch::zeros({0}, torch::kInt64), table_info()),
                   "table: want at least one sample");
}

TEST(LabelledDataset, ASubsetKeepsTheIndicesInTheWholeSet) {
  const LabelledDataset whole(three_images(), torch::tensor({0, 1, 0}, torch::kInt64), image_info());
  const LabelledDataset part = whole.subset({2, 1});
  EXPECT_EQ(part.size(), 2);
  const Batch batch = part.batch(torch::tensor({1, 0}, torch::kInt64));
  EXPECT_EQ(ints(batch.index), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(ints(batch.target), (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(ints(part.subset({1}).batch(torch::tensor({0}, torch::kInt64)).index), (std::vector<int64_t>{1}));
}

/// 2^24 + i: a float knows even numbers only there.
TEST(LabelledDataset, LargeNumbersKeepTheirDigits) {
  const torch::Tensor column = 16777216 + torch::arange(4, torch::kFloat64).unsqueeze(1);
  DatasetInfo info = table_info();
  info.sample_shape = {1};
  info.columns = {"id"};
  const LabelledDataset data(column, torch::tensor({0, 1, 0, 1}, torch::kInt64), info);
  const LabelledDataset normalised = data.normalised_by({16777217.5}, {0.5});
  EXPECT_EQ(doubles(normalised.batch(torch::arange(4)).input), (std::vector<double>{-3, -1, 1, 3}));
  EXPECT_EQ(doubles(normalise(column, normalised.info())), (std::vector<double>{-3, -1, 1, 3}));
}

TEST(Normalise, LargeNumbersKeepTheirDigits) {
  DatasetInfo info = table_info();
  info.sample_shape = {1};
  info.columns = {"id"};
  const torch::Tensor numbers = 16777216 + torch::arange(3, torch::kFloat64).unsqueeze(1);  // 2^24: floats skip one
  LabelledDataset data(numbers, torch::tensor({0, 1, 0}, torch::kInt64), info);
  data = data.normalised_by({16777216}, {1});
  EXPECT_TRUE(same_bits(data.batch(torch::arange(3)).input.flatten(), torch::tensor({0.f, 1.f, 2.f})));
}

TEST(Normalise, AgreesWithABatchForImagesAndTables) {
  LabelledDataset images(three_images(), torch::tensor({0, 1, 0}, torch::kInt64), image_info());
  images = images.normalised_by({0.13f}, {0.31f});
  const torch::Tensor all = torch::arange(3);
  EXPECT_LT(largest_difference(normalise(three_images(), images.info()), images.batch(all).input), 1e-6);
  LabelledDataset table = table_with(7);
  table = table.normalised_by({0.1f, 3}, {0.7f, 9});
  EXPECT_TRUE(same_bits(normalise(inputs_of(table), table.info()), table.batch(torch::arange(2)).input));
}

TEST(DatasetInfo, ComesBackFromItsJson) {
  DatasetInfo info = table_info();
  info.mean = {0.1f, -3.25f};
  info.std = {1e-3f, 2};
  const DatasetInfo back = DatasetInfo::from_json(info.to_json(), "a checkpoint");
  EXPECT_EQ(back.name, "table");
  EXPECT_EQ(back.classes, info.classes);
  EXPECT_EQ(back.columns, info.columns);
  EXPECT_EQ(back.sample_shape, info.sample_shape);
  EXPECT_EQ(back.mean, info.mean);  // the same bits
  EXPECT_EQ(back.std, info.std);
  EXPECT_EQ(back.pixel_max, 0);
}

/// What from_json says of a good description in which `key` is `value`.
std::string complaint_about(DatasetInfo info, const char* key, const nlohmann::json& value) {
  info.mean = {0};
  info.std = {1};
  auto json = nlohmann::json::parse(info.to_json());
  json[key] = value;
  const std::string message = error_of([&] { DatasetInfo::from_json(json.dump(), "a checkpoint"); });
  EXPECT_EQ(message.find("json.exception"), std::string::npos) << message;
  EXPECT_NE(message.find("data description of a checkpoint"), std::string::npos) << message;
  return message;
}

void expect_has(const std::string& message, const std::string& text) {
  EXPECT_NE(message.find(text), std::string::npos) << "want " << text << "\ngot  " << message;
}

TEST(DatasetInfo, NamesTheFieldThatIsMissing) {
  EXPECT_EQ(error_of([] { DatasetInfo::from_json(R"({"name": "x"})", "a checkpoint"); }),
            "the data description of a checkpoint: want \"classes\", found none; train the network again");
  EXPECT_EQ(error_of([] { DatasetInfo::from_json("[]", "a checkpoint"); }),
            "the data description of a checkpoint: want \"name\", found none; train the network again");
  EXPECT_ERROR_HAS(DatasetInfo::from_json("{", "a checkpoint"), "data description of a checkpoint, line 1, column 2");
}

TEST(DatasetInfo, NamesTheFieldOfAnotherType) {
  const auto wrong = [](const char* key, const nlohmann::json& value) {
    expect_has(complaint_about(table_info(), key, value), as_text("\"", key, "\" of another type, got "));
  };
  wrong("name", 3);
  wrong("classes", "two");
  wrong("sample_shape", 2);
  wrong("sample_shape", {2.5});
  wrong("sample_shape", {1e300});
  wrong("columns", nullptr);
  wrong("pixel_max", true);
  wrong("ink_box", "1");
  wrong("mean", {nullptr});  // how JSON writes NaN
  wrong("std", 1);
}

TEST(DatasetInfo, MeanAndStdMustFitTheSamples) {
  const auto mean = [](const nlohmann::json& value) { return complaint_about(table_info(), "mean", value); };
  const auto std = [](const nlohmann::json& value) { return complaint_about(table_info(), "std", value); };
  DatasetInfo three = table_info();
  three.mean = {1, 2, 3};
  three.std = {1, 2, 3};
  EXPECT_ERROR_HAS(DatasetInfo::from_json(three.to_json(), "a checkpoint"), "want 1 or 2 means, got 3");
  expect_has(mean({1, 2}), "want as many stds as means, got 1 and 2");
  expect_has(mean({1e300}), "want finite means, got inf");
  for (const double bad : {0.0, -1.0, 1e300, 1e-60}) expect_has(std({bad}), "want finite stds > 0, got ");
  DatasetInfo images = image_info();
  images.mean = {0, 0, 0, 0};
  images.std = {1, 1, 1, 1};
  EXPECT_ERROR_HAS(DatasetInfo::from_json(images.to_json(), "a checkpoint"),
                   "want 1 mean, got 4");  // one for all pixels
}

TEST(DatasetInfo, AColourImageHasOneMeanOrThree) {
  DatasetInfo info = image_info();
  info.sample_shape = {3, 2, 2};
  info.mean = {0.1f, 0.2f, 0.3f};
  info.std = {1, 2, 3};
  EXPECT_EQ(DatasetInfo::from_json(info.to_json(), "a checkpoint").mean, info.mean);
  info.mean = info.std = {1};
  EXPECT_EQ(DatasetInfo::from_json(info.to_json(), "a checkpoint").std.size(), 1U);
  info.mean = info.std = {1, 2};
  EXPECT_ERROR_HAS(DatasetInfo::from_json(info.to_json(), "a checkpoint"),
                   "want 1 or 3 means, got 2; train the network again");
}

TEST(DatasetInfo, ShapesMustBeThoseOfAnImageOrATable) {
  const auto shape = [](const nlohmann::json& value) { return complaint_about(image_info(), "sample_shape", value); };
  expect_has(shape(nlohmann::json::array()), "want a sample_shape [1, H, W], [3, H, W] or [F]");
  expect_has(shape({2, 2}), "want a sample_shape [1, H, W], [3, H, W] or [F]");
  expect_has(shape({2, 2, 2}), "want a sample_shape [1, H, W], [3, H, W] or [F]");
  expect_has(shape({1, 0, 2}), "want sides from 1 to 2^20 and at most 2^26 numbers a sample");
  expect_has(shape({1, -2, -2}), "want sides from 1 to 2^20");
  expect_has(shape({1, 1 << 14, 1 << 13}), "at most 2^26 numbers");
  expect_has(shape({1, 4294967296, 4294967296}), "want sides from 1 to 2^20");
}

TEST(DatasetInfo, ImagesAndTablesAreNotMixed) {
  expect_has(complaint_about(image_info(), "pixel_max", 0), "want pixel_max > 0 for images, got 0");
  expect_has(complaint_about(table_info(), "pixel_max", 255), "want pixel_max 0 for a table, got 255");
  expect_has(complaint_about(image_info(), "columns", {"a"}), "want no columns for images, got 1");
  expect_has(complaint_about(table_info(), "columns", {"a"}), "want 2 columns");
  expect_has(complaint_about(table_info(), "columns", {"a", "a"}), "got \"a\" twice");
  expect_has(complaint_about(image_info(), "ink_box", 3), "want an ink_box from 0 to 2, got 3");
  expect_has(complaint_about(image_info(), "ink_box", -1), "want an ink_box from 0 to 2, got -1");
  expect_has(complaint_about(table_info(), "ink_box", 1), "want an ink_box from 0 to 0, got 1");
  expect_has(complaint_about(table_info(), "classes", nlohmann::json::array()), "want 1 to 4,096 classes");
}

}  // namespace
}  // namespace glassbox
