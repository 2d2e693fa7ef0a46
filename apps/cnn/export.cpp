#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/cnn/onnx.h"
#include "apps/cnn/verbs.h"
#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/json_text.h"
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

double largest_logit(NetworkImpl& model, const torch::Tensor& x) {
  const c10::InferenceMode no_graph;
  return model.forward(x).abs().max().item<double>();
}

/// "0.4914 0.4822 0.4465"
std::string spaced(const std::vector<double>& numbers) {
  std::string text;
  for (const double number : numbers) text += (text.empty() ? "" : " ") + format_number(number);
  return text;
}

}  // namespace

void export_onnx(Session& session) {
  Trained trained = load_trained(session);
  const Options& options = session.options();
  const std::filesystem::path path = options.text("output", (options.run / "model.onnx").string());
  const Network model = in_float32(trained);
  const std::string onnx = to_onnx(*model, trained.info);
  // Numbers of the size that normalised images have; the file must give what the network gives.
  torch::manual_seed(0);
  std::vector<int64_t> shape = trained.info.sample_shape;
  shape.insert(shape.begin(), 4);
  const torch::Tensor x = torch::randn(shape);
  const double difference = difference_to_opencv(*model.ptr(), onnx, x);
  const double largest = largest_logit(*model.ptr(), x), allowed = 1e-4 * std::max(1.0, largest);
  require(difference <= allowed, "export: OpenCV's dnn gives other logits for the network, by up to ", difference,
          " (want at most ", allowed, " with logits up to ", largest,
          "); nothing was written. If the network learned well, this is a bug of ours or of OpenCV: report it");
  write_file(path, onnx);
  const nlohmann::ordered_json json = {{"app", "cnn"},
                                       {"run", options.run.string()},
                                       {"file", path.string()},
                                       {"bytes", onnx.size()},
                                       {"classes", trained.info.classes},
                                       {"pixel_max", trained.info.pixel_max},
                                       {"mean", trained.info.mean},
                                       {"std", trained.info.std},
                                       {"largest_difference_to_opencv", difference}};
  session.answer(json_text(json),
                 as_text("onnx ", path.string(), "\nlargest difference to OpenCV's dnn ", format_number(difference, 2),
                         "\nit takes (pixel / ", trained.info.pixel_max, " - mean) / std with mean ",
                         spaced(trained.info.mean), ", std ", spaced(trained.info.std), "\n"));
}

}  // namespace glassbox::cnn
