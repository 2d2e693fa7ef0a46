/// What mlp can do beside train, which is in main.cpp.
#pragma once

#include <filesystem>
#include <functional>

#include "apps/mlp/config.h"
#include "apps/mlp/model.h"
#include "common/classify/metrics.h"
#include "common/run/app.h"

namespace glassbox::mlp {

void eval(Session& session);      ///< scores a trained network on a part of its data set
void predict(Session& session);   ///< classes and probabilities for images, folders, CSV files
void explain(Session& session);   ///< explain.html: what the network looks at
void describe(Session& session);  ///< layers, shapes, parameters, FLOPs, memory

/// Experiments with a way of their own: units set by hand, perceptrons (see history/).
bool is_history(const Experiment& ask);
void train_history(Session& session, Experiment& ask);
void baselines(Session& session,
               const std::function<void(Session&)>&
                   train_one);  ///< k-NN, softmax regression, support vector machines on the experiment's split

/// The app with all its verbs.
App app(const std::function<void(Session&)>& train);

/// Batch norm needs two samples: throws UserError if the last batch of an epoch has one.
void require_batches_fit(const Experiment& ask, const DataLoader& train_data);

/// A network that was trained, in eval mode on the session's device, with what its checkpoint says of itself.
struct Trained {
  Experiment experiment;
  DatasetInfo info;
  Mlp model{nullptr};
  std::string checkpoint;
};
/// The best weights of --run. Throws UserError if there is no checkpoint or it does not fit.
Trained load_trained(const Session& session);
/// The weights in a checkpoint file of any run.
Trained load_weights(const FileAt& checkpoint, torch::Device device);

/// report.html and plots/*.png of a finished run. `answers` are the model's to `test`, in order.
void write_report(const RunFolder& run, MlpImpl& model, const LabelledDataset& test, const Predictions& answers);

}  // namespace glassbox::mlp
