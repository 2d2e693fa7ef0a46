/// One's own images, a folder a class: layouts, damaged files, cached or not, and the same numbers either way.
#include "common/classify/image_folder.h"

#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <set>

#include "common/base/atomic_file.h"
#include "common/classify/image_files.h"
#include "common/classify/open.h"
#include "common/data/loader.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {
namespace fs = std::filesystem;

class ImageFolders : public testing::Test {
 protected:
  /// 30 rows of 40, brightness `value`.
  void save(const std::string& name, int value) {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    cv::imwrite(path.string(), cv::Mat(30, 40, CV_8UC3, cv::Scalar(value, value, value)));
  }
  void save_classes(const std::string& below, int64_t each) {
    for (int i = 0; i < each; ++i) {
      save(below + "cat/" + std::to_string(100 + i) + ".png", 10 + i);
      save(below + "dog/" + std::to_string(100 + i) + ".png", 110 + i);
    }
  }
  DataConfig config() const {
    DataConfig data;
    data.name = "image_folder";
    data.path = folder_.path().string();
    data.image_size = 16;
    return data;
  }
  std::string problem() const {
    return error_of([&] { open_data(config(), {}, 1); });
  }
  TempFolder folder_;
};

TEST_F(ImageFolders, OneSubfolderAClassIsCutIntoThreeParts) {
  save_classes("", 20);
  save(".hidden/x.png", 1);
  write_file(folder_ / "cat/.DS_Store", "x");
  write_file(folder_ / "cat/Thumbs.db", "x");
  const DataSplits splits = open_data(config(), {}, 1);
  EXPECT_EQ(splits.info().classes, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(splits.info().sample_shape, (std::vector<int64_t>{3, 16, 16}));
  EXPECT_EQ(splits.train->size() + splits.val->size() + splits.test->size(), 40);
  EXPECT_EQ(splits.test->size(), 4);
  EXPECT_EQ(splits.info().mean.size(), 3U);
  EXPECT_TRUE(splits.info().files.empty());
  EXPECT_NE(splits.info().source.find("40 images in"), std::string::npos);
}

TEST_F(ImageFolders, PartsThatAreThereAreTaken) {
  save_classes("train/", 10);
  save_classes("test/", 3);
  DataSplits splits = open_data(config(), {}, 1);
  EXPECT_EQ(splits.train->size(), 18);
  EXPECT_EQ(splits.val->size(), 2);
  EXPECT_EQ(splits.test->size(), 6);
  EXPECT_EQ(ints(splits.test->batch(torch::arange(6)).target), (std::vector<int64_t>{0, 0, 0, 1, 1, 1}));
  save_classes("val/", 2);
  splits = open_data(config(), {}, 1);
  EXPECT_EQ(splits.train->size(), 20);
  EXPECT_EQ(splits.val->size(), 4);
  EXPECT_EQ(splits.val->info().mean, splits.info().mean);
}

TEST_F(ImageFolders, InMemoryOrNotAndWhateverTheWorkersTheNumbersAreTheSame) {
  save_classes("", 20);
  DataConfig other = config();
  other.cache = false;
  const DataSplits cached = open_data(config(), {}, 1), decoded = open_data(other, {}, 1);
  EXPECT_EQ(cached.info().mean, decoded.info().mean);
  EXPECT_EQ(cached.info().std, decoded.info().std);
  for (int64_t workers : {0, 3}) {
    const DataLoader a(cached.train, {7, true, 1}), b(decoded.train, {7, true, 1, workers});
    const auto epoch_a = a.epoch(1), epoch_b = b.epoch(1);
    auto right = epoch_b.begin();
    for (auto left = epoch_a.begin(); left != epoch_a.end(); ++left, ++right) {
      EXPECT_LT(largest_difference((*left).input, (*right).input), 1e-5);
      EXPECT_TRUE((*left).target.equal((*right).target));
    }
  }
}

TEST_F(ImageFolders, DamagedFilesAreLeftOutAndTheFirstFiveNamed) {
  save_classes("", 20);
  for (int i = 0; i < 7; ++i) write_file(folder_ / ("cat/bad" + std::to_string(i) + ".png"), "no image");
  write_file(folder_ / "dog/empty.jpg", "");
  testing::internal::CaptureStderr();
  const DataSplits splits = open_data(config(), {}, 1);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(splits.train->size() + splits.val->size() + splits.test->size(), 40);
  EXPECT_NE(said.find("warning: data: 8 of 48 images cannot be read and are left out"), std::string::npos) << said;
  EXPECT_NE(said.find("bad4.png: want an image"), std::string::npos) << said;
  EXPECT_EQ(said.find("bad5.png"), std::string::npos);
  EXPECT_NE(said.find("and 3 more"), std::string::npos);
  DataConfig strict = config();
  strict.on_corrupt = "fail";
  EXPECT_ERROR_HAS(open_data(strict, {}, 1), "want an image");
}

TEST_F(ImageFolders, ImagesAreToldByContentAndWhatIsPassedOverIsCounted) {
  save_classes("", 20);
  fs::rename(folder_ / "cat/100.png", folder_ / "cat/photo.jfif");
  fs::rename(folder_ / "cat/101.png", folder_ / "cat/7.jpg.1");
  fs::rename(folder_ / "dog/100.png", folder_ / "dog/without_ending");
  for (const char* name : {"cat/a.txt", "dog/b.txt", "dog/README"}) write_file(folder_ / name, "words");
  testing::internal::CaptureStderr();
  const DataSplits splits = open_data(config(), {}, 1);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "note: data: " + folder_.path().string() + ": passed over, no images: 2 .txt, 1 without ending\n");
  EXPECT_EQ(splits.train->size() + splits.val->size() + splits.test->size(), 40);
}

TEST_F(ImageFolders, WithoutCacheADamagedFileIsLeftOutBeforeThePartsAreCut) {
  save_classes("", 20);
  const std::string whole = read_file(folder_ / "cat/101.png");
  write_file(folder_ / "cat/101.png", whole.substr(0, whole.size() - 20));  // its beginning is good
  DataConfig data = config();
  testing::internal::CaptureStderr();
  const DataSplits cached = open_data(data, {}, 1);
  data.cache = false;
  const DataSplits splits = open_data(data, {}, 1);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("101.png: want a whole PNG"), std::string::npos) << said;
  EXPECT_EQ(splits.train->size() + splits.val->size() + splits.test->size(), 39);
  const torch::Tensor indices = torch::arange(splits.test->size());
  EXPECT_TRUE(splits.test->batch(indices).target.equal(cached.test->batch(indices).target));
  data.on_corrupt = "fail";
  EXPECT_ERROR_HAS(open_data(data, {}, 1), "101.png: want a whole PNG");
}

TEST_F(ImageFolders, AJpegWithDamagedPixelsIsLeftOutCachedOrNot) {
  save_classes("", 20);
  cv::Mat noise(64, 64, CV_8UC1);
  cv::randu(noise, 0, 256);
  cv::imwrite((folder_ / "cat/bad.jpg").string(), noise);
  const std::string whole = read_file(folder_ / "cat/bad.jpg");
  write_file(folder_ / "cat/bad.jpg", whole.substr(0, whole.size() / 2) + whole.substr(whole.size() - 2));
  DataConfig data = config();
  for (bool cache : {true, false}) {
    data.cache = cache;
    testing::internal::CaptureStderr();
    const DataSplits splits = open_data(data, {}, 1);
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_NE(said.find("bad.jpg: want a whole JPEG image, got one with damaged pixels"), std::string::npos) << said;
    EXPECT_EQ(splits.train->size() + splits.val->size() + splits.test->size(), 40);
  }
}

TEST_F(ImageFolders, OpencvHasItsThreadsAgainOnceAllIsInMemory) {
  save_classes("", 20);
  const int before = cv::getNumThreads();
  cv::setNumThreads(2);
  open_data(config(), {}, 1);
  EXPECT_EQ(cv::getNumThreads(), 2);
  cv::setNumThreads(before);
}

TEST_F(ImageFolders, CanBeDecodedInInferenceMode) {
  save_classes("", 20);
  DataConfig data = config();
  data.cache = false;
  const DataSplits splits = open_data(data, {}, 1);
  const torch::Tensor want = splits.train->batch(torch::arange(30)).input;
  const c10::InferenceMode no_graph;
  EXPECT_TRUE(splits.train->batch(torch::arange(30)).input.equal(want));
}

TEST_F(ImageFolders, WrongLayoutsAreNamed) {
  EXPECT_NE(problem().find("at least two classes, got no subfolder"), std::string::npos);
  save("cat/1.png", 1);
  EXPECT_NE(problem().find("got \"cat\" alone"), std::string::npos);
  fs::create_directories(folder_ / "dog");
  EXPECT_NE(problem().find("dog: want at least one image (.png, .jpg, ...), got none"), std::string::npos);
  save("dog/deeper/1.png", 1);
  EXPECT_NE(problem().find("got the folder deeper"), std::string::npos);
  fs::remove_all(folder_ / "dog/deeper");
  write_file(folder_ / "dog/1.png", "no image");
  EXPECT_NE(problem().find("class \"dog\": want at least one image that can be read"), std::string::npos);
  write_file(folder_ / "cat/1.png", "no image");
  EXPECT_NE(problem().find(": training: want at least one image that can be read, got none of 2; the first: reading"),
            std::string::npos);
  DataConfig nowhere = config();
  nowhere.path = (folder_ / "nowhere").string();
  EXPECT_ERROR_HAS(open_data(nowhere, {}, 1), "data.path: ", "nowhere: no such folder");
}

TEST_F(ImageFolders, PartsMustHaveTheClassesOfTraining) {
  save_classes("train/", 3);
  save("test/bird/1.png", 1);
  EXPECT_NE(problem().find("bird: want a class that the training part has"), std::string::npos);
  fs::rename(folder_ / "test", folder_ / "tests");
  EXPECT_NE(problem().find("beside train/ want val/ and test/ alone, got tests/"), std::string::npos);
}

TEST_F(ImageFolders, APartOfWhichNothingCanBeReadIsNamedWithItsOwnFile) {
  save_classes("train/", 3);
  write_file(folder_ / "train/cat/bad.png", "no image");
  save("val/dog/1.png", 1);
  write_file(folder_ / "val/dog/1.png", "no image");
  EXPECT_NE(
      problem().find(": validation: want at least one image that can be read, got none of 1; the first: reading " +
                     (folder_ / "val/dog/1.png").string()),
      std::string::npos)
      << problem();
}

TEST_F(ImageFolders, AClassWhoseNameIsNoUtf8IsNamed) {
  save_classes("", 3);
  save("caf\xE9/1.png", 1);  // Latin-1
  EXPECT_EQ(problem(), "data.path: " + folder_.path().string() +
                           ": want class names in UTF-8, got other bytes in \"caf\xEF\xBF\xBD\"; rename the folder");
}

TEST_F(ImageFolders, LinksThatLeadRoundOrNowhereAreNamed) {
  save_classes("", 3);
  fs::create_symlink(folder_ / "cat/loop.png", folder_ / "cat/loop.png");
  EXPECT_NE(problem().find("loop.png: Too many levels of symbolic links"), std::string::npos) << problem();
  fs::remove(folder_ / "cat/loop.png");
  fs::create_symlink("gone", folder_ / "bird");
  EXPECT_NE(problem().find("bird: "), std::string::npos) << problem();
  fs::remove(folder_ / "bird");
  fs::create_directory_symlink(folder_.path(), folder_ / "round");
  EXPECT_NE(problem().find("want image files in a class's folder, got the folder cat"), std::string::npos) << problem();
}

TEST_F(ImageFolders, TheFingerprintFollowsNamesAndLengths) {
  save_classes("", 3);
  const std::string before = list_images_by_class(folder_.path()).fingerprint();
  EXPECT_EQ(list_images_by_class(folder_.path()).fingerprint(), before);
  save("cat/new.png", 3);
  EXPECT_NE(list_images_by_class(folder_.path()).fingerprint(), before);
}

TEST_F(ImageFolders, ClassesCanBeChosenInMemoryOrNot) {
  save_classes("", 20);
  save_classes("x", 20);
  DataConfig data = config();
  data.keep_classes = {"dog", "cat"};
  EXPECT_EQ(open_data(data, {}, 1).info().classes, (std::vector<std::string>{"dog", "cat"}));
  data.cache = false;
  data.label_noise = 0.5;
  const DataSplits from_files = open_data(data, {}, 1);
  EXPECT_EQ(from_files.info().classes, (std::vector<std::string>{"dog", "cat"}));
  EXPECT_TRUE(from_files.test->targets().equal(from_files.test->batch(torch::arange(from_files.test->size())).target));
}

}  // namespace
}  // namespace glassbox
