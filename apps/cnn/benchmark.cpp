#include <torch/cuda.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "apps/cnn/verbs.h"
#include "common/base/error.h"
#include "common/base/json_text.h"
#include "common/base/stop.h"
#include "common/classify/classifier.h"
#include "common/report/format.h"
#include "common/report/html.h"
#include "common/report/plot.h"
#include "common/run/environment.h"
#include "common/run/threads.h"
#include "common/train/optimizer.h"

namespace glassbox::cnn {
namespace {

constexpr double kSeconds = 0.4;  // a window that is timed
constexpr int kWindows = 3;       // of which the median counts

std::vector<int64_t> batch_sizes(std::vector<int64_t> wanted, int64_t samples) {
  if (wanted.empty()) return {1, 8, 32, 128, 512};
  for (const int64_t size : wanted)
    require(size <= samples, "benchmark --batches: want whole numbers from 1 to ", samples,
            ", the number of training samples, got ", size);
  return wanted;
}

/// 1, 2, 4, ... and the number of cores, or only what --threads says.
std::vector<int64_t> thread_counts(int64_t wanted) {
  if (wanted > 0) return {wanted};
  std::vector<int64_t> counts;
  for (int64_t count = 1; count < usable_threads(); count *= 2) counts.push_back(count);
  counts.push_back(usable_threads());
  return counts;
}

/// Images a second: the median of kWindows windows, after two steps to warm up.
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
  double train, predict;  // images a second
};

/// A graphics card works on while the processor goes ahead: a step ends when its result is there.
void wait_for(torch::Device device) {
  if (device.is_cuda()) torch::cuda::synchronize(device.index());
}

/// Batch norm cannot learn from one number a channel.
bool norm_sees_one_place(const NetworkImpl& model) {
  for (const Layer& layer : model.layers()) {
    if ((layer.norm || layer.residual) && numbers_in(layer.out) == layer.out[0]) return true;
  }
  return false;
}

Row measure(const Experiment& ask, const LabelledDataset& data, Network& model, torch::Device device, int64_t threads,
            int64_t batch_size) {
  set_threads(threads);
  const Batch batch = data.batch(torch::arange(batch_size)).to(device);
  Optimizer optimizer(*model, ask.optimizer);
  model->train();
  const auto learn = [&] {
    optimizer.zero_grad();
    loss_of(model->forward(batch.input), batch, ask.label_smoothing).front().second.backward();
    optimizer.step(1e-6);  // the weights stay what they are, the work is the same
    wait_for(device);
  };
  Row row{threads, batch_size, NAN, NAN};
  if (batch_size > 1 || !norm_sees_one_place(*model)) row.train = rate_of(learn, batch_size);
  model->eval();
  const auto ask_network = [&] {
    const c10::InferenceMode no_graph;
    answer(*model, batch.input, ask.test_time);
    wait_for(device);
  };
  row.predict = rate_of(ask_network, batch_size);
  return row;
}

std::string rate_text(double rate) { return std::isnan(rate) ? "-" : format_count(int64_t(rate)); }

std::string line_of(const Row& row) {
  char line[96];
  std::snprintf(line, sizeof line, "%7lld  %5lld  %10s  %10s\n", static_cast<long long>(row.threads),
                static_cast<long long>(row.batch), rate_text(row.train).c_str(), rate_text(row.predict).c_str());
  return line;
}

LineChart chart_of(const std::vector<Row>& rows) {
  const Text rate = {"images a second", "每秒处理的图像数"};
  LineChart chart{{"Images a second", rate.zh}, {"batch size", "批大小"}, rate, {}, /*log_y=*/true, {}, /*log_x=*/true};
  for (const bool train : {true, false}) {
    std::vector<int64_t> done;
    for (const Row& row : rows) {
      if (std::find(done.begin(), done.end(), row.threads) != done.end()) continue;
      done.push_back(row.threads);
      LineSeries series{
          {as_text(train ? "train, " : "predict, ", row.threads, row.threads == 1 ? " thread" : " threads"),
           as_text(train ? "训练，" : "预测，", row.threads, " 线程")},
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

/// The rows as page and plot in the run's folder.
void write_page(const std::string& name, const std::vector<Row>& rows, RunFolder& run) {
  std::vector<std::vector<Text>> table;
  for (const Row& row : rows)
    table.push_back(
        {std::to_string(row.threads), std::to_string(row.batch), rate_text(row.train), rate_text(row.predict)});
  write_png(chart_of(rows), run.file("plots/benchmark.png"));
  HtmlPage page({"How fast is " + name + "?", name + " 有多快？"}, version_text());
  page.section({"Images a second", "每秒处理的图像数"});
  page.figure(chart_of(rows));
  page.table({{"threads", "线程数"}, {"batch", "批大小"}, {"train", "训练"}, {"predict", "预测"}}, table);
  page.write(run.file("report.html"));
}

nlohmann::ordered_json json_of(const Experiment& ask, const std::vector<Row>& rows, const RunFolder& run) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    all.push_back({{"threads", row.threads}, {"batch", row.batch}, {"predict", row.predict}});
    if (!std::isnan(row.train)) all.back()["train"] = row.train;
  }
  return {
      {"app", "cnn"}, {"name", ask.name}, {"test_time", ask.test_time}, {"rows", all}, {"run", run.path().string()}};
}

}  // namespace

void benchmark(Session& session) {
  const auto ask = session.read<Experiment>();
  require(ask.engine == "autograd", "benchmark: measures autograd, got engine \"", ask.engine, "\"");
  warn_of_ignored(ask.model.ignored_fields());
  warn_of_ignored(ask.data.ignored_fields());
  const DataSplits data = open_data(ask.data, session.data_folders(), uint64_t(ask.seed));
  Network model = make_model_to_train(data.info(), ask, session.device());
  fill_whitening(*model, *data.train);
  const auto sizes = batch_sizes(session.options().numbers("batches"), data.train->size());
  const Facts facts = facts_of(data, count_parameters(*model));
  RunFolder& run = session.begin_run(ask.name + "-benchmark", uint64_t(ask.seed), sources_of(data), facts);
  const StopGuard asks_between_steps;
  std::vector<Row> rows;
  std::string text = "threads  batch       train     predict   images a second, median of 3; predict with test_time " +
                     ask.test_time + "\n";
  for (const int64_t threads : thread_counts(session.options().threads)) {
    for (const int64_t size : sizes) {
      if (size > data.train->size()) continue;
      rows.push_back(measure(ask, *data.train, model, session.device(), threads, size));
      text += line_of(rows.back());
      if (!session.options().quiet) std::cerr << line_of(rows.back());
    }
  }
  const auto json = json_of(ask, rows, run);
  run.write("benchmark.json", json_text(json));
  write_page(ask.name, rows, run);
  session.end_run({});
  session.answer(json_text(json), text + "report " + run.file("report.html").string() + "\n");
}

}  // namespace glassbox::cnn
