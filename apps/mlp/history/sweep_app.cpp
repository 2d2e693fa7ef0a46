#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/mlp/engine.h"
#include "apps/mlp/history/history.h"
#include "apps/mlp/inside/looks.h"
#include "apps/mlp/verbs.h"
#include "common/base/error.h"
#include "common/base/json_record.h"

namespace glassbox::mlp {
namespace fs = std::filesystem;
namespace {

/// The fraction of the wrong labels that the network says itself.
double memorised(const DataSplits& noisy, const DataSplits& clean, const torch::Tensor& answers) {
  const torch::Tensor &given = noisy.train->targets(), &right = clean.train->targets();
  const torch::Tensor wrong = given.ne(right);
  return answers.eq(given).logical_and(wrong).sum().item<double>() / wrong.sum().item<double>();
}

/// What the inside of the network looks like at the end: fractions of units, the worst hidden layer's.
void add_inside(Trained& trained, const LabelledDataset& train, Scores& figures) {
  const Batch some = train.batch(torch::arange(std::min<int64_t>(train.size(), 512)));
  const Look look = look_at(*trained.model, some.input);
  double dead = 0, saturated = 0, twins = 0;
  for (size_t i = 0; i + 1 < look.layers.size(); ++i) {
    dead = std::max(dead, look.layers[i].dead);
    saturated = std::max(saturated, look.layers[i].saturated);
    twins = std::max(twins, look.layers[i].twins);
  }
  figures.insert(figures.end(), {{"dead", dead}, {"saturated", saturated}, {"twins", twins}});
}

}  // namespace

Scores figures_of(const Session& session, const RunFolder& run) {
  const JsonRecord summary = JsonRecord::from_file(run.file("summary.json"));
  Scores figures;
  if (!run.has("checkpoints/last.safetensors")) return figures;
  Trained trained = load_weights(run.last(), session.device());
  const Experiment& ask = trained.experiment;
  const DataSplits data = open_data(ask.data, session.data_folders(), uint64_t(ask.seed));
  const auto score = [&](const std::shared_ptr<const LabelledDataset>& part) {
    const DataLoader loader(part, {/*batch_size=*/512, /*shuffle=*/false});
    return predict_all(forward_of(*trained.model), loader, session.device());
  };
  const Predictions train = score(data.train), test = score(data.test);
  figures.emplace_back("train_accuracy", accuracy(train));
  figures.emplace_back("last_test_accuracy", accuracy(test));
  if (ask.model.name != "perceptron") {
    figures.emplace_back("train_loss", cross_entropy(train));
    figures.emplace_back("guessing_loss", std::log(double(data.info().classes.size())));
  }
  if (ask.data.label_noise > 0) {
    DataConfig without = ask.data;
    without.label_noise = 0;
    const DataSplits clean = open_data(without, session.data_folders(), uint64_t(ask.seed));
    figures.emplace_back("memorised", memorised(data, clean, train.logits.argmax(1)));
  }
  add_inside(trained, *data.train, figures);
  if (!summary.has("findings")) return figures;
  const JsonRecord findings = summary.object("findings");
  for (const std::string& name : findings.names()) {
    if (name != "train_accuracy") figures.emplace_back(name, findings.number_or_nan(name));
  }
  return figures;
}

SweepApp sweep_app(const std::function<void(Session&)>& train) {
  SweepApp app;
  app.read_config = [](ConfigReader json) { Experiment().read(json); };
  app.train = train;
  app.figures = figures_of;
  app.claims = claims_of;
  for (const char* fraction : {"train_accuracy", "last_test_accuracy", "memorised", "dead", "saturated", "twins",
                               "converged", "hulls_overlap"})
    app.units[fraction] = "%";
  app.words = {{"train_accuracy", {"train accuracy, last weights", "训练准确率（最后权重）"}},
               {"last_test_accuracy", {"test accuracy, last weights", "测试准确率（最后权重）"}},
               {"test_accuracy", {"test accuracy, best epoch", "测试准确率（最佳一轮）"}},
               {"test_loss", {"test loss", "测试损失"}},
               {"train_loss", {"train loss", "训练损失"}},
               {"guessing_loss", {"loss of guessing", "瞎猜的损失"}},
               {"memorised", {"wrong labels repeated", "照背的错误标签"}},
               {"dead", {"dead units", "死亡单元"}},
               {"saturated", {"saturated", "饱和"}},
               {"twins", {"twin units", "孪生单元"}},
               {"converged", {"converged", "收敛"}},
               {"mistakes", {"mistakes", "错误次数"}},
               {"mistakes_of_last_pass", {"in the last pass", "最后一遍"}},
               {"novikoff_bound", {"Novikoff's bound", "Novikoff 上界"}},
               {"margin", {"margin", "间隔"}},
               {"hulls_overlap", {"hulls overlap", "凸包相交"}}};
  return app;
}

}  // namespace glassbox::mlp
