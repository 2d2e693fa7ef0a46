/// Idx pairs and the sheet of digits: good files, files that do not fit together, the real ones.
#include "common/classify/images.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <opencv2/imgcodecs.hpp>

#include "common/vision/image.h"
#include "tests/common/classify/samples.h"
#include "tests/common/data/make_idx.h"
#include "tests/common/expect_error.h"
#include "tests/common/real_data.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

TEST(IdxImages, ReadsImagesAndLabelsOfOnePart) {
  const TempFolder folder;
  write_idx_part(folder.path(), "train", 12, 100);
  write_idx_part(folder.path(), "t10k", 3, 50);
  const LabelledDataset train = read_idx_images("mnist", folder.path(), /*train=*/true);
  EXPECT_EQ(inputs_of(train).sizes(), (std::vector<int64_t>{12, 1, 28, 28}));
  EXPECT_EQ(inputs_of(train)[7][0][27][27].item<int>(), 107);
  EXPECT_EQ(train.targets()[11].item<int64_t>(), 1);
  const LabelledDataset test = read_idx_images("mnist", folder.path(), /*train=*/false);
  EXPECT_EQ(test.size(), 3);
  EXPECT_EQ(inputs_of(test)[0][0][0][0].item<int>(), 50);
}

TEST(IdxImages, ReadsTheFilesPackedToo) {
  const TempFolder folder;
  write_idx_part(folder.path(), "train", 4, 9);
  for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}) {
    const std::string bytes = read_file(folder / name);
    gzFile packed = gzopen((folder / (std::string(name) + ".gz")).c_str(), "wb");
    gzwrite(packed, bytes.data(), unsigned(bytes.size()));
    gzclose(packed);
    std::filesystem::remove(folder / name);
  }
  EXPECT_EQ(inputs_of(read_idx_images("fashion_mnist", folder.path(), true))[3][0][5][5].item<int>(), 12);
}

TEST(IdxImages, DifferentCountsOfImagesAndLabelsAreRejected) {
  const TempFolder folder;
  write_idx_part(folder.path(), "train", 4, 0);
  write_file(folder / "train-labels-idx1-ubyte", idx_bytes({3}, {0, 1, 2}));
  EXPECT_ERROR_HAS(read_idx_images("mnist", folder.path(), true),
                   "train-labels-idx1-ubyte: want 4 labels, one for each image of train-images-idx3-ubyte, got 3");
}

TEST(IdxImages, ALabelOutOfRangeIsRejected) {
  const TempFolder folder;
  write_idx_part(folder.path(), "train", 2, 0);
  write_file(folder / "train-labels-idx1-ubyte", idx_bytes({2}, {0, 10}));
  EXPECT_ERROR_HAS(read_idx_images("mnist", folder.path(), true),
                   "train-labels-idx1-ubyte: want labels 0 to 9, got 10");
}

TEST(IdxImages, OtherShapesAreRejected) {
  const TempFolder folder;
  write_idx_part(folder.path(), "train", 2, 0);
  write_file(folder / "train-images-idx3-ubyte", idx_bytes({2, 2, 2}, std::vector<uint8_t>(8)));
  EXPECT_ERROR_HAS(read_idx_images("mnist", folder.path(), true), "want images [N, 28, 28], got [2, 2, 2]");
  write_file(folder / "train-images-idx3-ubyte", idx_bytes({2}, {0, 1}));  // labels where images should be
  EXPECT_ERROR_HAS(read_idx_images("mnist", folder.path(), true), "want images [N, 28, 28], got [2]");
  write_idx_part(folder.path(), "train", 2, 0);
  write_file(folder / "train-labels-idx1-ubyte", idx_bytes({2, 1}, {0, 1}));
  EXPECT_ERROR_HAS(read_idx_images("mnist", folder.path(), true), "want labels [N], got [2, 1]");
}

TEST(IdxImages, TheFilesMayHaveADotInTheirNames) {
  const TempFolder folder;
  write_idx_part(folder.path(), "train", 2, 0);
  std::filesystem::rename(folder / "train-images-idx3-ubyte", folder / "train-images.idx3-ubyte");
  std::filesystem::rename(folder / "train-labels-idx1-ubyte", folder / "train-labels.idx1-ubyte");
  EXPECT_EQ(read_idx_images("mnist", folder.path(), true).size(), 2);
}

TEST(IdxImages, AMissingFileNamesTheCommand) {
  const TempFolder folder;
  EXPECT_ERROR_HAS(read_idx_images("mnist", folder.path(), true), "train-images-idx3-ubyte[.gz]: no such file",
                   "scripts/data.sh");
}

TEST(DigitSheet, AnotherSizeIsRejected) {
  const TempFolder folder;
  cv::imwrite((folder / "digits.png").string(), cv::Mat::zeros(100, 200, CV_8UC1));
  EXPECT_ERROR_HAS(read_digit_sheet(folder / "digits.png"), "want the sheet of 1000x2000 pixels, got 100x200",
                   "scripts/data.sh digits");
}

TEST(DigitSheet, CutsTheSheetIntoCellsFromLeftToRightAndTopToBottom) {
  const TempFolder folder;
  cv::Mat sheet(1000, 2000, CV_8UC1);
  for (int y = 0; y < 1000; ++y) {
    for (int x = 0; x < 2000; ++x) sheet.at<uint8_t>(y, x) = uint8_t(y / 20 * 3 + x / 20 + y % 20 * 2 + x % 20);
  }
  cv::imwrite((folder / "digits.png").string(), sheet);
  const LabelledDataset data = read_digit_sheet(folder / "digits.png");
  EXPECT_EQ(inputs_of(data).sizes(), (std::vector<int64_t>{5000, 1, 20, 20}));
  const int64_t row = 7, column = 42, y = 3, x = 11;  // sample 742 is in row 7, column 42
  EXPECT_EQ(inputs_of(data)[742][0][y][x].item<int64_t>(), row * 3 + column + y * 2 + x);
  EXPECT_EQ(data.targets()[742].item<int64_t>(), 1);  // five rows a class
}

TEST(RealImages, TheSheetHasFiveHundredOfEachDigit) {
  SKIP_WITHOUT("digits", "digits.png");
  const auto path = real_file("digits", "digits.png");
  const LabelledDataset data = read_digit_sheet(path);
  EXPECT_EQ(class_counts(data), std::vector<int64_t>(10, 500));
  const torch::Tensor sheet = read_gray(path);
  EXPECT_TRUE(torch::equal(inputs_of(data)[4999][0], sheet.slice(0, 980, 1000).slice(1, 1980, 2000)));
  // Zeros are hollow: the middle of the mean zero is darker than its ring.
  const torch::Tensor mean = inputs_of(data).slice(0, 0, 500).to(torch::kFloat32).mean(0)[0];
  EXPECT_LT(mean[10][10].item<float>(), 0.5f * mean.max().item<float>());
}

TEST(RealImages, MnistHasTheCountsOfItsReadme) {
  SKIP_WITHOUT("mnist", "train-images-idx3-ubyte");
  const auto folder = real_file("mnist", "train-images-idx3-ubyte").parent_path();
  EXPECT_EQ(class_counts(read_idx_images("mnist", folder, true)),
            (std::vector<int64_t>{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}));
  EXPECT_EQ(class_counts(read_idx_images("mnist", folder, false)),
            (std::vector<int64_t>{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}));
}

TEST(RealImages, FashionMnistHasSixThousandOfEachClass) {
  SKIP_WITHOUT("fashion_mnist", "train-images-idx3-ubyte");
  const auto folder = real_file("fashion_mnist", "train-images-idx3-ubyte").parent_path();
  EXPECT_EQ(class_counts(read_idx_images("fashion_mnist", folder, true)), std::vector<int64_t>(10, 6000));
  const LabelledDataset test = read_idx_images("fashion_mnist", folder, false);
  EXPECT_EQ(class_counts(test), std::vector<int64_t>(10, 1000));
  EXPECT_EQ(test.info().classes.at(size_t(test.targets()[0].item<int64_t>())), "Ankle boot");  // the first test image
}

TEST(IdxImages, AFolderThatCannotBeLookedIntoIsNamed) {
  const std::string longer_than_any_name(300, 'x');
  EXPECT_ERROR_HAS(read_idx_images("mnist", "/tmp/" + longer_than_any_name, true), longer_than_any_name,
                   "File name too long");
}

}  // namespace
}  // namespace glassbox
