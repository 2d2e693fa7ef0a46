/// Assignment 2: a convolutional network that learns to name what it sees.
/// Read layers.cpp and model.cpp next, then fit() in common/train/fit.cpp: together they are all that happens here.
#include "apps/cnn/engine.h"
#include "apps/cnn/inside/watched.h"
#include "apps/cnn/verbs.h"
#include "common/classify/classifier.h"
#include "common/classify/vary.h"
#include "common/train/checkpoint.h"

using namespace glassbox;

/// Learns from data.train, keeping the weights of the epoch that scores best on data.val.
LoopResult learn(Session& session, const cnn::Experiment& ask, const DataSplits& data, Network& model) {
  const auto seed = uint64_t(ask.seed);
  const auto change = [&](Batch& batch, int64_t epoch) { vary(batch, ask.augment, data.info(), seed, epoch); };
  const DataLoader train_data(data.train, {ask.data.batch_size, /*shuffle=*/true, seed, ask.data.workers, change});
  const DataLoader val_data = scoring_loader(data.val, ask.data.workers);
  cnn::fill_whitening(*model, *data.train);
  Optimizer optimizer(*model, ask.optimizer);
  const auto loss_of = [&](const Batch& batch) {
    return cnn::loss_of(model->forward(batch.input), batch, ask.label_smoothing);
  };
  const Forward forward = cnn::scoring_forward(*model, ask);
  const auto validate = [&] { return classifier_scores(predict_all(forward, val_data, session.device()), "val_"); };
  Task task{*model, optimizer, train_data, loss_of, validate, ask.schedule, kValAccuracy};
  task.device = session.device();
  task.seed = seed;
  task.about = session.about(data.info().to_json());
  if (ask.engine == "by_hand") task.loss_of = cnn::loss_by_hand(*model, ask.label_smoothing);
  RunFolder& run = session.begin_run(ask.name, seed, sources_of(data), facts_of(data, count_parameters(*model)));
  Watchers watchers = session.watchers();
  cnn::watch_inside(watchers, ask, *model, data.train, run);
  return fit(task, ask.train, run, watchers);
}

void train(Session& session) {
  // What was asked. A mistake in the experiment stops here, before any work.
  auto ask = session.read<cnn::Experiment>();
  require_no_sweep(session, ask.sweep);
  warn_of_ignored(ask.model.ignored_fields());

  // Data: three parts that share no sample. Validation chooses the epoch; the test set is looked at once.
  const DataSplits data = open_data_of(session, ask.data, ask.train, uint64_t(ask.seed));
  const DataLoader test_data = scoring_loader(data.test, ask.data.workers);

  // The network learns.
  Network model = cnn::make_model_to_train(data.info(), ask, session.device());
  require_fits(ask.augment, data.info());
  const LoopResult result = learn(session, ask, data, model);

  // The best weights are scored on the test set: the figure that counts.
  load_into(state_dict(*model), session.run().best());
  model->eval();
  const Predictions answers = predict_all(cnn::scoring_forward(*model, ask), test_data, session.device());
  cnn::write_report(session.run(), *model, *data.test, answers);
  session.finish_run({result, full_classifier_scores(answers), {}, {}});
}

int main(int argc, char** argv) { return run_app(argc, argv, cnn::app(train)); }
