/// Assignment 1: a multi-layer perceptron that learns to tell classes apart.
/// Read model.cpp next, then fit() in common/train/fit.cpp: together they are all that happens here.
#include <torch/nn/functional/loss.h>
#include <torch/utils.h>

#include "apps/mlp/model.h"
#include "apps/mlp/verbs.h"
#include "common/app/app.h"
#include "common/train/checkpoint.h"
#include "common/train/evaluate.h"

using namespace glassbox;

/// Learns from data.train, keeping the weights of the epoch that scores best on data.val. Gives the data's memory back.
FitResult learn(Session& session, const mlp::Experiment& ask, DataSplits data, mlp::Mlp& model) {
  const DataLoader train_data(data.train, {ask.data.batch_size, /*shuffle=*/true, uint64_t(ask.seed)});
  const DataLoader val_data(data.val, {/*batch_size=*/128, /*shuffle=*/false});
  mlp::require_batches_fit(ask, train_data);
  Optimizer optimizer(*model, ask.optimizer);
  const Forward forward = mlp::forward_of(*model);
  const auto loss_of = [&](const Batch& batch) {
    return LossTerms{{"cross_entropy", torch::nn::functional::cross_entropy(forward(batch), batch.target)}};
  };
  const auto validate = [&] { return classifier_scores(predict_all(forward, val_data, session.device()), "val_"); };
  Task task{*model, optimizer, train_data, loss_of, validate, ask.schedule};
  task.device = session.device();
  task.seed = uint64_t(ask.seed);
  task.about = session.about(data.info());
  RunFolder& run = session.begin_run(ask.name, task.seed, data, mlp::count_parameters(*model));
  return fit(task, ask.train, run, session.watchers());
}

void train(Session& session) {
  // What was asked. A mistake in the experiment stops here, before any work.
  auto ask = session.read<mlp::Experiment>();

  // Data: three parts that share no sample. Validation chooses the epoch; the test set is looked at once.
  DataSplits data = session.open_data(ask.data, ask.train, uint64_t(ask.seed));
  const DataLoader test_data(data.test, {/*batch_size=*/128, /*shuffle=*/false});

  // The network learns.
  torch::manual_seed(uint64_t(ask.seed));
  mlp::Mlp model(data.info().features(), int64_t(data.info().classes.size()), ask.model);
  model->to(session.device());
  const FitResult result = learn(session, ask, std::move(data), model);

  // The best weights are scored on the test set: the figure that counts.
  load_state_dict(*model, load_safetensors(session.run().best()).tensors, session.run().best().string());
  model->eval();
  const Predictions answers = predict_all(mlp::forward_of(*model), test_data, session.device());
  mlp::write_report(session.run(), *model, test_data.dataset(), answers);
  session.finish_run(result, "val_accuracy", full_classifier_scores(answers));
}

int main(int argc, char** argv) { return run_app(argc, argv, mlp::app(train)); }
