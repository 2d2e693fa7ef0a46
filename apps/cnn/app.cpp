#include <torch/nn/functional/loss.h>

#include "apps/cnn/inside/page.h"
#include "apps/cnn/verbs.h"
#include "common/base/error.h"
#include "common/classify/classifier_report.h"

namespace glassbox::cnn {

App app(const std::function<void(Session&)>& train) {
  return {"cnn",
          "a convolutional network that names what it sees (assignment 2)",
          [](ConfigReader json) { Experiment().read(json); },
          {{"train", train},
           {"eval", eval},
           {"predict", predict},
           {"explain", explain},
           {"describe", describe},
           {"sweep",
            [train](Session& session) {
              run_sweep(session, {[](ConfigReader json) { Experiment().read(json); }, train});
            }},
           {"export", export_onnx},
           {"benchmark", benchmark}},
          {{"eval", {"test-time"}},
           {"predict", {"output", "pictures"}},
           {"export", {"run", "output"}},
           {"benchmark", {"config", "set", "seed", "run", "batches"}}},
          "  cnn export   --run DIR [--output FILE.onnx]                     for OpenCV, ONNX Runtime, browsers\n"
          "  cnn benchmark --config FILE [--set path=value]... [--run DIR]   pictures a second\n"
          "eval\n"
          "  --test-time VIEWS  none, flip or flip_shift: average the answers to views of a picture\n"
          "predict (pictures, folders, videos, camera:0)\n"
          "  --output DIR       pictures and videos with the answers written on them\n"
          "  --pictures N       of a video or camera: stop after so many\n"
          "benchmark\n"
          "  --batches LIST     batch sizes to try, such as 1,8,64,256\n"};
}

LossTerms loss_of(const torch::Tensor& logits, const Batch& batch, double label_smoothing) {
  namespace F = torch::nn::functional;
  const auto options = F::CrossEntropyFuncOptions().label_smoothing(label_smoothing);
  const bool mixed = batch.target.dim() == 2;  // probabilities [N, K] in the logits' own precision, else classes [N]
  return {{"cross_entropy",
           F::cross_entropy(logits, mixed ? batch.target.to(logits.scalar_type()) : batch.target, options)}};
}

Forward scoring_forward(NetworkImpl& model, const Experiment& ask) {
  return [&model, views = ask.test_time](const Batch& batch) { return answer(model, batch.input, views); };
}

void write_report(const RunFolder& run, NetworkImpl& model, const LabelledDataset& test, const Predictions& answers) {
  const std::vector<Look> looks = read_looks(run);
  write_classifier_report(run, test, answers, [&](HtmlPage& page) { add_inside(page, model, test, looks); });
}

}  // namespace glassbox::cnn
