#include <torch/nn/functional/loss.h>

#include "apps/cnn/inside/page.h"
#include "apps/cnn/verbs.h"
#include "common/base/error.h"
#include "common/report/classifier_report.h"

namespace glassbox::cnn {

App app(const std::function<void(Session&)>& train) {
  return {"cnn",
          "a convolutional network that names what it sees (assignment 2)",
          [](ConfigReader json) { Experiment().read(json); },
          {{"train", train}, {"eval", eval}, {"explain", explain}, {"describe", describe}}};
}

LossTerms loss_of(const torch::Tensor& logits, const Batch& batch, double label_smoothing) {
  namespace F = torch::nn::functional;
  const auto options = F::CrossEntropyFuncOptions().label_smoothing(label_smoothing);
  if (!batch.mixed_target.defined()) return {{"cross_entropy", F::cross_entropy(logits, batch.target, options)}};
  const auto each = F::CrossEntropyFuncOptions().label_smoothing(label_smoothing).reduction(torch::kNone);
  const torch::Tensor own = F::cross_entropy(logits, batch.target, each);          // [N]
  const torch::Tensor other = F::cross_entropy(logits, batch.mixed_target, each);  // [N]
  const torch::Tensor share = batch.target_share.to(own.scalar_type());
  return {{"cross_entropy", (share * own + (1 - share) * other).mean()}};
}

Forward scoring_forward(NetworkImpl& model, const Experiment& ask) {
  return [&model, views = ask.test_time](const Batch& batch) { return answer(model, batch.input, views); };
}

void write_report(const RunFolder& run, NetworkImpl& model, const Dataset& test, const Predictions& answers) {
  const std::vector<Look> looks = read_looks(run);
  write_classifier_report(run, test, answers, [&](HtmlPage& page) { add_inside(page, model, test, looks); });
}

}  // namespace glassbox::cnn
