#include "apps/cnn/inside/shifts.h"

#include <torch/nn/functional/loss.h>
#include <torch/nn/functional/padding.h>
#include <torch/nn/modules/linear.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "apps/cnn/inside/maps.h"
#include "common/base/checksum.h"
#include "common/base/error.h"
#include "common/base/json_record.h"
#include "common/base/json_text.h"
#include "common/classify/classifier.h"
#include "common/classify/evaluate.h"
#include "common/data/loader.h"
#include "common/train/optimizer.h"
#include "common/train/stopwatch.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;

constexpr int64_t kTestImages = 2000, kTrainImages = 20000, kEpochs = 5, kBatch = 128;
constexpr const char* kFile = "shifts.json";

/// linear - relu - linear on the pixels of an image in a row.
class Mlp : public torch::nn::Module {
 public:
  Mlp(int64_t inputs, int64_t hidden, int64_t classes)
      : hidden_(register_module("hidden", torch::nn::Linear(inputs, hidden))),
        output_(register_module("output", torch::nn::Linear(hidden, classes))) {}
  Tensor forward(const Tensor& x) { return output_(torch::relu(hidden_(x.flatten(1)))); }

 private:
  torch::nn::Linear hidden_, output_;
};

void learn(Mlp& mlp, std::shared_ptr<const LabelledDataset> data, torch::Device device) {
  OptimizerConfig config;  // Adam with its usual rate
  Optimizer optimizer(mlp, config);
  const DataLoader loader(std::move(data), {kBatch, /*shuffle=*/true, 1});
  for (int64_t epoch = 1; epoch <= kEpochs; ++epoch) {
    for (const Batch& whole : loader.epoch(epoch)) {
      const Batch batch = whole.to(device);
      optimizer.zero_grad();
      torch::nn::functional::cross_entropy(mlp.forward(batch.input), batch.target).backward();
      optimizer.step(config.learning_rate);
    }
  }
}

using LogitsOf = std::function<Tensor(const Tensor&)>;  ///< logits [N, K]

/// Moves by `by` pixels in the four directions: {down, right}.
std::vector<std::pair<int64_t, int64_t>> directions(int64_t by) {
  if (by == 0) return {{0, 0}};
  return {{by, 0}, {-by, 0}, {0, by}, {0, -by}};
}

/// The fraction of right answers for each shift, the mean over the four directions, of each network.
std::vector<std::vector<double>> accuracies(const std::vector<LogitsOf>& networks,
                                            std::shared_ptr<const LabelledDataset> test, const Tensor& fill,
                                            torch::Device device) {
  const c10::InferenceMode no_graph;
  const auto count = double(test->size());
  std::vector<std::vector<double>> result(networks.size(), std::vector<double>(size_t(kMostShift) + 1, 0.0));
  const DataLoader loader = scoring_loader(std::move(test));
  for (const Batch& batch : loader.epoch(1)) {
    for (int64_t by = 0; by <= kMostShift; ++by) {
      const auto ways = directions(by);
      for (const auto& [down, right] : ways) {
        const Tensor moved = shifted(batch.input, down, right, fill).to(device);
        for (size_t i = 0; i < networks.size(); ++i) {
          const auto hits = networks[i](moved).argmax(1).cpu().eq(batch.target).sum().item<int64_t>();
          result[i][size_t(by)] += double(hits) / (count * double(ways.size()));
        }
      }
    }
  }
  return result;
}

nlohmann::ordered_json to_json(const ShiftAccuracy& a, const std::string& weights) {
  return {{"weights", weights},
          {"network", a.network},
          {"mlp", a.mlp},
          {"images", a.images},
          {"mlp_hidden", a.mlp_hidden},
          {"mlp_parameters", a.mlp_parameters},
          {"learned_from", a.learned_from},
          {"epochs", a.epochs},
          {"seconds", a.seconds}};
}

std::vector<double> read_accuracies(const JsonRecord& json, const std::string& name) {
  const std::vector<double> numbers = json.numbers(name, size_t(kMostShift) + 1);
  const bool fits = numbers.size() == size_t(kMostShift) + 1 &&
                    std::all_of(numbers.begin(), numbers.end(), [](double x) { return x >= 0 && x <= 1; });
  if (!fits) json.refuse(name, as_text(kMostShift + 1, " fractions"));
  return numbers;
}

bool is_complete(const JsonRecord& json) {
  bool complete = true;
  for (const char* name :
       {"network", "mlp", "images", "mlp_hidden", "mlp_parameters", "learned_from", "epochs", "seconds"}) {
    complete = complete && json.has(name);
  }
  return complete;
}

ShiftAccuracy read_shifts(const JsonRecord& json) {
  constexpr auto kMost = int64_t(9e15);
  return {read_accuracies(json, "network"),       read_accuracies(json, "mlp"),
          json.whole("images", 0, kMost),         json.whole("mlp_hidden", 0, kMost),
          json.whole("mlp_parameters", 0, kMost), json.whole("learned_from", 0, kMost),
          json.whole("epochs", 0, kMost),         json.number("seconds", 0)};
}

}  // namespace

Tensor shifted(const Tensor& x, int64_t dy, int64_t dx, const Tensor& fill) {
  Tensor moved = fill.to(x.device(), x.scalar_type()).view({1, -1, 1, 1}).expand_as(x).clone();
  const int64_t height = x.size(2) - std::abs(dy), width = x.size(3) - std::abs(dx);
  const auto part = [&](const Tensor& of, int64_t top, int64_t left) {
    return of.slice(2, top, top + height).slice(3, left, left + width);
  };
  part(moved, std::max<int64_t>(dy, 0), std::max<int64_t>(dx, 0))
      .copy_(part(x, std::max<int64_t>(-dy, 0), std::max<int64_t>(-dx, 0)));
  return moved;
}

int64_t equal_width(int64_t parameters, int64_t inputs, int64_t classes) {
  const int64_t each = inputs + 1 + classes;
  return std::max<int64_t>((parameters - classes + each / 2) / each, 1);
}

ShiftAccuracy measure_shifts(NetworkImpl& model, const DataSplits& data, torch::Device device) {
  Stopwatch watch;
  const DatasetInfo& info = data.info();
  const auto classes = int64_t(info.classes.size()), inputs = info.features();
  ShiftAccuracy result;
  result.epochs = kEpochs;
  result.mlp_hidden = equal_width(count_parameters(model), inputs, classes);
  torch::manual_seed(1);
  Mlp mlp(inputs, result.mlp_hidden, classes);
  mlp.to(device);
  result.mlp_parameters = count_parameters(mlp);
  const std::shared_ptr<const LabelledDataset> train = first_samples(data.train, kTrainImages);
  result.learned_from = train->size();
  learn(mlp, train, device);
  const std::shared_ptr<const LabelledDataset> some = first_samples(data.test, kTestImages);
  result.images = some->size();
  const auto fractions =
      accuracies({[&](const Tensor& x) { return model.forward(x); }, [&](const Tensor& x) { return mlp.forward(x); }},
                 some, background(info), device);
  result.network = fractions[0];
  result.mlp = fractions[1];
  result.seconds = watch.lap();
  return result;
}

ShiftAccuracy shifts_of_run(const RunFolder& run, NetworkImpl& model, const DataSplits& data, torch::Device device) {
  const std::string weights = sha256_of_file(run.best());
  if (run.has(kFile)) {
    const JsonRecord json = JsonRecord::from_file(run.file(kFile));
    // Of other weights, or of an older version of this program: what it should say is measured again.
    if (json.text("weights", "") == weights && is_complete(json)) return read_shifts(json);
  }
  const ShiftAccuracy measured = measure_shifts(model, data, device);
  run.write(kFile, json_text(to_json(measured, weights)));
  return measured;
}

}  // namespace glassbox::cnn
