#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "apps/cnn/verbs.h"
#include "common/app/environment.h"
#include "common/app/json_text.h"
#include "common/app/threads.h"
#include "common/base/error.h"
#include "common/base/stop.h"
#include "common/report/format.h"
#include "common/report/html.h"
#include "common/report/plot.h"
#include "common/train/optimizer.h"

namespace glassbox::cnn {
namespace {

constexpr double kSeconds = 0.4;  // a window that is timed
constexpr int kWindows = 3;       // of which the median counts

std::vector<int64_t> batch_sizes(const std::string& listed, int64_t samples) {
  if (listed.empty()) return {1, 8, 32, 128, 512};
  std::vector<int64_t> sizes;
  std::istringstream in(listed.back() == ',' ? listed + "," : listed);  // so that a comma at the end is not passed over
  for (std::string word; std::getline(in, word, ',');) {
    const bool digits = !word.empty() && word.size() < 7 && word.find_first_not_of("0123456789") == word.npos;
    require(digits && std::stoll(word) >= 1 && std::stoll(word) <= samples,
            "benchmark --batches: want whole numbers from 1 to ", samples, " with commas between them, got \"", listed,
            "\"");
    sizes.push_back(std::stoll(word));
  }
  return sizes;
}

/// 1, 2, 4, ... and the number of cores, or only what --threads says.
std::vector<int64_t> thread_counts(int64_t wanted) {
  if (wanted > 0) return {wanted};
  std::vector<int64_t> counts;
  for (int64_t count = 1; count < core_count(); count *= 2) counts.push_back(count);
  counts.push_back(core_count());
  return counts;
}

/// Pictures a second: the median of kWindows windows, after two steps to warm up.
template <typename Step>
double rate_of(const Step& step, int64_t batch) {
  step();
  step();
  std::vector<double> rates;
  for (int i = 0; i < kWindows; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    double seconds = 0;
    int64_t steps = 0;
    for (; seconds < kSeconds; ++steps) {
      if (stop_requested()) throw Interrupted("stopped while measuring");
      step();
      seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }
    rates.push_back(double(steps * batch) / seconds);
  }
  std::nth_element(rates.begin(), rates.begin() + kWindows / 2, rates.end());
  return rates[kWindows / 2];
}

struct Row {
  int64_t threads, batch;
  double train, predict;  // pictures a second
};

Row measure(const Experiment& ask, const Dataset& data, Network& model, int64_t threads, int64_t batch_size) {
  set_threads(threads);
  const Batch batch = data.batch(torch::arange(batch_size));
  Optimizer optimizer(*model, ask.optimizer);
  model->train();
  const auto learn = [&] {
    optimizer.zero_grad();
    loss_of(model->forward(batch.input), batch, ask.label_smoothing).front().second.backward();
    optimizer.step(1e-6);  // the weights stay what they are, the work is the same
  };
  Row row{threads, batch_size, NAN, NAN};
  // Batch norm cannot learn from one number a channel.
  if (batch_size > 1) row.train = rate_of(learn, batch_size);
  model->eval();
  const auto ask_network = [&] {
    const c10::InferenceMode no_graph;
    answer(*model, batch.input, "none");
  };
  row.predict = rate_of(ask_network, batch_size);
  return row;
}

LineChart chart_of(const std::vector<Row>& rows) {
  LineChart chart{"Pictures a second", "batch size", "pictures a second", {}, /*log_y=*/true, {}};
  for (const bool train : {true, false}) {
    std::vector<int64_t> done;
    for (const Row& row : rows) {
      if (std::find(done.begin(), done.end(), row.threads) != done.end()) continue;
      done.push_back(row.threads);
      LineSeries series{concat(train ? "train, " : "predict, ", row.threads, row.threads == 1 ? " thread" : " threads"),
                        {},
                        {},
                        !train};
      for (const Row& other : rows) {
        if (other.threads != row.threads) continue;
        series.x.push_back(double(other.batch));
        series.y.push_back(train ? other.train : other.predict);
      }
      chart.series.push_back(series);
    }
  }
  return chart;
}

}  // namespace

void benchmark(Session& session) {
  const auto ask = session.read<Experiment>();
  require(ask.engine == "autograd", "benchmark: measures autograd, got engine \"", ask.engine, "\"");
  const DataSplits data = open_data(ask.data, session.data_folders(), uint64_t(ask.seed));
  Network model = make_model(data.info(), ask, session.device());
  fill_whitening(*model, *data.train);
  const auto sizes = batch_sizes(session.options().batches, data.train->size());
  std::vector<Row> rows;
  std::vector<std::vector<Text>> table;
  nlohmann::ordered_json json_rows = nlohmann::ordered_json::array();
  std::string text = "threads  batch       train     predict   pictures a second, median of 3\n";
  for (const int64_t threads : thread_counts(session.options().threads)) {
    for (const int64_t size : sizes) {
      if (size > data.train->size()) continue;
      const Row row = measure(ask, *data.train, model, threads, size);
      rows.push_back(row);
      const std::string train = std::isnan(row.train) ? "-" : format_count(int64_t(row.train));
      const std::string predict = format_count(int64_t(row.predict));
      table.push_back({std::to_string(threads), std::to_string(size), train, predict});
      char line[96];
      std::snprintf(line, sizeof line, "%7lld  %5lld  %10s  %10s\n", static_cast<long long>(threads),
                    static_cast<long long>(size), train.c_str(), predict.c_str());
      text += line;
      if (!session.options().quiet) std::cerr << line;
      json_rows.push_back({{"threads", threads}, {"batch", size}, {"predict", row.predict}});
      if (!std::isnan(row.train)) json_rows.back()["train"] = row.train;
    }
  }
  const auto& wanted = session.options().run;
  RunFolder run =
      RunFolder::create(wanted.empty() ? std::filesystem::path("runs/cnn") / (ask.name + "-benchmark") : wanted);
  const nlohmann::ordered_json json = {
      {"app", "cnn"}, {"name", ask.name}, {"rows", json_rows}, {"run", run.path().string()}};
  run.write("benchmark.json", json_text(json));
  write_png(chart_of(rows), run.file("plots/benchmark.png"));
  HtmlPage page({"How fast is " + ask.name + "?", ask.name + " 有多快？"}, version_text());
  page.section({"Pictures a second", "每秒处理的图片数"});
  page.figure(chart_of(rows));
  page.table({{"threads", "线程数"}, {"batch", "批大小"}, {"train", "训练"}, {"predict", "预测"}}, table);
  page.write(run.file("report.html"));
  session.answer(json_text(json), text + "report " + run.file("report.html").string() + "\n");
}

}  // namespace glassbox::cnn
