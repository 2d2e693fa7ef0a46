/// Videos and cameras given to predict: every image is answered, and what is none is one clear line.
#include <opencv2/videoio.hpp>

#include "tests/e2e/cnn_desk.h"
#include "tests/e2e/odd_images.h"

namespace glassbox::e2e {
namespace {

class CnnVideo : public CnnDesk {
 protected:
  CnnVideo() { bring_colours(); }

  /// 30 red images and then 45 blue ones, 15 a second.
  void write_video(const std::string& name, const char* code) const {
    cv::VideoWriter video((here_ / name).string(), cv::VideoWriter::fourcc(code[0], code[1], code[2], code[3]), 15,
                          {64, 48});
    ASSERT_TRUE(video.isOpened()) << name;
    for (int i = 0; i < 75; ++i) video.write(image(i < 30 ? kRed : kBlue, 48, 64, i));
  }

  static int images_in(const fs::path& file) {
    cv::VideoCapture video(file.string());
    cv::Mat frame;
    int count = 0;
    while (video.read(frame)) ++count;
    return count;
  }

  const Words kPredict = {"predict", "--run", "run"};
};

TEST_F(CnnVideo, EveryImageIsAnsweredAndWrittenOn) {
  write_video("a.avi", "MJPG");
  const Ended ended = ask(kPredict + Words{"a.avi", "--output", "out", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.err, "");
  const Json all = Json::parse(ended.out).at("predictions");
  ASSERT_EQ(all.size(), 75u);
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].at("input"), "a.avi#" + std::to_string(i));
    EXPECT_EQ(all[i].at("class"), i < 30 ? "red" : "blue") << i;
  }
  EXPECT_EQ(images_in(here_ / "out/a.webm"), 75);
  cv::Mat first;
  ASSERT_TRUE(cv::VideoCapture((here_ / "out/a.webm").string()).read(first));
  EXPECT_EQ(first.cols, 320);                        // enlarged, so that the words can be read
  EXPECT_EQ(first.rows, 48 * 5 + 28);                // and a bar below
  EXPECT_GT(first.at<cv::Vec3b>(100, 160)[2], 150);  // still red
  EXPECT_LT(first.at<cv::Vec3b>(100, 160)[0], 120);
}

TEST_F(CnnVideo, TheTextHasALineAStretch) {
  write_video("a.avi", "MJPG");
  const std::string text = ask(kPredict + Words{"a.avi"}).out;
  EXPECT_EQ(text.rfind("a.avi  from 0 s  red  ", 0), 0u) << text;
  EXPECT_NE(text.find("\na.avi  from 2 s  blue  "), std::string::npos) << text;
  EXPECT_NE(text.find("\na.avi  75 images\n"), std::string::npos) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
  const Json few = json_of(kPredict + Words{"a.avi", "--images", "70"});
  EXPECT_EQ(few.at("predictions").size(), 70u);
}

TEST_F(CnnVideo, AGifIsAVideo) {
  write("a.gif", animated_gif());
  const Json all = json_of(kPredict + Words{"a.gif"}).at("predictions");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].at("class"), "red");
  EXPECT_EQ(all[1].at("class"), "blue");
}

TEST_F(CnnVideo, AVideoThatIsCutShortEndsWhereItEnds) {
  write_video("a.webm", "VP80");
  EXPECT_EQ(json_of(kPredict + Words{"a.webm"}).at("predictions").size(), 75u);
  const std::string whole = read("a.webm");
  write("cut.webm", whole.substr(0, whole.size() / 2));
  const Ended ended = ask(kPredict + Words{"cut.webm", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const size_t images = Json::parse(ended.out).at("predictions").size();
  EXPECT_GT(images, 10u);
  EXPECT_LT(images, 70u);
  EXPECT_EQ(ended.err, "") << "a decoder's own lines";
}

TEST_F(CnnVideo, WhatIsNoVideoIsOneClearLine) {
  write_video("a.avi", "MJPG");
  write("words.mp4", "words");
  write("empty.avi", "");
  write("header.avi", read("a.avi").substr(0, 600));
  write("image.mov", encoded(".png", image(kRed)).substr(0, 40));
  fs::create_directory(here_ / "folder.mkv");
  for (const char* name : {"words.mp4", "empty.avi", "header.avi", "image.mov"}) {
    expect_refused(kPredict + Words{name}, {std::string("opening ") + name + ": want a video that OpenCV can decode"});
  }
  cv::VideoWriter((here_ / "huge.avi").string(), cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 15, {6000, 6000})
      .write(cv::Mat::zeros(6000, 6000, CV_8UC3));
  expect_refused(kPredict + Words{"huge.avi"}, {"opening huge.avi: want images of at most 2^25 pixels", "6000x6000"});
  expect_refused(kPredict + Words{"folder.mkv"}, {"opening folder.mkv: want a video file, got a folder"});
  expect_refused(kPredict + Words{"nowhere.mp4"}, {"opening nowhere.mp4: no such file"});
  expect_refused(kPredict + Words{"camera:9"}, {"opening camera:9: no such camera, or another program has it"});
  expect_refused(kPredict + Words{"camera:x"}, {"opening camera:x: want camera:N with N from 0 to 999, got \"x\""});
  expect_refused(kPredict + Words{"a.avi", "--output", "."}, {"want another folder than that of a.avi"});
}

/// A digit must stand out from the paper; in a video there may be nothing to be seen for a while.
TEST_F(CnnVideo, ImagesWithNothingOnThemAreCountedAndPassedOver) {
  SKIP_WITHOUT_DIGITS();
  fs::remove_all(here_ / "run");
  bring_digits();
  {
    cv::VideoWriter video((here_ / "a.avi").string(), cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 10, {64, 64});
    for (int i = 0; i < 30; ++i) {
      cv::Mat frame = cv::Mat::zeros(64, 64, CV_8UC3);
      if (i >= 10 && i < 25) frame(cv::Rect(28, 10, 6, 44)).setTo(cv::Scalar::all(255));
      video.write(frame);
    }
  }
  const Ended ended = ask(kPredict + Words{"a.avi", "--output", "out", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Json json = Json::parse(ended.out);
  EXPECT_EQ(json.at("predictions").size(), 15u);
  EXPECT_EQ(json.at("skipped").size(), 15u);
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 2) << "one line a stretch\n" << ended.err;
  EXPECT_EQ(images_in(here_ / "out/a.webm"), 30);
  const std::string text = ask(kPredict + Words{"a.avi"}).out;
  EXPECT_NE(text.find("from 2.5 s  nothing to be seen"), std::string::npos) << text;
}

}  // namespace
}  // namespace glassbox::e2e
