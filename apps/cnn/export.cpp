#include <nlohmann/json.hpp>

#include "apps/cnn/onnx.h"
#include "apps/cnn/verbs.h"
#include "common/app/json_text.h"
#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/report/format.h"
#include "common/train/checkpoint.h"

namespace glassbox::cnn {
namespace {

/// The same weights on the CPU in float32, which is what the file holds, whatever it was trained in.
Network in_float32(const Trained& trained) {
  Experiment ask = trained.experiment;
  ask.model.precision = "float32";
  Network model = make_model(trained.info, ask, torch::kCPU);
  const torch::NoGradGuard no_graph;
  const NamedTensors from = state_dict(*trained.model);
  for (auto& [name, to] : state_dict(*model)) torch::Tensor(to).copy_(from.at(name));
  model->eval();
  return model;
}

}  // namespace

void export_onnx(Session& session) {
  Trained trained = load_trained(session);
  const auto& wanted = session.options().output;
  const std::filesystem::path path = wanted.empty() ? session.options().run / "model.onnx" : wanted;
  const Network model = in_float32(trained);
  const std::string onnx = to_onnx(*model, trained.info);
  // Numbers of the size that normalised pictures have; the file must give what the network gives.
  torch::manual_seed(0);
  std::vector<int64_t> shape = trained.info.sample_shape;
  shape.insert(shape.begin(), 4);
  const double difference = difference_to_opencv(*model.ptr(), onnx, torch::randn(shape));
  require(difference <= 1e-4, "export: OpenCV's dnn gives other logits for the network, by up to ", difference,
          " (want at most 1e-4); nothing was written");
  write_file(path, onnx);
  const nlohmann::ordered_json json = {{"app", "cnn"},
                                       {"run", session.options().run.string()},
                                       {"file", path.string()},
                                       {"bytes", onnx.size()},
                                       {"largest_difference_to_opencv", difference}};
  session.answer(json_text(json), "onnx " + path.string() + "\nlargest difference to OpenCV's dnn " +
                                      format_number(difference, 2) + "\n");
}

}  // namespace glassbox::cnn
