/// A run small enough to be repeated dozens of times: a net with dropout and batch norm on points in the plane.
#pragma once

#include <torch/nn/functional/loss.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>
#include <torch/utils.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "common/classify/evaluate.h"
#include "common/classify/toy.h"
#include "common/train/checkpoint.h"
#include "common/train/fit.h"

namespace glassbox {

class TinyNetImpl : public torch::nn::Module {
 public:
  TinyNetImpl(int64_t hidden, double dropout, bool batch_norm) : dropout_(dropout) {
    first = register_module("first", torch::nn::Linear(2, hidden));
    if (batch_norm) norm = register_module("norm", torch::nn::BatchNorm1d(hidden));
    last = register_module("last", torch::nn::Linear(hidden, 3));
  }
  torch::Tensor forward(const torch::Tensor& x) {
    torch::Tensor h = first(x);  // [N, hidden]
    if (norm) h = norm(h);
    return last(torch::dropout(torch::relu(h), dropout_, is_training()));  // [N, 3]
  }
  torch::nn::Linear first{nullptr}, last{nullptr};
  torch::nn::BatchNorm1d norm{nullptr};

 private:
  double dropout_;
};
TORCH_MODULE(TinyNet);

/// What a program would build anew at each start. Fields may be changed before fit().
struct TinyRun {
  TinyNet net{nullptr};
  OptimizerConfig rule;
  ScheduleConfig schedule;
  FitConfig config;
  std::shared_ptr<const Dataset> points, judges;
  int64_t batch_size = 8;
  std::function<Scores()> validate;  ///< default: loss and accuracy of `judges`
  std::function<LossTerms(const Batch&)> loss_of;
  bool higher_is_better = true;

  /// 44 points in 3 classes: 6 batches of 8, the last one of 4.
  explicit TinyRun(int64_t hidden = 8, double dropout = 0.3, bool batch_norm = true, int64_t samples = 44) {
    torch::manual_seed(1);
    net = TinyNet(hidden, dropout, batch_norm);
    points = std::make_shared<LabelledDataset>(make_toy("spirals", samples, 0.1, 3, Rng(1)));
    judges = std::make_shared<LabelledDataset>(make_toy("spirals", 30, 0.1, 3, Rng(2)));
    rule.name = "sgd";
    rule.learning_rate = 0.05;
    rule.momentum = 0.9;
    config.epochs = 4;
    validate = [this] {
      const DataLoader loader(judges, {/*batch_size=*/7, /*shuffle=*/false});
      const auto forward = [this](const Batch& batch) { return net->forward(batch.input); };
      return classifier_scores(predict_all(forward, loader, torch::kCPU), "val_");
    };
    loss_of = [this](const Batch& batch) {
      return LossTerms{
          {"cross_entropy", torch::nn::functional::cross_entropy(net->forward(batch.input), batch.target)}};
    };
  }
  TinyRun(const TinyRun&) = delete;  // the functions hold `this`
  TinyRun& operator=(const TinyRun&) = delete;

  LoopResult fit(RunFolder& folder, const Watchers& watchers = {}) {
    Optimizer optimizer(*net, rule);
    const DataLoader train(points, {batch_size, /*shuffle=*/true, /*seed=*/5});
    Task task{*net, optimizer, train, loss_of, validate, schedule};
    task.monitor = {"val_accuracy", higher_is_better};
    task.seed = 9;
    task.about = {{"app", "tiny"}};
    return glassbox::fit(task, config, folder, watchers);
  }

  NamedTensors weights() const {
    NamedTensors copies;
    for (const auto& [name, tensor] : state_dict(*net)) copies[name] = tensor.detach().clone();
    return copies;
  }
};

/// Lines of metrics.jsonl without the figures that time decides.
inline std::vector<std::string> timeless_metrics(const RunFolder& folder) {
  std::vector<std::string> lines;
  for (const std::string& line : folder.metrics()) {
    auto json = nlohmann::ordered_json::parse(line);
    json.erase("samples_per_second");
    json.erase("seconds");
    lines.push_back(json.dump());
  }
  return lines;
}

/// A value of each line of metrics.jsonl.
inline std::vector<double> metric(const RunFolder& folder, const std::string& name) {
  std::vector<double> values;
  for (const std::string& line : folder.metrics()) values.push_back(nlohmann::json::parse(line).at(name).get<double>());
  return values;
}

}  // namespace glassbox
