/// Images of every odd kind given to predict: read, or one clear line and exit 2; in a folder a counted skip.
#include <sys/stat.h>

#include "tests/e2e/cnn_desk.h"
#include "tests/e2e/odd_images.h"

namespace glassbox::e2e {
namespace {

class CnnImages : public CnnDesk {
 protected:
  CnnImages() { bring_colours(); }

  const Words kPredict = {"predict", "--run", "run", "--threads", "1"};

  /// Every file that cannot be read, by name, with what is said of it. They are written to `folder`.
  std::map<std::string, std::string> write_unreadable(const std::string& folder) const {
    const std::string png = encoded(".png", image(kRed)), jpeg = encoded(".jpg", image(kRed));
    std::string huge = png, broken = png;
    huge.replace(16, 8, std::string("\0\0\x4E\x20\0\0\x4E\x20", 8));  // 20,000 x 20,000
    for (size_t i = 60; i < 90; ++i) broken[i] = char(~broken[i]);
    const std::tuple<std::string, std::string, std::string> files[] = {
        {"empty.png", "", "want an image, got a file of 0 bytes"},
        {"words.png", "words", "want an image (PNG, JPEG, BMP, WebP, TIFF, PNM or JPEG 2000), got a file of 5 bytes"},
        {"magic.png", png.substr(0, 8), "want a whole PNG image, got"},
        {"cut.png", png.substr(0, png.size() - 20), "want a whole PNG image, got one that ends too early"},
        {"cut.jpg", jpeg.substr(0, jpeg.size() / 2), "want a whole JPEG image, got one that ends too early"},
        {"cut.webp", encoded(".webp", image(kRed)).substr(0, 60), "want an image, got a WebP file of 60 bytes"},
        {"cut.bmp", encoded(".bmp", image(kRed)).substr(0, 40), "want "},
        {"cut.tiff", encoded(".tiff", image(kRed)).substr(0, 100), "want "},
        {"broken.png", broken, "want an image, got a PNG file of " + std::to_string(png.size()) + " bytes"},
        {"huge.png", huge, "want at most 2^26 pixels (8192x8192), got 20000x20000; make the image smaller"},
        {"moves.webp", animated_webp(), "want a still image, got an animated WebP"},
        {"random.jpg", "\xFF\xD8\xFF" + std::string(500, 'x'), "want "},
    };
    std::map<std::string, std::string> unreadable;
    for (const auto& [name, bytes, text] : files) {
      write(folder + "/" + name, bytes);
      unreadable[folder + "/" + name] = text;
    }
    fs::create_symlink("loop.png", here_ / (folder + "/loop.png"));
    fs::create_symlink("nowhere", here_ / (folder + "/dangling.png"));
    fs::create_directory(here_ / (folder + "/folder.png"));
    unreadable[folder + "/loop.png"] = "Too many levels of symbolic links";
    unreadable[folder + "/dangling.png"] = "no such file";
    return unreadable;
  }

  /// Files of every kind that is read, all red.
  std::set<std::string> write_readable(const std::string& folder) const {
    cv::Mat deep;
    image(kRed).convertTo(deep, CV_16U, 257);
    const std::pair<std::string, std::string> files[] = {{"a.png", encoded(".png", image(kRed))},
                                                         {"b.jpg", encoded(".jpg", image(kRed))},
                                                         {"c.bmp", encoded(".bmp", image(kRed))},
                                                         {"d.webp", encoded(".webp", image(kRed))},
                                                         {"e.tiff", encoded(".tiff", image(kRed))},
                                                         {"f.ppm", encoded(".ppm", image(kRed))},
                                                         {"g_cmyk.jpg", cmyk_jpeg()},
                                                         {"i_moves.png", animated_png()},
                                                         {"j_misnamed.jpg", encoded(".png", image(kRed))},
                                                         {"k_misnamed.gif", encoded(".jpg", image(kRed))},
                                                         {"l_one.png", encoded(".png", image(kRed, 1, 1))},
                                                         {"m_deep.png", encoded(".png", deep)},
                                                         {"n_deep.tiff", encoded(".tiff", deep)},
                                                         {"o_thin.png", encoded(".png", image(kRed, 1, 300))},
                                                         {"p.jp2", encoded(".jp2", image(kRed, 64, 80))},
                                                         {"q.jpg.1", encoded(".jpg", image(kRed))},
                                                         {"r", encoded(".png", image(kRed))}};
    std::set<std::string> names;
    for (const auto& [name, bytes] : files) {
      write(folder + "/" + name, bytes);
      names.insert(folder + "/" + name);
    }
    return names;
  }
};

TEST_F(CnnImages, EveryReadableKindIsSeenAsItIs) {
  const auto names = write_readable("good");
  const Json json = json_of(kPredict + Words(names.begin(), names.end()));
  ASSERT_EQ(json.at("predictions").size(), names.size());
  for (const Json& each : json.at("predictions")) EXPECT_EQ(each.at("class"), "red") << each.at("input");
  cv::Mat grey;
  cv::extractChannel(image(kRed), grey, 0);
  write("grey.png", encoded(".png", grey));
  EXPECT_EQ(json_of(kPredict + Words{"grey.png"}).at("predictions").size(), 1u);
}

/// A bar with words is 320 pixels wide; an image of one column shall not grow to millions of rows for it.
TEST_F(CnnImages, AThinImageIsWrittenOnWithoutGrowing) {
  write("thin.png", encoded(".png", image(kRed, 8000, 1)));
  ASSERT_EQ(ask(kPredict + Words{"thin.png", "--output", "out"}).code, 0);
  const cv::Mat written = cv::imread((here_ / "out/thin.png").string());
  EXPECT_EQ(written.cols, 320);
  EXPECT_EQ(written.rows, 8000 + 28);
}

TEST_F(CnnImages, EveryUnreadableKindIsOneClearLine) {
  for (const auto& [file, text] : write_unreadable("bad")) {
    const Ended ended = ask(kPredict + Words{file});
    expect_message(ended, {file, text}, {file});
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  }
  expect_refused(kPredict + Words{"bad/folder.png"},
                 {"looking for images: bad/folder.png: want at least one image in this folder, got none"});
  expect_refused(kPredict + Words{"nowhere.png"}, {"looking for images: nowhere.png: no such file or folder"});
}

TEST_F(CnnImages, InAFolderTheyAreSkippedAndCounted) {
  const auto unreadable = write_unreadable("mixed");
  const auto readable = write_readable("mixed");
  ASSERT_EQ(::mkfifo((here_ / "mixed/pipe.png").c_str(), 0600), 0);  // nobody writes: reading would never end
  write("mixed/moves.gif", animated_gif());
  write("mixed/notes.txt", "no image");
  const size_t skipped = unreadable.size() + 2;  // the GIF and the pipe, too
  const Ended ended = ask(kPredict + Words{"mixed", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Json json = Json::parse(ended.out);
  EXPECT_EQ(json.at("predictions").size(), readable.size());
  for (const Json& each : json.at("predictions")) EXPECT_EQ(readable.count(each.at("input")), 1u);
  ASSERT_EQ(json.at("skipped").size(), skipped);
  for (const Json& each : json.at("skipped")) {
    const std::string input = each.at("input"), reason = each.at("reason");
    const auto known = unreadable.find(input);
    if (known != unreadable.end()) {
      EXPECT_NE(reason.find(known->second), std::string::npos) << input << ": " << reason;
    }
    EXPECT_NE(ended.err.find("skipped: " + reason + "\n"), std::string::npos) << ended.err;
  }
  EXPECT_EQ(ended.err.rfind("note: mixed: passed over, no images: 1 .txt, 1 subfolder\n", 0), 0u) << ended.err;
  EXPECT_NE(ended.err.find("moves.gif: want an image (PNG, "), std::string::npos) << ended.err;
  EXPECT_EQ(size_t(std::count(ended.err.begin(), ended.err.end(), '\n')), 1 + skipped) << "decoders' own lines:\n"
                                                                                       << ended.err;
  const std::string text = ask(kPredict + Words{"mixed"}).out;
  EXPECT_NE(text.find("\nskipped " + std::to_string(skipped) + " images, see above\n"), std::string::npos) << text;
}

TEST_F(CnnImages, AFolderInWhichNothingCanBeReadIsNoSuccess) {
  write("bad/empty.png", "");
  write("bad/words.jpg", "words");
  write("none/notes.txt", "words");
  const Ended ended = ask(kPredict + Words{"bad"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.out, "");
  EXPECT_NE(ended.err.find("error: looking at bad: want at least one image that can be read, got none of 2; the first: "
                           "reading bad/empty.png"),
            std::string::npos)
      << ended.err;
  expect_refused(kPredict + Words{"none"},
                 {"looking for images: none: want at least one image in this folder, got 1 .txt"});
}

TEST_F(CnnImages, WhatComesThroughAPipeIsReadToo) {
  ASSERT_EQ(::mkfifo((here_ / "pipe").c_str(), 0600), 0);
  const std::string bytes = encoded(".png", image(kBlue));
  std::thread writer([&] {
    const int pipe = ::open((here_ / "pipe").c_str(), O_WRONLY);
    EXPECT_EQ(::write(pipe, bytes.data(), bytes.size()), ssize_t(bytes.size()));
    ::close(pipe);
  });
  EXPECT_EQ(json_of(kPredict + Words{"pipe"}).at("predictions")[0].at("class"), "blue");
  writer.join();
}

}  // namespace
}  // namespace glassbox::e2e
