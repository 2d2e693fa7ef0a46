#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "apps/mlp/engine.h"
#include "apps/mlp/simple_methods.h"
#include "apps/mlp/verbs.h"
#include "common/base/error.h"
#include "common/base/json_record.h"
#include "common/base/json_text.h"
#include "common/base/stop.h"
#include "common/report/format.h"
#include "common/report/html.h"
#include "common/report/text.h"

namespace glassbox::mlp {
namespace {

constexpr int64_t kMostForSvm = 5000;  // OpenCV's solver takes minutes beyond

struct Row {
  std::string method, settings;
  torch::Tensor answers;  // int64 [N], to the test set
  int64_t learned_from = 0, numbers = 0;
  double learn_seconds = 0, answer_seconds = 0;
  double accuracy = 0;
  double p_value = 1;  // McNemar against the network
};

/// The experiment itself, or its case without hidden layers, as a run of its own inside the folder.
Row train_network(const Session& session, const std::string& method, const std::string& folder,
                  const std::vector<std::string>& changes, const DataSplits& data,
                  const std::function<void(Session&)>& train_one) {
  Options options = session.options();
  options.verb = "train";
  options.part = 2;  // the warnings were said
  options.quiet = true;
  options.config = session.run().file("config.json").path();
  options.run = session.run().part(folder);
  options.overrides = changes;
  options.overrides.push_back("name=" + folder);
  Session one("mlp", options);
  train_one(one);
  Trained trained = load_weights(one.run().best(), session.device());
  const auto began = std::chrono::steady_clock::now();
  const DataLoader test(data.test, {/*batch_size=*/512, /*shuffle=*/false});
  const Predictions predictions = predict_all(forward_of(*trained.model), test, session.device());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const JsonRecord summary = JsonRecord::from_file(one.run().file("summary.json"));
  return {method,
          as_text(format_count(count_parameters(*trained.model)), " parameters"),
          predictions.logits.argmax(1),
          data.train->size(),
          count_parameters(*trained.model),
          summary.number("seconds", 0),
          took.count()};
}

Row row_of(const std::string& method, const SimpleAnswers& simple) {
  return {method,         simple.settings,      simple.answers,       simple.learned_from,
          simple.numbers, simple.learn_seconds, simple.answer_seconds};
}

torch::Tensor targets_of(const LabelledDataset& part) { return part.batch(torch::arange(part.size())).target; }

/// bool [N]: which test samples the method has right.
torch::Tensor right_ones(const Row& row, const DataSplits& data) { return row.answers.eq(targets_of(*data.test)); }

/// One line a method, for the terminal.
std::string table_text(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) {
    std::string line = row.method;
    line.resize(24, ' ');
    line += row.settings;
    line.resize(std::max<size_t>(line.size() + 2, 48), ' ');
    text += line + format_percent(row.accuracy) + "  learned from " + format_count(row.learned_from) + " in " +
            format_number(row.learn_seconds, 3) + " s\n";
  }
  return text;
}

std::string chinese(const std::string& method) {
  if (method == "k nearest neighbours") return "k 近邻";
  if (method == "linear SVM") return "线性支持向量机";
  if (method == "RBF SVM") return "RBF 支持向量机";
  return method == "softmax regression" ? "softmax 回归" : "网络";
}

Text said_of(const Row& row) {
  const std::string rest = " (" + row.settings + ", " + format_percent(row.accuracy) + ")";
  return {row.method + rest, chinese(row.method) + rest};
}

/// What the network bought, over the best of the others.
Text verdict(const std::vector<Row>& rows, int64_t test_samples) {
  const Row& network = rows.back();
  const Row& best = *std::max_element(rows.begin(), rows.end() - 1,
                                      [](const Row& a, const Row& b) { return a.accuracy < b.accuracy; });
  const std::string p = format_number(best.p_value, 2), ours = format_percent(network.accuracy);
  if (network.accuracy > best.accuracy && best.p_value < 0.05) {
    return {as_text("The network (", ours, ") beats the best simple method, ", said_of(best).en,
                    "; by chance alone they would differ that much with p = ", p, " (McNemar)."),
            as_text("网络（", ours, "）胜过最好的简单方法 ", said_of(best).zh, "；若只凭偶然，出现这样的差别 p = ", p,
                    "（McNemar 检验）。")};
  }
  if (network.accuracy > best.accuracy) {
    return {as_text("The network (", ours, ") is ahead of the best simple method, ", said_of(best).en, ", but on ",
                    test_samples, " test samples that may be chance (McNemar's p = ", p, ")."),
            as_text("网络（", ours, "）领先于最好的简单方法 ", said_of(best).zh, "，但只有 ", test_samples,
                    " 个测试样本，这可能只是偶然（McNemar 检验 p = ", p, "）。")};
  }
  if (network.accuracy == best.accuracy || best.p_value >= 0.05) {
    return {
        as_text("The network (", ours, ") and the best simple method, ", said_of(best).en, ", cannot be told apart on ",
                test_samples, " test samples (McNemar's p = ", p, "): here it bought nothing that could be measured."),
        as_text("在 ", test_samples, " 个测试样本上分不出网络（", ours, "）与最好的简单方法 ", said_of(best).zh,
                " 的高下（McNemar 检验 p = ", p, "）：这里看不出网络换来了什么。")};
  }
  return {as_text("The best simple method, ", said_of(best).en, ", is a hard opponent: it beats the network (", ours,
                  "), and by chance alone they would differ that much with p = ", p, " (McNemar)."),
          as_text("最好的简单方法 ", said_of(best).zh, " 是个强劲的对手：它胜过网络（", ours,
                  "）；若只凭偶然，出现这样的差别 p = ", p, "（McNemar 检验）。")};
}

void write_baselines_report(const RunFolder& run, const Experiment& ask, const DataSplits& data,
                            const std::vector<Row>& rows, const Text& says) {
  HtmlPage page({ask.name + ": what did the network buy?", ask.name + "：网络换来了什么？"},
                data.info().name + ": " + data.info().source);
  page.card({"test samples", "测试样本"}, format_count(data.test->size()));
  page.section({"One split, five methods", "同一划分，五种方法"});
  page.note(says);
  std::vector<std::vector<Text>> cells;
  BarChart chart{{"Test accuracy", "测试准确率"}, {"fraction right", "正确的比例"}, {}, {}};
  for (const Row& row : rows) {
    const auto wrong = std::llround((1 - row.accuracy) * double(data.test->size()));
    cells.push_back({{row.method, chinese(row.method)},
                     row.settings,
                     format_count(row.learned_from),
                     format_percent(row.accuracy),
                     format_count(wrong),
                     format_count(row.numbers),
                     format_number(row.learn_seconds, 3),
                     format_number(row.answer_seconds, 3),
                     &row == &rows.back() ? "" : format_number(row.p_value, 2)});
    chart.labels.emplace_back(row.method, chinese(row.method));
    chart.values.push_back(row.accuracy);
  }
  page.table(
      {{"method", "方法"},
       {"settings", "设置"},
       {"learned from", "训练样本"},
       {"test accuracy", "测试准确率"},
       {"wrong", "错误"},
       {"numbers kept", "保留的数"},
       {"seconds to learn", "训练秒数"},
       {"seconds to answer", "作答秒数"},
       "p"},
      cells,
      {"Settings of the simple methods were chosen on the validation part, and their seconds contain that search; the "
       "network's were given. Support vector machines learn from a part where the set is large: their time grows "
       "with its square. p: McNemar's test against the network; the best of four is compared, so take a p near 0.05 "
       "with care.",
       "简单方法的设置在验证集上选定，训练秒数包含这一搜索；网络的设置是给定的。数据多时支持向量机只学一部分，因为它的"
       "时间随样本数平方增长。p：与网络比较的 McNemar 检验；由于比较的是四者中最好的，接近 0.05 的 p 值要谨慎看待。"});
  page.figure(chart);
  write_png(chart, run.file("plots/baselines.png"));
  page.details("config.json", run.read("config.json"));
  page.write(run.file("report.html"));
}

}  // namespace

void baselines(Session& session, const std::function<void(Session&)>& train_one) {
  const StopGuard a_signal_only_sets_a_flag;
  auto ask = session.read<Experiment>();
  require(!is_history(ask), "baselines: want an experiment with one network, got ", "model.name " + ask.model.name);
  require_no_sweep(session, ask.sweep);
  const DataSplits data = open_data_of(session, ask.data, ask.train, uint64_t(ask.seed));
  const RunFolder& run = session.begin_run(ask.name + "-baselines", uint64_t(ask.seed), sources_of(data),
                                           facts_of(data, size_of(data.info(), ask.model).parameters));

  std::vector<Row> rows;
  const auto add = [&](Row row) {
    row.accuracy = row.answers.eq(targets_of(*data.test)).to(torch::kFloat64).mean().item<double>();
    session.say(as_text(row.method, "  ", row.settings, "  test accuracy ", format_percent(row.accuracy)));
    rows.push_back(std::move(row));
  };
  add(row_of("k nearest neighbours", nearest_neighbours(data)));
  add(row_of("linear SVM", support_vectors(data, "linear", kMostForSvm)));
  add(row_of("RBF SVM", support_vectors(data, "rbf", kMostForSvm)));
  add(train_network(session, "softmax regression", "softmax_regression", {"model.name=linear", "model.output=softmax"},
                    data, train_one));
  add(train_network(session, "the network", "network", {}, data, train_one));
  for (Row& row : rows) row.p_value = mcnemar_p(right_ones(row, data), right_ones(rows.back(), data));

  const Text says = verdict(rows, data.test->size());
  write_baselines_report(run, ask, data, rows, says);
  Scores scores = {{"accuracy", rows.back().accuracy}};
  for (const Row& row : rows) scores.emplace_back(row.method, row.accuracy);
  LoopResult result;
  for (const Row& row : rows) result.seconds += row.learn_seconds + row.answer_seconds;
  session.finish_run({result, scores, {}, table_text(rows) + says.en});
}

}  // namespace glassbox::mlp
