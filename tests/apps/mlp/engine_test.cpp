/// The engine by hand does what autograd does: logits, masks, gradients, and the losses of whole runs in double.
/// In float32 one rounding of 1e-7 can flip a relu and grow to 1e-4 within an epoch of a real data set: that is the
/// chaos of training, not a difference between the engines. So whole runs are compared in float64.
#include "apps/mlp/engine.h"

#include <gtest/gtest.h>
#include <torch/nn/functional/loss.h>
#include <torch/utils.h>

#include "common/classify/open.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"

namespace glassbox::mlp {
namespace {

Experiment experiment(const std::vector<std::string>& changes) {
  Config config = Config::from_text(R"({"data": {"name": "moons", "samples": 230, "batch_size": 25, "val_share": 0.2},
                                        "model": {"hidden": [12, 9]}, "optimizer": {"learning_rate": 0.02},
                                        "train": {"epochs": 4}, "precision": "float64"})",
                                    "test.json", changes);
  Experiment ask;
  ask.read(config.root());
  config.finish();
  return ask;
}

/// The losses of every epoch, and the weights at the end.
struct RunResult {
  std::vector<double> train_loss, val_loss;
  std::map<std::string, torch::Tensor> weights;
};

/// What train does, without its reports.
RunResult train(Experiment ask, const std::string& engine) {
  ask.engine = engine;
  const DataSplits data = open_data(ask.data, {}, uint64_t(ask.seed));
  Mlp model = make_model(data.info(), ask, torch::kCPU);
  const DataLoader train_data(data.train, {ask.data.batch_size, /*shuffle=*/true, uint64_t(ask.seed)});
  const DataLoader val_data(data.val, {/*batch_size=*/128, /*shuffle=*/false});
  Optimizer optimizer(*model, ask.optimizer, update_rule(ask));
  const Forward forward = forward_of(*model, engine);
  const auto loss_of = [&](const Batch& batch) {
    return LossTerms{{"cross_entropy", torch::nn::functional::cross_entropy(forward(batch), batch.target)}};
  };
  const auto validate = [&] { return classifier_scores(predict_all(forward, val_data, torch::kCPU), "val_"); };
  Task task{*model, optimizer, train_data, loss_of, validate, ask.schedule};
  task.monitor = kValAccuracy;
  if (engine == "by_hand") task.loss_of = loss_by_hand(*model);

  RunResult result;
  Watchers watch;
  watch.on_epoch.push_back([&](const EpochReport& report) {
    result.train_loss.push_back(report.scores.at(0).second);
    result.val_loss.push_back(report.scores.at(1).second);
  });
  const TempFolder folder;
  RunFolder run = RunFolder::create(folder / "run");
  fit(task, ask.train, run, watch);
  for (const auto& item : model->named_parameters()) result.weights[item.key()] = item.value().detach().clone();
  for (const auto& item : model->named_buffers()) result.weights[item.key()] = item.value().clone();
  return result;
}

using Changes = std::vector<std::string>;

class WholeRuns : public testing::TestWithParam<Changes> {};

TEST_P(WholeRuns, HaveTheSameLossesWithBothEngines) {
  const Experiment ask = experiment(GetParam());
  const RunResult autograd = train(ask, "autograd"), by_hand = train(ask, "by_hand");
  ASSERT_EQ(by_hand.train_loss.size(), size_t(ask.train.epochs));
  for (size_t i = 0; i < by_hand.train_loss.size(); ++i) {
    EXPECT_NEAR(by_hand.train_loss[i], autograd.train_loss[i], 1e-5) << "epoch " << i + 1;
    EXPECT_NEAR(by_hand.val_loss[i], autograd.val_loss[i], 1e-5) << "epoch " << i + 1;
  }
  EXPECT_NE(by_hand.train_loss.back(), by_hand.train_loss.front());
  for (const auto& [name, weight] : autograd.weights) {
    EXPECT_LT(largest_difference(by_hand.weights.at(name), weight), 1e-5) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Of, WholeRuns,
    testing::Values(
        Changes{"model.activation=relu"}, Changes{"model.activation=leaky_relu"}, Changes{"model.activation=tanh"},
        Changes{"model.activation=sigmoid"}, Changes{"model.activation=gelu"}, Changes{"model.name=linear"},
        Changes{"model.dropout=0.3"}, Changes{"model.input_dropout=0.2"}, Changes{"model.batch_norm=true"},
        Changes{"model.output=sigmoid"}, Changes{"train.accumulate=2"}, Changes{"train.clip_gradient_norm=0.3"},
        Changes{"train.ema_decay=0.9"}, Changes{"optimizer.name=sgd"},
        Changes{"optimizer.name=sgd", "optimizer.momentum=0.9", "optimizer.weight_decay=0.01"},
        Changes{"optimizer.name=adam", "optimizer.weight_decay=0.01"},
        Changes{"optimizer.name=adamw", "optimizer.weight_decay=0.1"}, Changes{"schedule.name=cosine"},
        Changes{"model.activation=gelu", "model.batch_norm=true", "model.dropout=0.2", "model.input_dropout=0.1",
                "model.output=sigmoid", "train.accumulate=3", "train.clip_gradient_norm=0.5", "train.ema_decay=0.95",
                "optimizer.name=adamw", "optimizer.weight_decay=0.05"}));

/// Here even float32 stays close: 40 smooth steps are too few for chaos.
TEST(Engine, InFloat32AShortSmoothRunStaysClose) {
  const Experiment ask = experiment({"precision=float32", "model.activation=tanh"});
  const RunResult autograd = train(ask, "autograd"), by_hand = train(ask, "by_hand");
  EXPECT_EQ(by_hand.weights.at("layers.0.weight").scalar_type(), torch::kFloat32);
  for (size_t i = 0; i < by_hand.train_loss.size(); ++i) {
    EXPECT_NEAR(by_hand.train_loss[i], autograd.train_loss[i], 1e-4) << "epoch " << i + 1;
  }
}

Batch some_batch() { return {torch::randn({7, 4}), torch::arange(7).remainder(3), torch::arange(7)}; }

Mlp network(const ModelConfig& config) {
  torch::manual_seed(4);
  Mlp model(4, 3, config);
  model->to(torch::kFloat64);
  return model;
}

TEST(Engine, DrawsTheMasksOfTorchDropout) {
  ModelConfig config;
  config.hidden = {40, 30};
  config.dropout = 0.4;
  config.input_dropout = 0.25;
  Mlp model = network(config);
  const Batch batch = some_batch();
  torch::manual_seed(9);
  const torch::Tensor want = forward_of(*model, "autograd")(batch);
  torch::manual_seed(9);
  EXPECT_LT(largest_difference(forward_of(*model, "by_hand")(batch), want), 1e-12);
}

TEST(Engine, MakesNoGraphAndTakesNoGradientItWasNotAskedFor) {
  Mlp model = network({});
  const torch::Tensor logits = forward_of(*model, "by_hand")(some_batch());
  EXPECT_FALSE(logits.requires_grad());
  EXPECT_EQ(logits.sizes(), (std::vector<int64_t>{7, 3}));
  for (const torch::Tensor& parameter : model->parameters()) EXPECT_FALSE(parameter.grad().defined());
}

TEST(Engine, MovesTheRunningFiguresInTrainingAndNothingInEvaluation) {
  ModelConfig config;
  config.hidden = {6};
  config.batch_norm = true;
  Mlp by_hand = network(config), by_torch = network(config);
  const Batch batch = some_batch();
  for (int64_t step = 1; step <= 3; ++step) {
    forward_of(*by_hand, "by_hand")(batch);
    forward_of(*by_torch, "autograd")(batch);
  }
  const auto expect_same = [&] {
    for (const auto& item : by_torch->named_buffers()) {
      EXPECT_LT(largest_difference(by_hand->named_buffers()[item.key()], item.value()), 1e-12) << item.key();
    }
  };
  expect_same();
  EXPECT_EQ(by_hand->norms()[0]->num_batches_tracked.item<int64_t>(), 3);
  by_hand->eval(), by_torch->eval();
  EXPECT_LT(largest_difference(forward_of(*by_hand, "by_hand")(batch), forward_of(*by_torch, "autograd")(batch)),
            1e-12);
  expect_same();
}

TEST(Engine, AddsTheFractionOfEachBatchToTheGradient) {
  Mlp model = network({});
  const Batch batch = some_batch();
  const torch::Tensor loss = loss_by_hand(*model)(batch).front().second;
  (0.25 * loss).backward({}, /*retain_graph=*/true);
  (0.5 * loss).backward();  // the same batch again: 0.75 of its gradient by now
  std::vector<torch::Tensor> got;
  for (torch::Tensor& parameter : model->parameters()) {
    got.push_back(parameter.grad().clone());
    parameter.mutable_grad().reset();
  }
  torch::nn::functional::cross_entropy(model->forward(batch.input), batch.target).backward();
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_LT(largest_difference(got[i], 0.75 * model->parameters()[i].grad()), 1e-12);
}

TEST(Engine, RefusesWhatItCannotDo) {
  EXPECT_ERROR_HAS(experiment({"engine=by_hand", "optimizer.name=sgd", "optimizer.nesterov=true"}),
                   "optimizer.nesterov: want false", "by_hand");
  EXPECT_NO_THROW(experiment({"engine=autograd", "optimizer.name=sgd", "optimizer.nesterov=true"}));
  EXPECT_ERROR_HAS(experiment({"engine=by_hands"}), "engine", "did you mean \"by_hand\"?");
}

}  // namespace
}  // namespace glassbox::mlp
