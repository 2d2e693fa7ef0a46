/// What cnn can do, in words and as JSON: train, eval, predict, describe, export, benchmark.
#include "tests/e2e/cnn_desk.h"

namespace glassbox::e2e {
namespace {

class CnnVerbs : public CnnDesk {
 protected:
  std::string text_of(const Words& words) const {
    const Ended ended = ask(words);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.out;
  }
};

TEST_F(CnnVerbs, TrainLearnsDigitsAndSaysSo) {
  SKIP_WITHOUT_DIGITS();
  const Json json = json_of({"train", "--config", smoke(), "--run", "a", "--quiet", "--threads", "1"});
  EXPECT_EQ(json.at("app"), "cnn");
  EXPECT_EQ(json.at("status"), "finished");
  EXPECT_EQ(json.at("parameters"), 208 + 1168 + 32 + 1450);  // 8 x 26, 16 x 73, 2 x 16, 10 x 145
  EXPECT_GT(json.at("test").at("accuracy"), 0.6);            // guessing: 0.1
  for (const char* file : {"report.html", "plots/confusion.png", "checkpoints/last.safetensors", "config.json"}) {
    EXPECT_TRUE(exists(fs::path("a") / file)) << file;
  }
  const std::string text = text_of({"train", "--config", smoke(), "--run", "b", "--quiet", "--threads", "1"});
  EXPECT_NE(text.find("test accuracy "), std::string::npos) << text;
  EXPECT_NE(text.find("report b/report.html"), std::string::npos) << text;
  expect_same_outcome(here_ / "b", outcome(here_ / "a"));
}

TEST_F(CnnVerbs, EvalRepeatsTheScoresOfTheRun) {
  SKIP_WITHOUT_DIGITS();
  bring_digits();
  const Json want = read_json("run/summary.json").at("test");
  const Json got = json_of({"eval", "--run", "run", "--threads", "1"});
  for (const char* score : {"loss", "accuracy", "top3_accuracy", "macro_f1", "calibration_error"}) {
    EXPECT_EQ(got.at(score), want.at(score)) << score;
  }
  EXPECT_EQ(got.at("split"), "test");
  EXPECT_EQ(got.at("samples"), 500);
  EXPECT_EQ(json_of({"eval", "--run", "run", "--split", "val"}).at("samples"), 500);
  EXPECT_EQ(text_of({"eval", "--run", "run"}).rfind("test (500 samples)\nloss ", 0), 0u);
}

TEST_F(CnnVerbs, EvalCanLookAtSeveralViews) {
  SKIP_WITHOUT_DIGITS();
  bring_digits();
  const auto loss_of = [&](const Words& words) { return json_of(Words{"eval", "--run", "run"} + words).at("loss"); };
  const Json once = loss_of({});
  EXPECT_EQ(loss_of({"--test-time", "none"}), once);
  EXPECT_NE(loss_of({"--test-time", "flip"}), once);
  EXPECT_NE(loss_of({"--test-time", "flip_shift"}), loss_of({"--test-time", "flip"}));
}

TEST_F(CnnVerbs, PredictNamesWhatItSees) {
  bring_colours();
  EXPECT_EQ(read_json("run/summary.json").at("test").at("accuracy"), 1.0);  // guessing: 0.5
  write("a.png", encoded(".png", image(kRed, 50, 40, 7)));
  write("b.jpg", encoded(".jpg", image(kBlue, 90, 200, 8)));
  const Json json = json_of({"predict", "--run", "run", "a.png", "b.jpg", "images/blue"});
  const Json& all = json.at("predictions");
  ASSERT_EQ(all.size(), 22u);
  EXPECT_EQ(json.at("skipped"), Json::array());
  EXPECT_EQ(all[0].at("input"), "a.png");
  EXPECT_EQ(all[0].at("class"), "red");
  for (size_t i = 0; i < all.size(); ++i) {
    const double red = all[i].at("probabilities").at("red"), blue = all[i].at("probabilities").at("blue");
    EXPECT_NEAR(red + blue, 1, 1e-6);
    EXPECT_EQ(all[i].at("probability"), std::max(red, blue));
    if (i > 0) {
      EXPECT_EQ(all[i].at("class"), "blue") << all[i].at("input");
    }
  }
  const std::string text = text_of({"predict", "--run", "run", "a.png", "b.jpg"});
  EXPECT_EQ(text.rfind("a.png  red  ", 0), 0u) << text;
  EXPECT_NE(text.find("\nb.jpg  blue  "), std::string::npos) << text;
}

TEST_F(CnnVerbs, PredictWritesItsAnswersOnCopies) {
  bring_colours();
  write("a.png", encoded(".png", image(kRed, 50, 40)));
  write("deeper/a.jpg", encoded(".jpg", image(kBlue, 400, 500)));
  text_of({"predict", "--run", "run", "a.png", "deeper/a.jpg", "--output", "out/of"});
  const cv::Mat small = cv::imread(here_ / "out/of/a.png"), large = cv::imread(here_ / "out/of/a-2.png");
  EXPECT_EQ(small.cols, 320);  // enlarged, so that the words can be read
  EXPECT_EQ(large.cols, 500);
  EXPECT_GT(large.rows, 400);  // a bar below
  expect_refused({"predict", "--run", "run", "a.png", "--output", "."},
                 {"predict --output: .: want another folder than that of a.png, whose files have the same names"});
  expect_refused({"predict", "--run", "run", "images/red", "--output", "images/red"}, {"want another folder"});
  expect_refused({"predict", "--run", "run", "a.png", "--output", "a.png"}, {"predict --output: a.png: want a folder"});
}

TEST_F(CnnVerbs, PredictDrawsTheNumberOfAClassWhoseNameIsNotAscii) {
  colours();
  fs::rename(here_ / "images/blue", here_ / "images/蓝");
  train({"--config", "colours.json", "--run", "run"});
  const Ended ended = ask({"predict", "--run", "run", "images/蓝", "--output", "out"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.out.find("images/蓝/10.png  蓝  "), std::string::npos) << ended.out;
  EXPECT_EQ(ended.err, "note: the images show the numbers of the classes, their names are not ASCII\n");
  EXPECT_TRUE(exists("out/10.png"));
}

TEST_F(CnnVerbs, DescribeCountsLayerByLayer) {
  bring_colours();
  fs::remove_all(here_ / "images");  // a run describes itself
  const Json json = json_of({"describe", "--run", "run"});
  int64_t parameters = 0, flops = 0;
  for (const Json& layer : json.at("layers")) {
    parameters += layer.at("parameters").get<int64_t>();
    flops += layer.at("flops").get<int64_t>();
  }
  EXPECT_EQ(json.at("layers").size(), 4u);
  EXPECT_EQ(json.at("parameters"), 4 * 28 + 2 * 5);  // 3 x 3 x 3 weights and a bias; 4 weights and a bias
  EXPECT_EQ(json.at("parameters"), parameters);
  EXPECT_EQ(json.at("flops"), flops);
  EXPECT_EQ(json.at("layers")[0].at("output"), "[4, 14, 14]");
  EXPECT_NE(text_of({"describe", "--run", "run"}).find("conv 4 3x3"), std::string::npos);
  EXPECT_NE(text_of({"describe", "--config-docs"}).find("label_smoothing"), std::string::npos);
  EXPECT_EQ(Json::parse(text_of({"describe", "--schema"})).at("type"), "object");
  EXPECT_NE(text_of({"describe", "--diff", "--run", "run"}).find("image_folder"), std::string::npos);
}

TEST_F(CnnVerbs, ExportWritesWhatOpenCvComputesToo) {
  bring_colours();
  const Json json = json_of({"export", "--run", "run"});
  EXPECT_EQ(json.at("file"), "run/model.onnx");
  EXPECT_LT(json.at("largest_difference_to_opencv"), 1e-4);
  EXPECT_EQ(json.at("bytes"), read("run/model.onnx").size());
  EXPECT_EQ(json.at("mean").size(), json.at("std").size());
  EXPECT_EQ(json.at("pixel_max"), 255);
  EXPECT_FALSE(json.at("classes").empty());
  const std::string text = text_of({"export", "--run", "run", "--output", "net.onnx"});
  EXPECT_EQ(text.rfind("onnx net.onnx\nlargest difference to OpenCV's dnn ", 0), 0u) << text;
  EXPECT_EQ(read("net.onnx"), read("run/model.onnx"));
}

TEST_F(CnnVerbs, BenchmarkMeasuresImagesASecond) {
  const Words benchmark = {"benchmark", "--config", colours(), "--threads", "1", "--batches"};
  const Json json = json_of(benchmark + Words{"4", "--quiet"});
  ASSERT_EQ(json.at("rows").size(), 1u);
  EXPECT_EQ(json.at("rows")[0].at("batch"), 4);
  EXPECT_GT(json.at("rows")[0].at("train"), 1.0);
  EXPECT_GT(json.at("rows")[0].at("predict"), 1.0);
  EXPECT_EQ(json.at("run"), "runs/cnn/colours-benchmark");
  EXPECT_TRUE(exists("runs/cnn/colours-benchmark/report.html"));
  EXPECT_GT(json_of(benchmark + Words{"1", "--quiet"}).at("rows")[0].at("train"), 1.0);
  const Words normed = {"--set",
                        R"(model={"name": "layers", "layers": ["pool average all", "norm", "linear classes"]})"};
  EXPECT_NE(text_of(benchmark + Words{"1"} + normed).find("      1      1           -  "), std::string::npos);
  for (const char* wrong : {"4,", "1;2", "999999"}) {
    expect_refused(benchmark + Words{wrong}, {"--batches: want whole numbers from 1 to "});
  }
}

}  // namespace
}  // namespace glassbox::e2e
