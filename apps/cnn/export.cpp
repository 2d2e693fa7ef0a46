#include <nlohmann/json.hpp>

#include "apps/cnn/onnx.h"
#include "apps/cnn/verbs.h"
#include "common/app/json_text.h"
#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/report/format.h"

namespace glassbox::cnn {

void export_onnx(Session& session) {
  Trained trained = load_trained(session);
  const auto& wanted = session.options().output;
  const std::filesystem::path path = wanted.empty() ? session.options().run / "model.onnx" : wanted;
  const std::string onnx = to_onnx(*trained.model, trained.info);
  // Numbers of the size that normalised pictures have; the file must give what the network gives.
  torch::manual_seed(0);
  std::vector<int64_t> shape = trained.info.sample_shape;
  shape.insert(shape.begin(), 4);
  const double difference = difference_to_opencv(*trained.model, onnx, torch::randn(shape));
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
