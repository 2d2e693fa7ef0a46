/// What cnn explain writes: for test samples, for a file, for one sample, and a second time.
#include <cmath>

#include "tests/e2e/desk.h"

namespace glassbox::e2e {
namespace {

class ExplainCnn : public Desk {
 protected:
  Ended cnn(const Words& words) const { return run("cnn", words + kOwnData, around()); }

  /// Trains on our own tiny images.
  void train_cnn(const Words& more = {}) const {
    images();
    write("cnn.json", R"({"name": "tiny", "looks": 4, "data": {"name": "mnist", "batch_size": 16, "val_share": 0.2},
                          "model": {"name": "layers", "layers": ["conv 3 5x5", "norm", "act relu", "pool max 2x2",
                                    "residual 4 stride 2", "pool average all", "linear classes"]},
                          "train": {"epochs": 2}})");
    const Ended ended = cnn(Words{"train", "--config", "cnn.json", "--run", "run", "--quiet"} + more);
    ASSERT_EQ(ended.code, 0) << ended.err;
  }

  void expect_words(const std::string& page, const Words& words) const {
    const std::string html = read(page);
    for (const std::string& word : words) EXPECT_NE(html.find(word), std::string::npos) << page << ": want " << word;
  }
};

TEST_F(ExplainCnn, TwoTestSamplesWithTheirNumbers) {
  train_cnn();
  const Words in_both = {"Inside the network",    "receptive field (pixels)",
                         "layers.0: activations", "layers.4.conv2: gradients of the weights",
                         "While it learned",      "Worst cases"};
  expect_words("run/report.html", in_both);
  const Ended ended = cnn({"explain", "--run", "run", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Json json = Json::parse(ended.out);
  EXPECT_EQ(json, read_json("run/explain.json"));
  EXPECT_EQ(json.at("page"), "run/explain.html");
  for (const Json& input : json.at("inputs")) {
    const Json& path = input.at("integrated_gradients");
    const double error = std::abs(path.at("sum").get<double>() - path.at("change").get<double>());
    EXPECT_NEAR(path.at("completeness_error").get<double>(), error, 1e-12);
    EXPECT_TRUE(input.contains("grad_cam") && input.contains("occlusion")) << input.dump();
  }
  EXPECT_EQ(json.at("randomisation").size(), 4u);  // trained, then from layers.6, layers.4, layers.0 on
  EXPECT_EQ(json.at("shifts").at("network").size(), 5u);
  EXPECT_EQ(json.at("receptive_fields")[0].at("size"), Json({5, 5}));
  expect_words("run/explain.html", in_both + Words{"Completeness", "完备性", "Do the maps depend on the weights?",
                                                   "When the image moves", "id=\"conv-data\""});
}

TEST_F(ExplainCnn, ASecondTimeTheShiftsAreReadAndNotMeasured) {
  train_cnn();
  ASSERT_EQ(cnn({"explain", "--run", "run"}).code, 0);
  const std::string shifts = read("run/shifts.json");  // the time it took stands in it
  const Ended again = cnn({"explain", "--run", "run"});
  EXPECT_EQ(again.out, "page run/explain.html\nnumbers run/explain.json\n");
  EXPECT_EQ(read("run/shifts.json"), shifts);
}

TEST_F(ExplainCnn, FilesAndSingleSamples) {
  train_cnn();
  std::string stroke(28 * 28, '\0');
  for (int y = 5; y < 23; ++y) stroke[size_t(28 * y + 14)] = char(0xff);
  write("stroke.pgm", "P5 28 28 255\n" + stroke);
  Json json = Json::parse(cnn({"explain", "--run", "run", "stroke.pgm", "--json"}).out);
  ASSERT_EQ(json.at("inputs").size(), 1u);
  EXPECT_EQ(json.at("inputs")[0].at("name"), "stroke.pgm");
  EXPECT_FALSE(json.at("inputs")[0].contains("true_class"));
  json = Json::parse(cnn({"explain", "--run", "run", "--trace", "3", "--json"}).out);
  ASSERT_EQ(json.at("inputs").size(), 1u);
  EXPECT_EQ(json.at("inputs")[0].at("name"), "test sample 3");
  const Ended refused = cnn({"explain", "--run", "run", "--trace", "20"});
  expect_message(refused, {"explain --trace: want a test sample from 0 to 19, got 20"});
}

TEST_F(ExplainCnn, ANetworkWithoutConvolutionAndARunWithoutLooks) {
  train_cnn({"--set", "model.layers=[\"linear 5\",\"act relu\",\"linear classes\"]", "--set", "looks=0"});
  const Ended ended = cnn({"explain", "--run", "run", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(Json::parse(ended.out).at("randomisation").empty());
  expect_words("run/explain.html", {"Train again with --set looks=24", "integrated gradients"});
}

}  // namespace
}  // namespace glassbox::e2e
