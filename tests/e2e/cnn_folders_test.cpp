/// Training on one's own images, and on CIFAR files: folders and files that are not as they should be.
#include <sys/stat.h>

#include "tests/e2e/cnn_desk.h"
#include "tests/e2e/odd_images.h"

namespace glassbox::e2e {
namespace {

class CnnFolders : public CnnDesk {
 protected:
  CnnFolders() { colours(); }

  void expect_folder_refused(const Words& texts) const {
    expect_refused({"train", "--config", "colours.json", "--quiet", "--threads", "1"}, texts);
  }
};

TEST_F(CnnFolders, DamagedImagesAreLeftOutAndCounted) {
  const std::string png = encoded(".png", image(kRed));
  std::string huge = png;
  huge.replace(16, 8, std::string("\0\0\x4E\x20\0\0\x4E\x20", 8));
  write("images/red/a_empty.png", "");
  write("images/red/b_words.png", "words");
  write("images/red/c_cut.png", png.substr(0, png.size() - 20));
  write("images/blue/d_huge.png", huge);
  write("images/blue/e_moves.webp", animated_webp());
  write("images/red/f_cmyk.jpg", cmyk_jpeg());
  write("images/red/g_moves.gif", animated_gif());
  write("images/red/h_one.png", encoded(".png", image(kRed, 1, 1)));
  write("images/red/i", png);
  write("images/red/notes.txt", "not asked about");
  const Ended ended = train({"--config", "colours.json", "--run", "a"});
  EXPECT_EQ(ended.err.rfind("warning: data: 6 of 49 images cannot be read and are left out", 0), 0u) << ended.err;
  EXPECT_NE(ended.err.find("d_huge.png: want at most 2^26 pixels"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("\nnote: data: images: passed over, no images: 1 .txt\n"), std::string::npos) << ended.err;
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 8) << ended.err;
  EXPECT_EQ(read_json("a/summary.json").at("test").at("accuracy"), 1.0);
  // Decoded while training: what only decoding finds out is found then.
  const Ended later =
      train({"--config", "colours.json", "--run", "b", "--set", "data.cache=false", "--set", "data.workers=2"});
  EXPECT_NE(later.err.find("c_cut.png: want a whole PNG"), std::string::npos) << later.err;
  EXPECT_EQ(read_json("b/summary.json").at("test").at("accuracy"), 1.0);
  expect_refused({"train", "--config", "colours.json", "--quiet", "--set", "data.on_corrupt=fail"},
                 {"images/", "want "});
}

TEST_F(CnnFolders, ImagesThatChangedSinceTheRunBegan) {
  train({"--config", "colours.json", "--run", "run", "--set", "train.epochs=1"});
  EXPECT_EQ(ask({"eval", "--run", "run"}).code, 0);
  const Words texts = {"image_folder: files were added, taken away, renamed or changed since the run was begun",
                       "train again"};
  fs::rename(here_ / "images/red", here_ / "images/zinnober");  // the labels change places
  expect_refused({"eval", "--run", "run"}, texts);
  fs::rename(here_ / "images/zinnober", here_ / "images/red");
  EXPECT_EQ(ask({"eval", "--run", "run"}).code, 0);
  fs::remove(here_ / "images/red/10.png");
  for (const char* verb : {"eval", "explain"}) expect_refused({verb, "--run", "run"}, texts);
  expect_refused({"train", "--resume", "run", "--set", "train.epochs=2"}, texts);
}

TEST_F(CnnFolders, FoldersThatAreNoDataSet) {
  fs::rename(here_ / "images/blue", here_ / "blue");
  expect_folder_refused({"data.path: images: want one subfolder a class", "at least two classes, got \"red\" alone"});
  fs::create_directory(here_ / "images/blue");
  expect_folder_refused({"data.path: images/blue: want at least one image (.png, .jpg, ...), got none"});
  write("images/blue/words.png", "words");
  const Ended ended = ask({"train", "--config", "colours.json", "--quiet"});  // a warning names the file first
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.err.find("words.png: want an image"), std::string::npos) << ended.err;
  EXPECT_NE(
      ended.err.find("\nerror: data.path: images: class \"blue\": want at least one image that can be read, got none"),
      std::string::npos)
      << ended.err;
  fs::remove(here_ / "images/blue/words.png");
  fs::create_directory(here_ / "images/blue/deeper");
  expect_folder_refused({"want image files in a class's folder, got the folder deeper"});
  fs::remove_all(here_ / "images");
  expect_folder_refused({"data.path: images: no such folder"});
  write("images", "a file");
  expect_folder_refused({"data.path: images: want a folder, got a file"});
}

TEST_F(CnnFolders, LinksAndPipes) {
  fs::create_symlink("loop.png", here_ / "images/red/loop.png");
  expect_folder_refused({"images/red/loop.png: Too many levels of symbolic links; mend it or delete it"});
  fs::remove(here_ / "images/red/loop.png");
  fs::create_directory_symlink(".", here_ / "images/round");
  expect_folder_refused({"images/round", "got the folder "});
  fs::remove(here_ / "images/round");
  fs::create_symlink("gone", here_ / "images/green");
  expect_folder_refused({"images/green: a link that leads nowhere"});
  fs::remove(here_ / "images/green");
  ASSERT_EQ(::mkfifo((here_ / "images/red/pipe.png").c_str(), 0600), 0);
  expect_folder_refused({"images/red/pipe.png: want a file, got a pipe or a device"});
}

TEST_F(CnnFolders, CifarFilesThatAreCutShort) {
  write("cifar.json", R"({"name": "cifar", "looks": 0, "data": {"name": "cifar10"}, "model": {"name": "resnet20"}})");
  const Words train = {"train", "--config", "cifar.json", "--data", "data", "--quiet"};
  expect_refused(train, {"data set cifar10: not found in data", "scripts/data.sh cifar10"});
  const std::string first = "data/cifar10/data_batch_1.bin";
  for (const size_t size : {size_t{0}, size_t{3073}, size_t{30'729'999}}) {
    write(first, std::string(size, '\0'));
    expect_refused(train, {first + ": want 30730000 bytes (10000 records of 3073), got " + std::to_string(size)});
  }
  std::string records(30'730'000, '\0');
  records[3073 * 17] = 10;
  write(first, records);
  expect_refused(train, {first + ", record 17: want a label from 0 to 9, got 10"});
  records[3073 * 17] = 9;
  write(first, records);
  expect_refused(train, {"data/cifar10/data_batch_2.bin: no such file; fetch it with scripts/data.sh"});
}

}  // namespace
}  // namespace glassbox::e2e
