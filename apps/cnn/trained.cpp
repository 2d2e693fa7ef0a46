#include "common/classify/trained.h"
#include "apps/cnn/verbs.h"
#include "common/base/error.h"
#include "common/classify/classifier.h"
#include "common/train/checkpoint.h"

namespace glassbox::cnn {
namespace {

/// Of one sample's forward pass.
int64_t flops_of(const LayerShapes& layer) {
  const LayerLine& line = layer.line;
  const int64_t in = numbers_in(layer.in), out = numbers_in(layer.out);
  if (line.kind == "conv" || line.kind == "whiten") return 2 * out * layer.in[0] * line.kernel_h * line.kernel_w;
  if (line.kind == "linear") return 2 * in * out;
  if (line.kind == "residual") {
    const bool converts = line.mode == "conv" && (line.stride != 1 || layer.in[0] != layer.out[0]);
    const int64_t weights = parameters_of(line, layer.in, layer.out) - (converts ? 6 : 4) * layer.out[0];  // no norms
    return 2 * weights * layer.out[1] * layer.out[2] + 6 * out;
  }
  if (line.kind == "norm") return 2 * out;
  return line.kind == "pool" ? in : out;
}

}  // namespace

Trained load_trained(const Session& session) {
  const FileAt checkpoint = best_of_run(session);
  const auto found = read_trained<Experiment>(checkpoint, "cnn");
  const auto layers = shapes_of(found.info.sample_shape, int64_t(found.info.classes.size()), found.experiment.model);
  require_holds(found.tensor_bytes, size_of(layers), found.experiment.model.bytes_a_number(), checkpoint.string());
  Trained trained{found.experiment, found.info, make_model(found.info, found.experiment, session.device()),
                  checkpoint.string()};
  load_into(state_dict(*trained.model), checkpoint);
  trained.model->eval();
  return trained;
}

void eval(Session& session) {
  Trained trained = load_trained(session);
  Experiment& ask = trained.experiment;
  ask.test_time = session.options().text("test-time", ask.test_time);
  const DataSplits data = open_data(ask.data, session.data_folders(), uint64_t(ask.seed));
  eval_classifier(session, data, trained.info, scoring_forward(*trained.model, ask));
}

void describe(Session& session) {
  const auto ask = session.read<Experiment>();
  const DatasetInfo info = describes_trained(session.options())
                               ? load_trained(session).info
                               : open_data(ask.data, session.data_folders(), uint64_t(ask.seed)).info();
  std::vector<LayerRow> rows;
  for (const LayerShapes& layer : shapes_of(info.sample_shape, int64_t(info.classes.size()), ask.model)) {
    const std::string name = layer.line.name + "  " + layer.line.text;
    rows.push_back({name, shape_text(layer.out), parameters_of(layer.line, layer.in, layer.out), flops_of(layer)});
  }
  describe_classifier(session, ask.name, info, rows, memories_of(ask.optimizer));
}

}  // namespace glassbox::cnn
