/// The engine by hand does what autograd does: logits, masks, gradients, and the losses of whole runs.
/// Runs are compared in float64: in float32 a rounding of 1e-7 can flip a relu, and training makes much of it.
#include "apps/cnn/engine.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include "apps/cnn/verbs.h"
#include "common/classify/vary.h"
#include "common/train/checkpoint.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;

Experiment experiment(const std::string& model, const std::vector<std::string>& changes = {}) {
  Config config = Config::from_text(R"({"data": {"name": "digits", "batch_size": 16}, "model": )" + model + R"(,
                                        "optimizer": {"learning_rate": 0.005}, "train": {"epochs": 3}})",
                                    "test.json", changes);
  Experiment ask;
  ask.read(config.root());
  config.finish();
  ask.model.precision = "float64";
  return ask;
}

const char* const kLeNet = R"({"name": "lenet5"})";
const char* const kSmooth = R"({"name": "layers", "layers": ["conv 4 3x3 padding 1", "act tanh", "pool average 2x2",
    "conv 6 3x3 stride 2 padding 1 no_bias", "act sigmoid", "pool average 3x3 stride 1 padding 1", "scale 1.5",
    "dropout 0.25", "linear 12", "act tanh", "dropout 0.1", "linear classes no_bias"]})";

/// 12x12 pixels in three classes: a bright bar that lies, stands or leans, with noise around it.
std::shared_ptr<LabelledDataset> bars(int64_t count, uint64_t seed) {
  torch::manual_seed(seed);
  const Tensor kind = torch::arange(count).remainder(3);
  Tensor images = torch::randint(0, 90, {count, 1, 12, 12}, torch::kUInt8);
  for (int64_t i = 0; i < count; ++i) {
    Tensor image = images[i][0];
    const int64_t at = 2 + i % 8;
    (i % 3 == 0 ? image[at] : i % 3 == 1 ? image.select(1, at) : image.diagonal()).fill_(200 + i % 50);
  }
  DatasetInfo info;
  info.name = "bars";
  info.classes = {"lies", "stands", "leans"};
  info.sample_shape = {1, 12, 12};
  info.pixel_max = 255;
  auto data = std::make_shared<LabelledDataset>(images, kind, info);
  *data = data->normalised_by({0.3f}, {0.3f});
  return data;
}

/// The losses of every epoch, and the weights at the end.
struct RunResult {
  std::vector<double> train_loss, val_loss;
  std::map<std::string, Tensor> weights;
};

/// What train does, without its reports.
RunResult train(const Experiment& ask, const std::string& engine) {
  const auto data = bars(75, 1), judges = bars(30, 2);  // five batches of 16, the last one of 11
  Network model = make_model(data->info(), ask, torch::kCPU);
  const auto vary = [&](Batch& batch, int64_t epoch) { glassbox::vary(batch, ask.augment, data->info(), 1, epoch); };
  const DataLoader train_data(data, {ask.data.batch_size, /*shuffle=*/true, 1, 0, vary});
  const DataLoader val_data(judges, {/*batch_size=*/128, /*shuffle=*/false});
  Optimizer optimizer(*model, ask.optimizer);
  const auto loss = [&](const Batch& batch) {
    return loss_of(model->forward(batch.input), batch, ask.label_smoothing);
  };
  const Forward forward = scoring_forward(*model, ask);
  const auto validate = [&] { return classifier_scores(predict_all(forward, val_data, torch::kCPU), "val_"); };
  Task task{*model, optimizer, train_data, loss, validate, ask.schedule};
  task.monitor = kValAccuracy;
  if (engine == "by_hand") task.loss_of = loss_by_hand(*model, ask.label_smoothing);

  RunResult result;
  Watchers watch;
  watch.on_epoch.push_back([&](const EpochReport& report) {
    result.train_loss.push_back(report.scores.at(0).second);
    result.val_loss.push_back(report.scores.at(1).second);
  });
  const TempFolder folder;
  RunFolder run = RunFolder::create(folder / "run");
  fit(task, ask.train, run, watch);
  for (const auto& [name, tensor] : state_dict(*model)) result.weights[name] = tensor.detach().clone();
  return result;
}

RunResult expect_same_run(const Experiment& ask) {
  const RunResult autograd = train(ask, "autograd"), by_hand = train(ask, "by_hand");
  EXPECT_EQ(by_hand.train_loss.size(), size_t(ask.train.epochs));
  for (size_t i = 0; i < std::min(by_hand.train_loss.size(), autograd.train_loss.size()); ++i) {
    EXPECT_NEAR(by_hand.train_loss[i], autograd.train_loss[i], 1e-5) << "epoch " << i + 1;
    EXPECT_NEAR(by_hand.val_loss[i], autograd.val_loss[i], 1e-5) << "epoch " << i + 1;
  }
  for (const auto& [name, tensor] : autograd.weights) {
    EXPECT_LT(largest_difference(by_hand.weights.at(name), tensor), 1e-6) << name;
  }
  return by_hand;
}

TEST(CnnEngine, LeNetHasTheSameLossesWithBothEngines) {
  const RunResult run = expect_same_run(experiment(kLeNet));
  EXPECT_LT(run.train_loss.back(), 0.5);  // guessing: log 3 = 1.1
}

TEST(CnnEngine, SoHaveTanhAveragesDropoutSmoothLabelsMixupAndAccumulation) {
  expect_same_run(
      experiment(kSmooth, {"label_smoothing=0.1", "augment.mixup=0.4", "augment.pad_crop=1", "augment.flip=random",
                           "train.accumulate=2", "train.ema_decay=0.9", "optimizer.name=sgd", "optimizer.momentum=0.9",
                           "optimizer.learning_rate=0.1", "optimizer.nesterov=true", "optimizer.weight_decay=0.001"}));
}

Batch some_batch() {
  torch::manual_seed(8);
  return {torch::randn({7, 1, 12, 12}), torch::arange(7).remainder(3), torch::arange(7)};
}

/// The gradients of every layer alone, where an error could hide behind another in a whole run.
TEST(CnnEngine, HasTheGradientsOfAutograd) {
  for (const char* net : {kLeNet, kSmooth}) {
    const Experiment ask = experiment(net);
    const auto data = bars(10, 1);
    Network model = make_model(data->info(), ask, torch::kCPU);
    Batch batch = some_batch();
    const Tensor one_hot = torch::one_hot(batch.target, 3).to(torch::kFloat64);
    batch.target = 0.7 * one_hot + 0.3 * one_hot.roll(1, 1);  // of two classes, as mixup makes them
    torch::manual_seed(9);                                    // the same masks of dropout
    const Tensor by_hand = loss_by_hand(*model, 0.2)(batch).front().second;
    (0.25 * by_hand).backward({}, /*retain_graph=*/true);
    (0.5 * by_hand).backward();  // the same batch again: 0.75 of its gradient by now
    std::map<std::string, Tensor> got;
    for (auto& item : model->named_parameters()) {
      got[item.key()] = item.value().grad().clone();
      item.value().mutable_grad().reset();
    }
    torch::manual_seed(9);
    const Tensor want = loss_of(model->forward(batch.input), batch, 0.2).front().second;
    want.backward();
    EXPECT_NEAR(by_hand.item<double>(), want.item<double>(), 1e-12);
    for (const auto& item : model->named_parameters()) {
      EXPECT_LT(largest_difference(got.at(item.key()), 0.75 * item.value().grad()), 1e-12) << item.key();
    }
  }
}

TEST(CnnEngine, NamesTheLayerItDoesNotKnow) {
  const auto problem_of = [](const std::string& layers) {
    const Experiment ask = experiment(R"({"name": "layers", "layers": [)" + layers + R"(, "linear classes"]})");
    const Network model = make_model(bars(3, 1)->info(), ask, torch::kCPU);
    return error_of([&] { require_by_hand(*model); });
  };
  EXPECT_NE(problem_of(R"("conv 4 3x3", "norm")").find("but layers.1 is \"norm\""), std::string::npos);
  EXPECT_NE(problem_of(R"("residual 8")").find("but layers.0 is \"residual 8\""), std::string::npos);
  EXPECT_NE(problem_of(R"("conv 4 3x3", "act gelu")").find("but layers.1 is \"act gelu\""), std::string::npos);
  EXPECT_NE(problem_of(R"("whiten 2x2")").find("but layers.0 is \"whiten 2x2\""), std::string::npos);
  require_by_hand(*make_model(bars(3, 1)->info(), experiment(kLeNet), torch::kCPU));
  require_by_hand(*make_model(bars(3, 1)->info(), experiment(kSmooth), torch::kCPU));
}

}  // namespace
}  // namespace glassbox::cnn
