#include "common/classify/classifier_report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "common/base/atomic_file.h"
#include "common/base/config.h"
#include "common/base/error.h"
#include "common/base/json_record.h"
#include "common/classify/image_input.h"
#include "common/report/format.h"
#include "common/vision/image.h"
#include "common/vision/png.h"

namespace glassbox {
namespace {

/// metrics.jsonl by column, each as long as the others. Throws UserError for a line without one of the first's.
std::map<std::string, std::vector<double>> read_curves(const RunFolder& run) {
  std::map<std::string, std::vector<double>> columns;
  for (const JsonRecord& json : JsonRecord::from_lines(run.metrics(), run.file("metrics.jsonl").string())) {
    json.number("epoch", 1);
    if (columns.empty()) {
      for (const std::string& name : json.names()) {
        if (name != "best" && name != "seconds") columns[name];
      }
    }
    for (auto& [name, values] : columns) values.push_back(json.number_or_nan(name));
  }
  return columns;
}

void add_curves(HtmlPage& page, const RunFolder& run) {
  const auto curves = read_curves(run);
  const auto column = [&](const std::string& name) {
    const auto found = curves.find(name);
    return found == curves.end() ? std::vector<double>(curves.at("epoch").size(), NAN) : found->second;
  };
  page.section({"Learning", "学习过程"});
  if (curves.count("epoch") == 0) return page.note({"No epoch was finished.", "没有一轮训练完成。"});
  const Text epoch = {"epoch", "轮（epoch）"}, validation = {"validation", "验证集"};
  LineChart loss{{"Loss", "损失"}, epoch, {"cross-entropy (nats)", "交叉熵（奈特）"}, {}, false, {}};
  loss.series = {{{"training", "训练集"}, column("epoch"), column("train_loss"), false},
                 {validation, column("epoch"), column("val_loss"), true}};
  LineChart accuracy{{"Validation accuracy", "验证准确率"}, epoch, {"fraction right", "正确的比例"}, {}, false, {}};
  accuracy.series = {{validation, column("epoch"), column("val_accuracy"), false}};
  const auto& scores = accuracy.series[0].y;
  const auto below = [](double a, double b) { return std::isnan(a) ? !std::isnan(b) : a < b; };  // NaN: below all
  const auto best = std::max_element(scores.begin(), scores.end(), below);
  if (!std::isnan(*best)) accuracy.marker = {accuracy.series[0].x[size_t(best - scores.begin())], {"best", "最佳"}};
  LineChart rate{{"Learning rate", "学习率"}, epoch, {"learning rate", "学习率"}, {}, false, {}};
  rate.series = {{{"last step of the epoch", "每轮的最后一步"}, column("epoch"), column("learning_rate"), false}};
  page.figure(
      loss,
      {"The training loss is measured while the weights still move, with dropout, augmentation and label smoothing on: "
       "smoothing alone can lift it above the validation loss. A validation loss that rises while the training loss "
       "falls is overfitting.",
       "训练损失是在权重仍在变化时测得的，并且 "
       "dropout、数据增强和标签平滑都是打开的：仅标签平滑就可能使它高于验证损失。"
       "训练损失下降而验证损失上升，就是过拟合。"});
  page.figure(accuracy, {"The weights of the best epoch are the ones that are kept and tested.",
                         "保留并用于测试的是最佳一轮的权重。"});
  page.figure(rate);
  write_png(loss, run.file("plots/loss.png"));
  write_png(accuracy, run.file("plots/accuracy.png"));
}

void add_class_scores(HtmlPage& page, const torch::Tensor& confusion, const std::vector<std::string>& classes) {
  std::vector<std::vector<Text>> rows;
  const auto scores = class_scores(confusion);
  for (size_t k = 0; k < scores.size(); ++k) {
    rows.push_back({classes[k], format_percent(scores[k].precision), format_percent(scores[k].recall),
                    format_percent(scores[k].f1), format_count(scores[k].support)});
  }
  page.table({{"class", "类别"}, {"precision", "精确率"}, {"recall", "召回率"}, "F1", {"samples", "样本数"}}, rows,
             {"Precision: of those called so, how many are. Recall: of those that are, how many are called so.",
              "精确率：被判为该类的样本中，有多少真的是。召回率：该类的样本中，有多少被判了出来。"});
}

ConfusionChart confusion_chart(const torch::Tensor& confusion, const std::vector<std::string>& classes) {
  ConfusionChart chart{{"Confusion on the test set", "测试集上的混淆矩阵"}, classes, {}};
  for (int64_t row = 0; row < confusion.size(0); ++row) {
    const torch::Tensor line = confusion[row].contiguous();
    chart.counts.emplace_back(line.data_ptr<int64_t>(), line.data_ptr<int64_t>() + line.numel());
  }
  return chart;
}

ReliabilityChart reliability_chart(const Predictions& answers) {
  ReliabilityChart chart;
  for (const CalibrationBin& bin : calibration_bins(answers))
    chart.bins.push_back({bin.confidence, bin.accuracy, bin.count});
  return chart;
}

void add_files(HtmlPage& page, const RunFolder& run) {
  page.section({"How to repeat this run", "如何重现这次训练"});
  const std::vector<std::pair<std::string, Text>> files = {
      {"config.json", {"The experiment, complete: config.json", "完整的实验配置：config.json"}},
      {"environment.json",
       {"Versions, processor, BLAS, data checksums: environment.json",
        "版本、处理器、BLAS、数据校验和：environment.json"}}};
  for (const auto& [file, title] : files) {
    if (run.has(file)) page.details(title, run.read(file));
  }
}

/// What the network said of some samples, as images or as a table.
class Cases {
 public:
  Cases(HtmlPage& page, const LabelledDataset& test, const Predictions& answers)
      : page_(page), test_(test), answers_(answers), probabilities_(torch::softmax(answers.logits, 1)) {}

  /// Of the samples of highest `score` [N] up to `count`; -inf leaves a sample out.
  void add(const torch::Tensor& score, int64_t count, const Text& title) const {
    const torch::Tensor order =
        score.argsort(/*dim=*/0, /*descending=*/true).slice(0, 0, std::min(count, score.size(0)));
    const torch::Tensor chosen = order.masked_select(torch::isfinite(score.index_select(0, order)));
    page_.note(title);
    if (chosen.size(0) == 0) return page_.note({"There is none.", "一个也没有。"});
    test_.info().is_image() ? add_images(chosen) : add_table(chosen);
  }

  const torch::Tensor& probabilities() const { return probabilities_; }

 private:
  std::string named(int64_t index, int64_t label) const {
    const std::string fraction = format_percent(probabilities_[index][label].item<double>(), 1);
    return test_.info().classes[size_t(label)] + " (" + fraction + ")";
  }
  std::string said(int64_t index) const { return named(index, answers_.logits[index].argmax().item<int64_t>()); }
  std::string is(int64_t index) const { return named(index, answers_.targets[index].item<int64_t>()); }

  void add_images(const torch::Tensor& indices) const {
    const Batch samples = test_.batch(indices);
    std::vector<GalleryItem> images;
    for (int64_t i = 0; i < indices.size(0); ++i) {
      const auto index = indices[i].item<int64_t>();
      images.push_back({png_of_sample(samples.input[i], test_.info()),
                        {{"said " + said(index), "判为 " + said(index)},
                         {"is " + is(index), "实为 " + is(index)},
                         {as_text("test sample ", index), as_text("测试样本 ", index)}}});
    }
    page_.gallery(images);
  }

  void add_table(const torch::Tensor& indices) const {
    std::vector<std::vector<Text>> rows;
    for (int64_t i = 0; i < indices.size(0); ++i) {
      const auto index = indices[i].item<int64_t>();
      rows.push_back({std::to_string(index), said(index), is(index)});
    }
    page_.table({{"test sample", "测试样本"}, {"said", "判为"}, {"is", "实为"}}, rows);
  }

  HtmlPage& page_;
  const LabelledDataset& test_;
  const Predictions& answers_;
  const torch::Tensor probabilities_;  // [N, K]
};

}  // namespace

std::string png_of_sample(const torch::Tensor& sample, const DatasetInfo& info) {
  return encode_png(to_mat(to_pixels(sample, info)));
}

void add_test_scores(HtmlPage& page, const Predictions& answers, const std::vector<std::string>& classes) {
  const torch::Tensor confusion = confusion_matrix(answers);
  page.section({"Test", "测试"});
  page.figure(confusion_chart(confusion, classes),
              {"Rows are the true classes, columns what the network said.", "行是真实的类别，列是网络的判断。"});
  add_class_scores(page, confusion, classes);
  page.figure(reliability_chart(answers),
              {"How often the network is right when it is this sure. Bars below the diagonal: too sure of itself.",
               "网络有这么大把握时，实际答对的比例。条形低于对角线：过于自信。"});
}

void add_cases(HtmlPage& page, const LabelledDataset& test, const Predictions& answers, int64_t count) {
  page.section({"Worst cases", "最难的样本"});
  const Cases cases(page, test, answers);
  const torch::Tensor& p = cases.probabilities();
  const torch::Tensor own = p.gather(1, answers.targets.unsqueeze(1)).squeeze(1);  // [N]
  const torch::Tensor wrong = answers.logits.argmax(1) != answers.targets;
  const torch::Tensor entropy = -(p * p.clamp_min(1e-30).log()).sum(1);  // nats
  cases.add(-own, count,
            {"The test samples whose true class got the least probability.", "真实类别得到的概率最小的测试样本。"});
  cases.add(torch::where(wrong, std::get<0>(p.max(1)), torch::full_like(own, -INFINITY)), count,
            {"The wrong answers the network was most sure of.", "网络最有把握、却判错的样本。"});
  cases.add(entropy, count,
            {"The samples the network doubted most: those with the highest entropy of the probabilities.",
             "网络最拿不定主意的样本：各类概率的熵最大。"});
}

void write_classifier_report(const RunFolder& run, const LabelledDataset& test, const Predictions& answers,
                             const AddSections& inside) {
  const JsonRecord config = JsonRecord::from_file(run.file("config.json"), kMostConfigBytes);
  const auto& classes = test.info().classes;
  HtmlPage page(config.text("name", "run"), test.info().name + ": " + test.info().source);
  const std::string samples = format_count(test.size()), guessing = format_number(std::log(double(classes.size())));
  page.card({"test accuracy", "测试准确率"}, format_percent(accuracy(answers)),
            {samples + " samples", samples + " 个样本"});
  page.card({"test loss", "测试损失"}, format_number(cross_entropy(answers)),
            {"nats; guessing gives " + guessing, "奈特；瞎猜是 " + guessing});
  page.card({"calibration error", "校准误差"}, format_percent(calibration_error(calibration_bins(answers))),
            {"15 bins", "分 15 组"});
  add_curves(page, run);
  add_test_scores(page, answers, classes);
  write_png(confusion_chart(confusion_matrix(answers), classes), run.file("plots/confusion.png"));
  write_png(reliability_chart(answers), run.file("plots/calibration.png"));
  add_cases(page, test, answers);
  inside(page);
  add_files(page, run);
  page.write(run.file("report.html"));
}

HtmlPage begin_explain_page(const std::string& name, const DataSplits& data, const Predictions& answers,
                            int64_t parameters, size_t looks) {
  HtmlPage page({"Inside " + name, name + " 的内部"}, data.info().name + ": " + data.info().source);
  const std::string samples = format_count(data.test->size());
  page.card({"test accuracy", "测试准确率"}, format_percent(accuracy(answers)),
            {samples + " samples", samples + " 个样本"});
  page.card({"test loss", "测试损失"}, format_number(cross_entropy(answers)), {"nats", "奈特"});
  page.card({"parameters", "参数个数"}, format_count(parameters));
  page.card({"looks while it learned", "训练中的观察次数"}, std::to_string(looks));
  return page;
}

}  // namespace glassbox
