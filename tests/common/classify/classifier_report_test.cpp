/// The report of a classifier: what it makes of metrics with holes.
#include "common/classify/classifier_report.h"

#include <gtest/gtest.h>

#include "common/base/atomic_file.h"
#include "common/classify/toy.h"
#include "tests/common/temp_folder.h"

namespace glassbox {
namespace {

TEST(ClassifierReport, ANullInTheMetricsIsAGapInTheCurve) {
  TempFolder temp;
  const RunFolder run = RunFolder::create(temp / "run");
  run.write("config.json", R"({"name": "holes"})");
  run.append_metrics(R"({"epoch":1,"train_loss":0.5,"val_loss":null,"val_accuracy":null,"learning_rate":0.1})");
  run.append_metrics(R"({"epoch":2,"train_loss":null,"val_loss":0.4,"val_accuracy":0.75,"learning_rate":0.1})");
  run.append_metrics(R"({"epoch":3,"train_loss":0.3,"val_loss":0.5,"val_accuracy":0.5,"learning_rate":0.1})");
  const LabelledDataset test = make_toy("moons", 10, 0.1, 2, Rng(1, "toy"));
  const Predictions answers{torch::zeros({10, 2}), test.targets(), torch::arange(10)};
  write_classifier_report(run, test, answers, [](HtmlPage&) {});  // columns of unequal lengths would throw
  EXPECT_NE(read_file(run.file("report.html")).find(">best<"), std::string::npos);
  EXPECT_TRUE(run.has("plots/accuracy.png"));
}

}  // namespace
}  // namespace glassbox
