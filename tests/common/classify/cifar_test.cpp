/// CIFAR's records, good and damaged; whole sets made in the test, and the real one.
#include "common/classify/cifar.h"

#include <gtest/gtest.h>

#include "common/base/atomic_file.h"
#include "common/classify/cifar_records.h"
#include "common/classify/open.h"
#include "tests/common/classify/samples.h"
#include "tests/common/expect_error.h"
#include "tests/common/real_data.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

/// `count` records; record i has the label bytes (i mod each number of classes) and red i, green i + 1, blue i + 2.
std::string records(int64_t count, const std::vector<int64_t>& classes) {
  std::string text;
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t own : classes) text += char(i % own);
    for (int64_t c = 0; c < 3; ++c) text.append(1024, char(i + c));
  }
  return text;
}

void write_cifar10(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const std::string whole = records(10000, {10});
  for (const char* part : {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"}) {
    write_file(folder / (std::string(part) + ".bin"), whole);
  }
  write_file(folder / "test_batch.bin", whole);
}

TEST(CifarRecords, AreALabelThenThePlanesRedGreenBlue) {
  CifarRecords all;
  append_cifar(records(3, {10}), {3, {10}}, "x.bin", all);
  append_cifar(records(1, {10}), {1, {10}}, "y.bin", all);
  EXPECT_EQ(all.labels, (std::vector<int64_t>{0, 1, 2, 0}));
  ASSERT_EQ(all.pixels.size(), size_t(4 * 3072));
  EXPECT_EQ(all.pixels[2 * 3072], 2);         // red of record 2
  EXPECT_EQ(all.pixels[2 * 3072 + 1024], 3);  // green
  EXPECT_EQ(all.pixels[2 * 3072 + 3071], 4);  // blue, last pixel
}

TEST(CifarRecords, OfTwoLabelsTheFineOneCounts) {
  CifarRecords all;
  append_cifar(records(30, {20, 100}), {30, {20, 100}}, "x.bin", all);
  EXPECT_EQ(all.labels[29], 29);  // the coarse one is 29 mod 20 = 9
}

TEST(CifarRecords, AFileThatIsCutOrTooLongIsRejected) {
  CifarRecords all;
  const std::string whole = records(2, {10});
  EXPECT_ERROR_HAS(append_cifar(whole.substr(0, 6000), {2, {10}}, "x.bin", all),
                   "reading x.bin: want 6146 bytes (2 records of 3073), got 6000; fetch or copy the file again");
  EXPECT_ERROR_HAS(append_cifar(whole.substr(0, 3073), {2, {10}}, "x.bin", all), "want 6146 bytes");
  EXPECT_ERROR_HAS(append_cifar(whole + "x", {2, {10}}, "x.bin", all), "got 6147");
  EXPECT_ERROR_HAS(append_cifar("", {2, {10}}, "x.bin", all), "got 0");
}

TEST(CifarRecords, ALabelOutOfRangeIsNamedWithItsRecord) {
  CifarRecords all;
  std::string bad = records(2, {10});
  bad[3073] = 10;
  EXPECT_ERROR_HAS(append_cifar(bad, {2, {10}}, "x.bin", all),
                   "reading x.bin, record 1: want a label from 0 to 9, got 10");
  bad = records(2, {20, 100});
  bad[0] = 20;
  EXPECT_ERROR_HAS(append_cifar(bad, {2, {20, 100}}, "x.bin", all),
                   "record 0: want a coarse label from 0 to 19, got 20");
  bad[0] = 0;
  bad[3075] = 100;
  EXPECT_ERROR_HAS(append_cifar(bad, {2, {20, 100}}, "x.bin", all),
                   "record 1: want a fine label from 0 to 99, got 100");
}

TEST(Cifar, ReadsBothPartsOfCifar10WithTheOfficialNames) {
  const TempFolder folder;
  write_cifar10(folder.path());
  const LabelledDataset train = read_cifar("cifar10", folder.path(), /*train=*/true);
  EXPECT_EQ(inputs_of(train).sizes(), (std::vector<int64_t>{50000, 3, 32, 32}));
  EXPECT_EQ(inputs_of(train)[10007][1][31][31].item<int>(), 8);
  EXPECT_EQ(train.targets()[10007].item<int64_t>(), 7);
  EXPECT_EQ(train.info().classes[9], "truck");
  EXPECT_NE(train.info().source.find("JPEG"), std::string::npos) << "not the official pixels";
  EXPECT_NE(train.info().note.find("no CIFAR-10 result"), std::string::npos) << "to be said beside every figure";
  EXPECT_EQ(read_cifar("cifar10", folder.path(), false).size(), 10000);
}

TEST(Cifar, NamesComeFromTheFileBesideIfThereIsOne) {
  const TempFolder folder;
  write_file(folder / "train.bin", records(50000, {20, 100}));
  EXPECT_EQ(read_cifar("cifar100", folder.path(), true).info().classes[99], "worm");
  std::string names;
  for (int i = 0; i < 100; ++i) names += "name" + std::to_string(i) + "\n";
  write_file(folder / "fine_label_names.txt", names);
  EXPECT_EQ(read_cifar("cifar100", folder.path(), true).info().classes[42], "name42");
  write_file(folder / "fine_label_names.txt", "a\nb\n");
  EXPECT_ERROR_HAS(read_cifar("cifar100", folder.path(), true),
                   "fine_label_names.txt: want 100 names of classes, got 2");
}

TEST(Cifar, AMissingFileIsNamed) {
  const TempFolder folder;
  write_cifar10(folder.path());
  std::filesystem::remove(folder / "data_batch_4.bin");
  EXPECT_ERROR_HAS(read_cifar("cifar10", folder.path(), true), "data_batch_4.bin: no such file", "scripts/data.sh");
}

TEST(Cifar, IsFoundAsTheArchiveUnpacksAndNormalisedPerChannel) {
  const TempFolder folder;
  write_cifar10(folder / "cifar10" / "cifar-10-batches-bin");
  DataConfig config;
  config.name = "cifar10";
  const DataSplits splits = open_data(config, {folder.path()}, 1);
  EXPECT_EQ(splits.train->size(), 45000);
  EXPECT_EQ(splits.val->size(), 5000);
  EXPECT_EQ(splits.test->size(), 10000);
  EXPECT_EQ(splits.info().mean.size(), 3U);
  EXPECT_ERROR_HAS(open_data(config, {folder / "nowhere"}, 1), "data set cifar10: not found in",
                   "scripts/data.sh cifar10");
}

TEST(Cifar, TheRealTrainingSetHasItsWellKnownMeans) {
  SKIP_WITHOUT("cifar10", "data_batch_1.bin");
  DataConfig config;
  config.name = "cifar10";
  const DataSplits splits = open_data(config, data_folders(""), 1);
  const DatasetInfo& info = splits.info();
  const double means[] = {0.4914, 0.4822, 0.4465}, stds[] = {0.2470, 0.2435, 0.2616};  // of the official pixels
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(info.mean[c], means[c], 0.003);
    EXPECT_NEAR(info.std[c], stds[c], 0.006);  // JPEG takes a little contrast
  }
  const LabelledDataset train = read_cifar("cifar10", real_file("cifar10", "data_batch_1.bin").parent_path(), true);
  EXPECT_EQ(ints(torch::bincount(train.targets().slice(0, 0, 10000))),
            (std::vector<int64_t>{1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981}));  // of data_batch_1.bin
  const Batch batch = splits.train->batch(torch::arange(2000));
  for (int64_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(batch.input.select(1, c).mean().item<float>(), 0, 0.05);
    EXPECT_NEAR(batch.input.select(1, c).std().item<float>(), 1, 0.05);
  }
}

}  // namespace
}  // namespace glassbox
