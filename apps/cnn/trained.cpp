#include "common/classify/trained.h"
#include "apps/cnn/verbs.h"
#include "common/base/error.h"
#include "common/classify/classifier.h"
#include "common/train/checkpoint.h"

namespace glassbox::cnn {
namespace {

/// Of one sample's forward pass. in: the shape before the layer.
int64_t flops_of(const Layer& layer, const std::vector<int64_t>& in) {
  const int64_t out = numbers_in(layer.out);
  if (layer.conv) return 2 * out * layer.conv->weight.numel() / layer.conv->weight.size(0);
  if (layer.linear) return 2 * layer.linear->weight.numel();
  if (layer.residual) {
    const ResidualImpl& block = *layer.residual;
    int64_t weights = block.conv1->weight.numel() + block.conv2->weight.numel();
    if (block.downsample_conv) weights += block.downsample_conv->weight.numel();
    return 2 * weights * layer.out[1] * layer.out[2] + 6 * out;
  }
  if (layer.is("norm")) return 2 * out;
  return layer.is("pool") ? numbers_in(in) : out;
}

}  // namespace

Trained load_trained(const Session& session) {
  const auto file = read_trained<Experiment>(best_of_run(session), "cnn");
  Trained trained{file.experiment, file.info, make_model(file.info, file.experiment, session.device()), file.path};
  load_state_dict(*trained.model, file.tensors, file.path);
  trained.model->eval();
  return trained;
}

void eval(Session& session) {
  Trained trained = load_trained(session);
  Experiment& ask = trained.experiment;
  ask.test_time = session.options().text("test-time", ask.test_time);
  const DataSplits data = open_data(ask.data, session.data_folders(), uint64_t(ask.seed));
  eval_classifier(session, data, scoring_forward(*trained.model, ask));
}

void describe(Session& session) {
  const auto ask = session.read<Experiment>();
  const DatasetInfo info = describes_trained(session.options())
                               ? load_trained(session).info
                               : open_data(ask.data, session.data_folders(), uint64_t(ask.seed)).info();
  const Network model(info.sample_shape, int64_t(info.classes.size()), ask.model);
  std::vector<LayerRow> rows;
  std::vector<int64_t> in = info.sample_shape;
  for (const Layer& layer : model->layers()) {
    const std::string name = layer.line.name + "  " + layer.line.text;
    rows.push_back(
        {name, shape_text(layer.out), layer.module() ? count_parameters(*layer.module()) : 0, flops_of(layer, in)});
    in = layer.out;
  }
  describe_classifier(session, ask.name, info, rows, memories_of(ask.optimizer));
}

}  // namespace glassbox::cnn
