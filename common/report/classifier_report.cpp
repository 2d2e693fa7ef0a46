#include "common/report/classifier_report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/report/encode.h"
#include "common/report/format.h"
#include "common/vision/image.h"

namespace glassbox {
namespace {

/// metrics.jsonl by column; null, which is how JSON says NaN, becomes NaN.
std::map<std::string, std::vector<double>> read_curves(const RunFolder& run) {
  std::map<std::string, std::vector<double>> columns;
  for (const std::string& line : run.metrics()) {
    const auto json = nlohmann::json::parse(line);
    for (const auto& [name, value] : json.items()) {
      if (value.is_number() || value.is_null()) columns[name].push_back(value.is_null() ? NAN : value.get<double>());
    }
  }
  return columns;
}

void add_curves(HtmlPage& page, const RunFolder& run) {
  const auto curves = read_curves(run);
  const auto column = [&](const std::string& name) {
    const auto found = curves.find(name);
    return found == curves.end() ? std::vector<double>(curves.at("epoch").size(), NAN) : found->second;
  };
  page.section("Learning");
  if (curves.count("epoch") == 0) return page.note("No epoch was finished.");
  LineChart loss{"Loss", "epoch", "cross-entropy (nats)", {}, false, {}};
  loss.series = {{"training", column("epoch"), column("train_loss"), false},
                 {"validation", column("epoch"), column("val_loss"), true}};
  LineChart accuracy{"Validation accuracy", "epoch", "share right", {}, false, {}};
  accuracy.series = {{"validation", column("epoch"), column("val_accuracy"), false}};
  const auto& scores = accuracy.series[0].y;
  const auto below = [](double a, double b) { return std::isnan(a) ? !std::isnan(b) : a < b; };  // NaN: below all
  const auto best = std::max_element(scores.begin(), scores.end(), below);
  if (!std::isnan(*best)) accuracy.marker = {accuracy.series[0].x[size_t(best - scores.begin())], "best"};
  LineChart rate{"Learning rate", "epoch", "learning rate", {}, false, {}};
  rate.series = {{"last step of the epoch", column("epoch"), column("learning_rate"), false}};
  page.figure(
      loss,
      "The training loss is measured while the weights still move, with dropout on. A validation loss that rises "
      "while the training loss falls is overfitting.");
  page.figure(accuracy, "The weights of the best epoch are the ones that are kept and tested.");
  page.figure(rate);
  write_png(loss, run.file("plots/loss.png"));
  write_png(accuracy, run.file("plots/accuracy.png"));
}

void add_class_scores(HtmlPage& page, const torch::Tensor& confusion, const std::vector<std::string>& classes) {
  std::vector<std::vector<std::string>> rows;
  const auto scores = class_scores(confusion);
  for (size_t k = 0; k < scores.size(); ++k) {
    rows.push_back({classes[k], format_percent(scores[k].precision), format_percent(scores[k].recall),
                    format_percent(scores[k].f1), format_count(scores[k].support)});
  }
  page.table({"class", "precision", "recall", "F1", "samples"}, rows,
             "Precision: of those called so, how many are. Recall: of those that are, how many are called so.");
}

void add_test_scores(HtmlPage& page, const RunFolder& run, const Predictions& answers,
                     const std::vector<CalibrationBin>& bins, const std::vector<std::string>& classes) {
  const torch::Tensor confusion = confusion_matrix(answers);
  ConfusionChart chart{"Confusion on the test set", classes, {}};
  for (int64_t row = 0; row < confusion.size(0); ++row) {
    const torch::Tensor line = confusion[row].contiguous();
    chart.counts.emplace_back(line.data_ptr<int64_t>(), line.data_ptr<int64_t>() + line.numel());
  }
  ReliabilityChart reliability;
  for (const CalibrationBin& bin : bins) reliability.bins.push_back({bin.confidence, bin.accuracy, bin.count});
  page.section("Test");
  page.figure(chart, "Rows are the true classes, columns what the network said.");
  add_class_scores(page, confusion, classes);
  page.figure(reliability,
              "How often the network is right when it is this sure. Bars below the diagonal: too sure of itself.");
  write_png(chart, run.file("plots/confusion.png"));
  write_png(reliability, run.file("plots/calibration.png"));
}

void add_files(HtmlPage& page, const RunFolder& run) {
  page.section("How to repeat this run");
  for (const auto& [file, title] :
       {std::pair("config.json", "The experiment, complete: config.json"),
        std::pair("environment.json", "Versions, processor, BLAS, data checksums: environment.json")}) {
    if (run.has(file)) page.details(title, read_file(run.file(file)));
  }
}

}  // namespace

std::string png_of_sample(const torch::Tensor& sample, const DatasetInfo& info) {
  const torch::Tensor shown = (sample * info.std[0] + info.mean[0]) * 255;
  const torch::Tensor gray = shown.round().clamp(0, 255).to(torch::kUInt8).squeeze(0).contiguous();
  return encode_png(as_mat(gray));
}

void add_worst_cases(HtmlPage& page, const Dataset& test, const Predictions& answers, int64_t count) {
  const torch::Tensor probabilities = torch::softmax(answers.logits, 1);
  const torch::Tensor own = probabilities.gather(1, answers.targets.unsqueeze(1)).squeeze(1);  // [N]
  const torch::Tensor worst = own.argsort().slice(0, 0, std::min(count, own.size(0)));
  const Batch samples = test.batch(worst);
  const auto& info = test.info();
  std::vector<GalleryItem> pictures;
  std::vector<std::vector<std::string>> rows;
  for (int64_t i = 0; i < worst.size(0); ++i) {
    const auto place = worst[i].item<int64_t>();
    const auto answer = answers.logits[place].argmax().item<int64_t>(), truth = answers.targets[place].item<int64_t>();
    const std::string said =
        info.classes[size_t(answer)] + " " + format_percent(probabilities[place][answer].item<double>(), 1);
    const std::string is = info.classes[size_t(truth)] + " " + format_percent(own[place].item<double>(), 1);
    if (info.is_image()) {
      pictures.push_back(
          {png_of_sample(samples.input[i], info), {"said " + said, "is " + is, concat("test sample ", place)}});
    } else {
      rows.push_back({std::to_string(place), said, is});
    }
  }
  page.section("Worst cases");
  page.note("The test samples whose true class got the least probability.");
  if (info.is_image()) page.gallery(pictures);
  if (!info.is_image()) page.table({"test sample", "said", "is"}, rows);
}

void write_classifier_report(const RunFolder& run, const Dataset& test, const Predictions& answers,
                             const AddSections& inside) {
  const auto config = nlohmann::json::parse(read_file(run.file("config.json")));
  const auto bins = calibration_bins(answers);
  HtmlPage page(config.value("name", std::string("run")), test.info().name + ": " + test.info().source);
  page.card("test accuracy", format_percent(accuracy(answers)), format_count(test.size()) + " samples");
  page.card("test loss", format_number(cross_entropy(answers)),
            "nats; guessing gives " + format_number(std::log(double(test.info().classes.size()))));
  page.card("calibration error", format_percent(calibration_error(bins)), "15 bins");
  add_curves(page, run);
  add_test_scores(page, run, answers, bins, test.info().classes);
  add_worst_cases(page, test, answers);
  inside(page);
  add_files(page, run);
  page.write(run.file("report.html"));
}

}  // namespace glassbox
