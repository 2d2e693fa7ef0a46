/// The fixture of cnn's end-to-end tests: images made on the spot, and networks that were trained on them once.
#pragma once

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "tests/e2e/desk.h"

namespace glassbox::e2e {

const cv::Scalar kRed(40, 40, 220), kBlue(220, 40, 40);  // OpenCV's order: blue, green, red

class CnnDesk : public Desk {
 protected:
  CnnDesk() { app_ = "cnn"; }

  /// One colour with some noise. Another seed gives another image.
  static cv::Mat image(const cv::Scalar& colour, int rows = 24, int columns = 30, int seed = 1) {
    cv::Mat image(rows, columns, CV_8UC3), noise(rows, columns, CV_8UC3);
    image.setTo(colour);
    cv::RNG(uint64_t(seed)).fill(noise, cv::RNG::UNIFORM, 0, 36);
    return image + noise;
  }

  /// The bytes of an image file; `ending` (".png") is the format.
  static std::string encoded(const std::string& ending, const cv::Mat& image) {
    std::vector<uint8_t> bytes;
    EXPECT_TRUE(cv::imencode(ending, image, bytes)) << ending;
    return {bytes.begin(), bytes.end()};
  }

  /// images/red and images/blue with 20 images each, and the experiment that tells them apart.
  std::string colours(const std::string& name = "colours.json") const {
    for (int i = 10; i < 30; ++i) {
      write("images/red/" + std::to_string(i) + ".png", encoded(".png", image(kRed, 24, 30, i)));
      write("images/blue/" + std::to_string(i) + ".png", encoded(".png", image(kBlue, 24, 30, 100 + i)));
    }
    return write(name, R"({"name": "colours", "looks": 0,
        "data": {"name": "image_folder", "path": "images", "image_size": 16, "batch_size": 8, "test_share": 0.2},
        "model": {"name": "layers", "layers": ["conv 4 3x3", "act relu", "pool average all", "linear classes"]},
        "optimizer": {"learning_rate": 0.05}, "train": {"epochs": 8}})");
  }

  /// "run": a network that tells red from blue, with its images. Trained once for all tests and copied.
  void bring_colours() const {
    bring("colours", [&] { train({"--config", colours(), "--run", "run"}); });
  }

  /// "run": the smoke experiment on OpenCV's digits. Tests that want it begin with SKIP_WITHOUT_DIGITS.
  void bring_digits() const {
    bring("digits", [&] { train({"--config", smoke(), "--run", "run"}); });
  }

  static std::string smoke() { return (source_folder() / "configs/cnn/smoke.json").string(); }
  static bool has_digits() { return fs::exists(source_folder() / "data/digits/digits.png"); }

  /// The one JSON object that is said.
  Json json_of(const Words& words) const {
    const Ended ended = ask(words + Words{"--json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    return Json::parse(ended.out);
  }
};

}  // namespace glassbox::e2e

#define SKIP_WITHOUT_DIGITS()                                                            \
  if (!has_digits()) {                                                                   \
    if (on_ci()) FAIL() << "CI needs the data set digits: scripts/data.sh digits";       \
    GTEST_SKIP() << "without the data set digits; fetch it with scripts/data.sh digits"; \
  }                                                                                      \
  static_assert(true, "")
