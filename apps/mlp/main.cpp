/// Assignment 1: a multi-layer perceptron that learns to tell classes apart.
/// Read model.cpp next, then fit() in common/train/fit.cpp: together they are all that happens here.
#include <torch/nn/functional/loss.h>
#include <torch/utils.h>

#include "apps/mlp/engine.h"
#include "apps/mlp/inside/looks.h"
#include "apps/mlp/verbs.h"
#include "common/train/checkpoint.h"

using namespace glassbox;

/// Learns from data.train, keeping the weights of the epoch that scores best on data.val. Gives the data's memory back.
LoopResult learn(Session& session, const mlp::Experiment& ask, DataSplits data, mlp::Mlp& model) {
  const DataLoader train_data(data.train,
                              {ask.data.batch_size, /*shuffle=*/true, uint64_t(ask.seed), ask.data.workers});
  const DataLoader val_data = scoring_loader(data.val);
  mlp::require_batches_fit(ask, train_data);
  Optimizer optimizer(*model, ask.optimizer, mlp::update_rule(ask));
  const Forward forward = mlp::forward_of(*model, ask.engine);
  const auto loss_of = [&](const Batch& batch) {
    return LossTerms{{"cross_entropy", torch::nn::functional::cross_entropy(forward(batch), batch.target)}};
  };
  const auto validate = [&] { return classifier_scores(predict_all(forward, val_data, session.device()), "val_"); };
  Task task{*model, optimizer, train_data, loss_of, validate, ask.schedule, kValAccuracy};
  task.device = session.device();
  task.seed = uint64_t(ask.seed);
  task.about = session.about(data.info().to_json());
  if (ask.engine == "by_hand") task.loss_of = mlp::loss_by_hand(*model);
  const Facts facts = facts_of(data, count_parameters(*model));
  RunFolder& run = session.begin_run(ask.name, task.seed, sources_of(data), facts);
  Watchers watchers = session.watchers();
  mlp::watch_inside(watchers, ask, *model, data.train, run);
  return fit(task, ask.train, run, watchers);
}

void train(Session& session) {
  // What was asked. A mistake in the experiment stops here, before any work.
  auto ask = session.read<mlp::Experiment>();
  require_no_sweep(session, ask.sweep);
  if (mlp::is_history(ask)) return mlp::train_history(session, ask);

  // Data: three parts that share no sample. Validation chooses the epoch; the test set is looked at once.
  DataSplits data = open_data_of(session, ask.data, ask.train, uint64_t(ask.seed));
  const auto test = data.test;

  // The network learns.
  mlp::Mlp model = mlp::make_model_to_train(data.info(), ask, session.device());
  const LoopResult result = learn(session, ask, std::move(data), model);

  // The best weights are scored on the test set: the figure that counts.
  load_into(state_dict(*model), session.run().best());
  model->eval();
  const Predictions answers = predict_all(mlp::forward_of(*model, ask.engine), scoring_loader(test), session.device());
  mlp::write_report(session.run(), *model, *test, answers);
  session.finish_run({result, full_classifier_scores(answers), {}, {}});
}

int main(int argc, char** argv) { return run_app(argc, argv, mlp::app(train)); }
