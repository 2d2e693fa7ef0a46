/// What mlp explain writes, for points, images and tables, with and without looks.
#include "tests/e2e/desk.h"

namespace glassbox::e2e {
namespace {

class Explain : public Desk {
 protected:
  void expect_sections(const std::string& page, const Words& parts) const {
    const std::string html = read(page);
    for (const std::string& part : parts) EXPECT_NE(html.find(part), std::string::npos) << page << ": want " << part;
  }
  const Words kAlways = {
      "Inside the network", "网络内部",    "While it learned", "学习过程中的内部", "Confusion on the test set",
      "测试集上的混淆矩阵", "Worst cases", "most sure of",     "doubted most",     "</html>"};
};

size_t film_frames(const std::string& page) {
  const std::string frame = "class=\"frame\"";
  size_t frames = 0;
  for (size_t at = page.find(frame); at != std::string::npos; at = page.find(frame, at + 1)) ++frames;
  return frames;
}

TEST_F(Explain, PointsInThePlane) {
  train({"--config", moons(), "--run", "run", "--set", "model.hidden=[6,2]", "--set", "model.output=sigmoid", "--set",
         "train.epochs=10"});
  const Json json = Json::parse(mlp({"explain", "--run", "run", "--json"}).out);
  EXPECT_EQ(json.at("page"), "run/explain.html");
  EXPECT_GT(film_frames(read("run/explain.html")), 10u);
  const Words in_both = {"The decision surface over training",
                         "What each unit of hidden layer 2 answers",
                         "The plane as hidden layer 1 sees it",
                         "decision line",
                         "Layer 2: activations",
                         "Output layer: gradients of the weights",
                         "Length of a step / length of the weights",
                         "; script-src 'sha256-"};
  expect_sections("run/explain.html", kAlways + in_both);
  expect_sections("run/report.html", kAlways + in_both);
}

TEST_F(Explain, Images) {
  bring_trained("images");
  const Ended ended = mlp(Words{"explain", "--run", "run"} + kOwnData);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out, "page run/explain.html\n");
  expect_sections("run/explain.html", kAlways + Words{"What each unit of the first layer looks for", "alt=\"said "});
  EXPECT_EQ(read("run/explain.html").find("script-src"), std::string::npos);  // no film: no script at all
}

TEST_F(Explain, ATableAndTheLinearModel) {
  train({"--config", table_config(table()), "--run", "run", "--set", "model.name=linear"});
  EXPECT_EQ(mlp({"explain", "--run", "run"}).code, 0);
  expect_sections("run/explain.html", kAlways + Words{"There is no hidden layer", "test sample"});
}

TEST_F(Explain, ARunWithoutLooksSaysHowToGetThem) {
  train({"--config", moons(), "--run", "run", "--set", "looks=0"});
  EXPECT_FALSE(exists("run/inside.jsonl"));
  const Ended ended = mlp({"explain", "--run", "run"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(film_frames(read("run/explain.html")), 0u);
  expect_sections("run/explain.html",
                  kAlways + Words{"Train again with --set looks=24", "The plane as hidden layer 1"});
}

TEST_F(Explain, ABrokenLineOfLooksIsNamed) {
  bring_trained("moons");
  write("run/inside.jsonl", "{\"step\":0,\n");
  expect_refused({"explain", "--run", "run"}, {"reading run/inside.jsonl, record 1, line 1"});
}

}  // namespace
}  // namespace glassbox::e2e
