/// Images from files, folders and videos: told by content, damaged ones left out, what is passed over counted.
#include "common/vision/picture_source.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "common/base/atomic_file.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"
#include "tests/common/vision/pillow.h"

namespace glassbox {
namespace {

class PictureSources : public testing::Test {
 protected:
  static std::string encoded(const std::string& ending, int value) {
    std::vector<uint8_t> bytes;
    cv::imencode(ending, cv::Mat(6, 9, CV_8UC3, cv::Scalar::all(value)), bytes);
    return {bytes.begin(), bytes.end()};
  }
  PictureSource open(const std::string& input, const ImageOptions& options = {}) {
    return {input, options, [this](const std::string& name, const std::string& why, bool news) {
              skipped_.push_back(name);
              EXPECT_NE(why, "");
              if (news) ++news_;
            }};
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  TempFolder folder_;
  std::vector<std::string> skipped_;
  int news_ = 0;
};

TEST_F(PictureSources, AFolderIsItsImagesWhateverTheirNames) {
  for (const char* name : {"1.png", "7.jpg.1", "camera", "photo.jfif", "misnamed.txt"})
    write_file(folder_ / name, encoded(".jpg", 90));
  write_file(folder_ / "notes.txt", "no image");
  write_file(folder_ / "BM.txt", "BM25 and P1 are texts");
  write_file(folder_ / "README", "P1 is the first");
  write_file(folder_ / ".hidden.png", encoded(".png", 1));
  std::filesystem::create_directory(folder_ / "deeper");
  PictureSource source = open(folder_.path().string());
  EXPECT_EQ(source.passed_over().text(), "2 .txt, 1 without ending, 1 subfolder");
  std::vector<std::string> names;
  for (auto some = source.next(2); !some.empty(); some = source.next(2)) {
    EXPECT_LE(some.size(), 2u);
    for (const Image& each : some) {
      names.push_back(std::filesystem::path(each.name).filename().string());
      EXPECT_EQ(each.pixels.sizes(), (std::vector<int64_t>{3, 6, 9}));
      EXPECT_TRUE(each.original.empty());
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"1.png", "7.jpg.1", "camera", "misnamed.txt", "photo.jfif"}));
  EXPECT_EQ(source.count(), 5);
  EXPECT_FALSE(source.moves());
}

TEST_F(PictureSources, OfAFolderDamagedImagesAreLeftOut) {
  write_file(folder_ / "a.png", "");
  write_file(folder_ / "b.gif", "GIF89a and so on");
  write_file(folder_ / "c.png", encoded(".png", 5));
  PictureSource source = open(folder_.path().string());
  const auto images = source.next(10);
  ASSERT_EQ(images.size(), 1u);
  EXPECT_EQ(skipped_, (std::vector<std::string>{path("a.png"), path("b.gif")}));
  EXPECT_EQ(news_, 2);
  source.skip(images[0], UserError("of no use"));
  EXPECT_ERROR_HAS(source.next(10), "want at least one image that can be read, got none of 3; the first: reading ",
                   "a.png");
}

TEST_F(PictureSources, ASingleFileMustBeGood) {
  write_file(folder_ / "bad.png", "words");
  EXPECT_ERROR_HAS(open(path("bad.png")).next(1), "bad.png: want an image");
  EXPECT_ERROR_HAS(open(path("none.png")), "none.png: no such file or folder");
  write_file(folder_ / "good.png", encoded(".png", 5));
  PictureSource source = open(path("good.png"), {/*channels=*/1, 0, /*originals=*/true, 0});
  const auto images = source.next(8);
  ASSERT_EQ(images.size(), 1u);
  EXPECT_EQ(images[0].pixels.size(0), 1);
  EXPECT_EQ(images[0].original.channels(), 3);
  EXPECT_ERROR_HAS(source.skip(images[0], UserError("blank")), "blank");
  EXPECT_TRUE(source.next(8).empty());
}

TEST_F(PictureSources, AVideoIsItsFrames) {
  {
    VideoWriter video(folder_ / "a.webm", 10);
    for (int i = 0; i < 12; ++i) video.write(cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(20 * i)));
  }
  PictureSource source = open(path("a.webm"), {3, 0, /*originals=*/true, /*most_frames=*/7});
  EXPECT_TRUE(source.moves());
  EXPECT_FALSE(source.is_live());
  const auto first = source.next(5), second = source.next(5);
  ASSERT_EQ(first.size(), 5u);
  ASSERT_EQ(second.size(), 2u);
  EXPECT_EQ(second[1].name, path("a.webm#6"));
  EXPECT_LT(first[0].original.at<cv::Vec3b>(9, 9)[0], 20) << "no later frame in its memory";
  for (int i : {1, 2, 4}) source.skip(first[size_t(i)], UserError("nothing to be seen"));
  EXPECT_EQ(news_, 2) << "frames 1 and 2 are one stretch";
  EXPECT_TRUE(source.next(5).empty());
  EXPECT_EQ(source.count(), 7);
}

TEST_F(PictureSources, AGifIsAVideo) {
  ASSERT_NO_FATAL_FAILURE(run_pillow(folder_, R"(
frames = [Image.new('RGB', (16, 16), colour) for colour in ('red', 'blue', 'lime')]
frames[0].save('a.gif', save_all=True, append_images=frames[1:], duration=100)
frames[0].save('still.gif')
)"));
  PictureSource moving = open(path("a.gif")), still = open(path("still.gif"));
  EXPECT_EQ(moving.next(10).size(), 3u);
  EXPECT_EQ(still.next(10).size(), 1u);
}

TEST(PassedOver, NamesTheMostFrequentEndings) {
  PassedOver others;
  EXPECT_EQ(others.text(), "");
  for (const char* name : {"a.TXT", "b.txt", "c.heic", "d.e1", "d.e2", "d.e3", "d.e4", "d.e5", "x"}) others.add(name);
  EXPECT_EQ(others.text(), "2 .txt, 1 without ending, 1 .e1, 1 .e2, 1 .e3, 3 others");
}

}  // namespace
}  // namespace glassbox
