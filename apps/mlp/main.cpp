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

void train(Session& session) {
  // What was asked. A mistake in the experiment stops here, before any work.
  auto ask = session.read<mlp::Experiment>();

  // Data: three parts that share no sample. Validation chooses the epoch; the test set is looked at once.
  const DataSplits data = session.open_data(ask.data, ask.train, uint64_t(ask.seed));
  const DataLoader train_data(data.train, {ask.data.batch_size, /*shuffle=*/true, uint64_t(ask.seed)});
  const DataLoader val_data(data.val, {/*batch_size=*/1000, /*shuffle=*/false});
  const DataLoader test_data(data.test, {/*batch_size=*/1000, /*shuffle=*/false});

  // Model, loss and optimizer.
  torch::manual_seed(uint64_t(ask.seed));
  mlp::Mlp model(data.info().features(), int64_t(data.info().classes.size()), ask.model);
  model->to(session.device());
  Optimizer optimizer(*model, ask.optimizer);
  const auto forward = [&](const Batch& batch) { return model->forward(batch.input); };
  const auto loss_of = [&](const Batch& batch) {
    return LossTerms{{"cross_entropy", torch::nn::functional::cross_entropy(forward(batch), batch.target)}};
  };
  const auto validate = [&] { return classifier_scores(predict_all(forward, val_data, session.device()), "val_"); };

  // Learn, keeping the weights of the epoch that validates best.
  RunFolder& run = session.begin_run(ask.name, uint64_t(ask.seed), data, mlp::count_parameters(*model));
  Task task{*model, optimizer, train_data, loss_of, validate, ask.schedule};
  task.device = session.device();
  task.seed = uint64_t(ask.seed);
  task.about = session.about(data.info());
  const FitResult result = fit(task, ask.train, run, session.watchers());

  // Score those weights on the test set: the figure that counts.
  load_state_dict(*model, load_safetensors(run.best()).tensors, run.best().string());
  model->eval();
  const Predictions answers = predict_all(forward, test_data, session.device());
  mlp::write_report(run, *model, *data.test, answers);
  session.finish_run(result, task.monitor, full_classifier_scores(answers));
}

int main(int argc, char** argv) {
  return run_app(argc, argv,
                 {"mlp",
                  "a multi-layer perceptron on digits, tables and points (assignment 1)",
                  mlp::read_experiment,
                  {{"train", train},
                   {"eval", mlp::eval},
                   {"predict", mlp::predict},
                   {"explain", mlp::explain},
                   {"describe", mlp::describe}}});
}
