#include <torch/nn/functional/loss.h>

#include "apps/cnn/inside/page.h"
#include "apps/cnn/inside/watched.h"
#include "apps/cnn/verbs.h"
#include "common/base/error.h"
#include "common/classify/classifier_report.h"
#include "common/classify/predict_images.h"

namespace glassbox::cnn {

App app(const std::function<void(Session&)>& train) {
  const Flag views =
      choice_flag("test-time", "VIEWS", {"none", "flip", "flip_shift"}, "averages the answers to views of an image");
  const Flag onnx = text_flag("output", "FILE", "default: model.onnx in the run's folder");
  const Flag sizes = numbers_flag("batches", "LIST", "batch sizes to try, such as 1,8,64,256", 1, 999999);
  return {"cnn",
          "a convolutional network that names what it sees (assignment 2)",
          [](ConfigReader json) { Experiment().read(json); },
          {{train_verb(), train},
           {eval_verb({views}), eval},
           {predict_verb({"INPUT...", "image, folder, video or camera:0", /*required=*/true}, predict_image_flags()),
            predict},
           {explain_verb({"INPUT...", "image or folder; without any, two samples of the test set"}), explain},
           {describe_verb(), describe},
           {sweep_verb(),
            [train](Session& session) {
              run_sweep(session, {[](ConfigReader json) { Experiment().read(json); }, train});
            }},
           {{"export", "the network as a file for OpenCV, ONNX Runtime, browsers", {}, {trained_run_flag(), onnx}},
            export_onnx},
           {{"benchmark",
             "images a second over batch sizes and threads",
             {},
             experiment_flags({sizes}),
             /*begins_run=*/true},
            benchmark}}};
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
  const std::vector<Look> looks = read_looks(run, watched_of(model));
  write_classifier_report(run, test, answers, [&](HtmlPage& page) { add_inside(page, model, test, looks); });
}

}  // namespace glassbox::cnn
