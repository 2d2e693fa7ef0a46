/// What cnn can do beside train, which is in main.cpp.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "apps/cnn/config.h"
#include "apps/cnn/model.h"
#include "common/classify/evaluate.h"
#include "common/classify/metrics.h"
#include "common/run/app.h"

namespace glassbox::cnn {

void eval(Session& session);         ///< scores a trained network on a part of its data set
void predict(Session& session);      ///< classes and probabilities for images, folders, videos, a camera
void explain(Session& session);      ///< explain.html: what the network looks at
void describe(Session& session);     ///< layers, shapes, parameters, FLOPs, memory
void export_onnx(Session& session);  ///< the network as an ONNX file
void benchmark(Session& session);    ///< images a second over batch sizes and threads

/// The app with all its verbs.
App app(const std::function<void(Session&)>& train);

/// The loss of a batch: cross-entropy with label smoothing. Targets are classes [N], or [N, K] where images were mixed.
LossTerms loss_of(const torch::Tensor& logits, const Batch& batch, double label_smoothing);

/// The network's answers when scoring: the mean over the views of ask.test_time. The model must outlive it.
Forward scoring_forward(NetworkImpl& model, const Experiment& ask);

/// A network that was trained, in eval mode on the session's device, with what its checkpoint says of itself.
struct Trained {
  Experiment experiment;
  DatasetInfo info;
  Network model{nullptr};
  std::string checkpoint;
};
/// The best weights of --run. Throws UserError if there is no checkpoint or it does not fit.
Trained load_trained(const Session& session);

/// report.html and plots/*.png of a finished run. `answers` are the model's to `test`, in order.
void write_report(const RunFolder& run, NetworkImpl& model, const LabelledDataset& test, const Predictions& answers);

}  // namespace glassbox::cnn
