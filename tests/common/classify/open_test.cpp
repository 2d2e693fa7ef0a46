/// From a name to three parts: found, cut, and normalised by the training part alone.
#include "common/classify/open.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "common/base/random.h"
#include "tests/common/data/make_idx.h"
#include "tests/common/expect_error.h"
#include "tests/common/real_data.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

Batch all_of(const Dataset& data) { return data.batch(torch::arange(data.size())); }

std::vector<int64_t> indices_of(const Dataset& data) { return ints(all_of(data).index); }

DataConfig config_for(const std::string& name) {
  DataConfig config;
  config.name = name;
  return config;
}

/// 60 rows "value,-3 value,class": the value of row i is 10 + i, unless it is `changed`, which has 1000.
void write_rows(const std::filesystem::path& path, int64_t changed = -1) {
  std::string text = "a,b,kind\n";
  for (int64_t i = 0; i < 60; ++i) {
    const int64_t value = i == changed ? 1000 : 10 + i;
    text += std::to_string(value) + "," + std::to_string(-3 * value) + (i % 2 ? ",odd\n" : ",even\n");
  }
  write_file(path, text);
}

class OpenCsv : public testing::Test {
 protected:
  DataSplits open(uint64_t seed = 1, int64_t changed = -1) {
    write_rows(folder_ / "rows.csv", changed);
    DataConfig config = config_for("csv");
    config.path = (folder_ / "rows.csv").string();
    config.val_share = config.test_share = 0.2;
    return open_data(config, {}, seed);
  }

  TempFolder folder_;
};

TEST_F(OpenCsv, PartsFractionNoSampleAndCoverAll) {
  const DataSplits data = open();
  std::set<int64_t> seen;
  for (const auto* part : {&data.train, &data.val, &data.test}) {
    for (int64_t index : indices_of(**part)) EXPECT_TRUE(seen.insert(index).second) << index;
  }
  EXPECT_EQ(seen.size(), 60u);
  EXPECT_EQ(data.val->size(), 12);
  EXPECT_EQ(data.test->size(), 12);
}

TEST_F(OpenCsv, TheCutIsAFunctionOfTheSeed) {
  EXPECT_EQ(indices_of(*open(1).test), indices_of(*open(1).test));
  EXPECT_NE(indices_of(*open(1).test), indices_of(*open(2).test));
}

TEST_F(OpenCsv, TheTrainingPartHasMeanZeroAndStandardDeviationOne) {
  const torch::Tensor train = all_of(*open().train).input.to(torch::kFloat64);
  for (int64_t column : {0, 1}) {
    EXPECT_NEAR(train.select(1, column).mean().item<double>(), 0, 1e-3);
    EXPECT_NEAR(train.select(1, column).std(/*unbiased=*/false).item<double>(), 1, 1e-3);
  }
}

TEST_F(OpenCsv, ValidationAndTestUseTheNumbersOfTheTrainingPart) {
  const DataSplits data = open();
  double sum = 0, squares = 0;
  for (int64_t index : indices_of(*data.train))
    sum += double(10 + index), squares += double((10 + index) * (10 + index));
  const double mean = sum / 36, std = std::sqrt(squares / 36 - mean * mean);
  EXPECT_NEAR(data.info().mean[0], mean, 1e-4);
  EXPECT_NEAR(data.info().mean[1], -3 * mean, 1e-4);
  EXPECT_NEAR(data.info().std[0], std, 1e-4);
  EXPECT_NEAR(data.info().std[1], 3 * std, 1e-4);
  for (const auto* part : {&data.val, &data.test}) {
    const Batch batch = all_of(**part);
    for (int64_t i = 0; i < batch.size(); ++i) {
      const double value = 10 + double(batch.index[i].item<int64_t>());
      EXPECT_NEAR(batch.input[i][0].item<double>(), (value - mean) / std, 1e-5);
      EXPECT_NEAR(batch.input[i][1].item<double>(), -(value - mean) / std, 1e-5);
    }
  }
}

TEST_F(OpenCsv, ChangingATestSampleChangesNothingElse) {
  const DataSplits before = open();
  const int64_t test_place = indices_of(*before.test).front(), train_place = indices_of(*before.train).front();
  const DataSplits after = open(1, test_place);
  EXPECT_EQ(after.info().mean, before.info().mean);
  EXPECT_EQ(after.info().std, before.info().std);
  EXPECT_TRUE(same_bits(all_of(*after.train).input, all_of(*before.train).input));
  EXPECT_NE(open(1, train_place).info().mean, before.info().mean);
}

/// Ten rows "value,class" -> the training part's inputs, normalised.
torch::Tensor normalised(const std::vector<std::string>& values) {
  const TempFolder folder;
  std::string text = "x,kind\n";
  for (size_t i = 0; i < 20; ++i) text += values[i / 2 % values.size()] + (i % 2 ? ",a\n" : ",b\n");
  write_file(folder / "x.csv", text);
  DataConfig config = config_for("csv");
  config.path = (folder / "x.csv").string();
  return all_of(*open_data(config, {}, 1).train).input.to(torch::kFloat64);
}

TEST(OpenData, SmallNumbersAndSmallDifferencesAreStandardisedToo) {
  const std::vector<std::vector<std::string>> columns = {
      {"1e-9", "3e-9", "4e-9"}, {"-2e-30", "2e-30"}, {"1000000", "1000001"}, {"1e30", "3e30"}};
  for (const auto& values : columns) {
    const torch::Tensor input = normalised(values);
    EXPECT_NEAR(input.mean().item<double>(), 0, 0.1) << values[0];  // 1000000.5 is no float: 1/16 of a std off
    EXPECT_NEAR(input.std(/*unbiased=*/false).item<double>(), 1, 1e-3) << values[0];
  }
}

TEST(OpenData, AColumnThatOnlyRoundsDifferentlyIsConstant) {
  for (const char* value : {"0.1", "1e-20", "3e38", "0"}) {
    EXPECT_EQ(normalised({value}).abs().max().item<double>(), 0) << value;
  }
  EXPECT_LT(normalised({"1e-44", "0"}).abs().max().item<double>(), 10);  // at the end of float's range
}

TEST(OpenData, AColumnThatNeverChangesKeepsItsScale) {
  const TempFolder folder;
  std::string text = "x,same,kind\n";
  for (int i = 0; i < 20; ++i) text += std::to_string(i) + ",7," + (i % 2 ? "a\n" : "b\n");
  write_file(folder / "x.csv", text);
  DataConfig config = config_for("csv");
  config.path = (folder / "x.csv").string();
  const torch::Tensor input = all_of(*open_data(config, {}, 1).train).input;
  EXPECT_EQ(input.select(1, 1).abs().max().item<double>(), 0);  // 7 - 7, divided by 1
}

TEST(OpenData, TooFewSamplesForThreePartsIsAnError) {
  const TempFolder folder;
  write_file(folder / "x.csv", "x,kind\n1,a\n2,b\n3,a\n4,b\n");
  DataConfig config = config_for("csv");
  config.path = (folder / "x.csv").string();
  EXPECT_ERROR_HAS(open_data(config, {}, 1), "want at least one sample in each part", "none for validation",
                   "raise data.val_share");
}

TEST(OpenData, SaysWhichPartIsEmptyAndWhatHelps) {
  const TempFolder folder;
  write_file(folder / "x.csv", "x,kind\n1,a\n2,b\n3,a\n4,b\n");
  DataConfig config = config_for("csv");
  config.path = (folder / "x.csv").string();
  config.val_share = 0.5, config.test_share = 0.01;  // of each class: 1 for training, 1 for validation
  EXPECT_EQ(error_of([&] { open_data(config, {}, 1); }),
            "data: want at least one sample in each part, got none for the test (2 for training, 2 for validation, 0 "
            "for the test of csv); raise data.test_share, or take a larger set");
  config.test_share = 0.49;
  EXPECT_ERROR_HAS(open_data(config, {}, 1), "none for training", "lower data.val_share or data.test_share");
}

TEST(DataConfig, LeavesSomethingForTraining) {
  const auto read = [](const std::string& text) {
    Config config = Config::from_text(text, "x.json");
    DataConfig().read(config.root());
    config.finish();
  };
  EXPECT_ERROR_HAS(read(R"({"name": "moons", "val_share": 0.5, "test_share": 0.5})"),
                   "test_share: want val_share + test_share below 1, got 0.5 + 0.5");
  read(R"({"name": "moons", "val_share": 0.5, "test_share": 0.4})");
  read(R"({"name": "mnist", "val_share": 0.5, "test_share": 0.5})");  // test_share is ignored
}

TEST(OpenData, AFolderThatCannotBeLookedIntoIsNamed) {
  const TempFolder folder;
  const std::string longer_than_any_name(300, 'x');
  EXPECT_ERROR_HAS(open_data(config_for("iris"), {folder / longer_than_any_name}, 1), longer_than_any_name,
                   "File name too long");
  std::filesystem::create_directory_symlink("loop", folder / "loop");
  EXPECT_ERROR_HAS(open_data(config_for("mnist"), {folder / "loop"}, 1), "loop", "Too many levels of symbolic links");
}

TEST(OpenData, EveryToySetOpensWithoutFiles) {
  for (const char* name : {"xor", "moons", "circles", "spirals", "blobs"}) {
    const DataSplits data = open_data(config_for(name), {}, 1);
    EXPECT_EQ(data.train->size() + data.val->size() + data.test->size(), 1000) << name;
    EXPECT_EQ(data.test->size(), 100) << name;
    EXPECT_NEAR(all_of(*data.train).input.mean().item<double>(), 0, 1e-3) << name;
  }
}

TEST(OpenData, TheOfficialTestPartIsNeverCutAndTakesTheTrainingNumbers) {
  const TempFolder folder;
  write_idx_part(folder / "mnist", "train", 40, 0);
  write_idx_part(folder / "mnist", "t10k", 10, 200);
  DataConfig config = config_for("mnist");
  config.val_share = 0.25;
  config.test_share = 0.5;  // ignored
  const DataSplits data = open_data(config, {folder.path()}, 1);
  EXPECT_EQ(data.train->size(), 30);
  EXPECT_EQ(data.val->size(), 10);
  EXPECT_EQ(data.test->size(), 10);
  double sum = 0, squares = 0;  // image i is grey i all over
  for (int64_t index : indices_of(*data.train))
    sum += double(index) / 255, squares += double(index * index) / 255 / 255;
  const double mean = sum / 30, std = std::sqrt(squares / 30 - mean * mean);
  EXPECT_NEAR(data.train->info().mean.at(0), mean, 1e-6);
  EXPECT_EQ(data.test->info().mean, data.train->info().mean);
  EXPECT_EQ(data.test->info().std, data.train->info().std);
  EXPECT_NEAR(all_of(*data.test).input[3][0][5][5].item<double>(), (203.0 / 255 - mean) / std, 1e-4);
}

TEST(OpenData, AMissingSetNamesTheFoldersAndTheCommand) {
  const TempFolder folder;
  EXPECT_ERROR_HAS(open_data(config_for("iris"), {folder.path()}, 1), "data set iris: not found in",
                   folder.path().string(), "fetch it with: scripts/data.sh iris");
  EXPECT_ERROR_HAS(open_data(config_for("fashion_mnist"), {folder.path()}, 1), "scripts/data.sh fashion_mnist");
}

TEST(DataFolders, TheGivenFolderIsTheOnlyOne) {
  EXPECT_EQ(data_folders("/given"), (std::vector<std::filesystem::path>{"/given"}));
}

TEST(DataFolders, TheEnvironmentComesBeforeTheOwnFolder) {
  const char* const before = std::getenv("GLASSBOX_DATA");
  const std::string kept = before ? before : "";
  ::setenv("GLASSBOX_DATA", "/one:/two", 1);
  const auto folders = data_folders("");
  before ? ::setenv("GLASSBOX_DATA", kept.c_str(), 1) : ::unsetenv("GLASSBOX_DATA");
  ASSERT_GE(folders.size(), 3u);
  EXPECT_EQ(folders[0], "/one");
  EXPECT_EQ(folders[1], "/two");
  EXPECT_EQ(folders[2], "data");
}

TEST(FirstSamples, AreAlwaysTheSameAndNeverMoreThanThereAre) {
  const auto whole = open_data(config_for("blobs"), {}, 1).train;
  EXPECT_EQ(indices_of(*first_samples(whole, 7)).size(), 7u);
  EXPECT_EQ(indices_of(*first_samples(whole, 7)), indices_of(*first_samples(whole, 7)));
  EXPECT_EQ(first_samples(whole, 100000)->size(), whole->size());
}

TEST(RealData, MnistKeepsItsTenThousandTestImages) {
  SKIP_WITHOUT("mnist", "train-images-idx3-ubyte");
  const DataSplits data = open_data(config_for("mnist"), data_folders(""), 1);
  EXPECT_EQ(data.test->size(), 10000);
  EXPECT_EQ(data.train->size() + data.val->size(), 60000);
  EXPECT_NEAR(double(data.val->size()), 6000, 5);      // each of the ten classes is rounded
  EXPECT_NEAR(data.info().mean.at(0), 0.1307, 0.001);  // the figures PyTorch's examples use
  EXPECT_NEAR(data.info().std.at(0), 0.3081, 0.001);
}

TEST(RealData, EverySmallSetOpensAndIsNormalised) {
  for (const char* name : {"digits", "digits8x8", "iris", "wine", "breast_cancer"}) {
    const std::string file = std::string(name) == "digits"      ? "digits.png"
                             : std::string(name) == "digits8x8" ? "digits.csv"
                                                                : std::string(name) + ".csv";
    SKIP_WITHOUT(name, file);
    const DataSplits data = open_data(config_for(name), data_folders(""), 1);
    const torch::Tensor train = all_of(*data.train).input.to(torch::kFloat64).flatten();
    EXPECT_NEAR(train.mean().item<double>(), 0, 1e-3) << name;
    EXPECT_NEAR(train.std(/*unbiased=*/false).item<double>(), 1, 1e-3) << name;
  }
}

TEST(OpenData, WrongLabelsAreInTheTrainingPartAlone) {
  DataConfig config = config_for("blobs");
  config.classes = 3;
  const DataSplits clean = open_data(config, {}, 4);
  config.label_noise = 0.25;
  const DataSplits noisy = open_data(config, {}, 4);
  EXPECT_EQ(all_of(*noisy.train).target.ne(all_of(*clean.train).target).sum().item<int64_t>(), 200);  // of 800
  EXPECT_TRUE(all_of(*noisy.val).target.equal(all_of(*clean.val).target));
  EXPECT_TRUE(all_of(*noisy.test).target.equal(all_of(*clean.test).target));
}

TEST(OpenData, EveryFoldIsTestedOnce) {
  DataConfig config = config_for("moons");
  config.samples = 100;
  config.folds = 5;
  std::set<int64_t> tested;
  for (config.fold = 1; config.fold <= 5; ++config.fold) {
    for (int64_t index : indices_of(*open_data(config, {}, 2).test)) EXPECT_TRUE(tested.insert(index).second);
  }
  EXPECT_EQ(tested.size(), 100u);
}

TEST(OpenData, SetosaByItsPetals) {
  DataConfig config = config_for("iris");
  config.columns = {"petal_length", "petal_width"};
  config.one_versus_rest = "setosa";
  const DataSplits data = open_data(config, data_folders(""), 1);
  EXPECT_EQ(data.info().classes, (std::vector<std::string>{"not setosa", "setosa"}));
  EXPECT_EQ(data.info().features(), 2);
  EXPECT_EQ(all_of(*data.train).target.sum().item<int64_t>(), 40);  // 50 flowers, a tenth each to validate and to test
}

}  // namespace
}  // namespace glassbox
