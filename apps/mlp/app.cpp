#include "apps/mlp/history/history.h"
#include "apps/mlp/verbs.h"
#include "common/base/error.h"
#include "common/classify/predict_images.h"

namespace glassbox::mlp {

App app(const std::function<void(Session&)>& train) {
  return {"mlp",
          "a multi-layer perceptron on digits, tables and points (assignment 1)",
          [](ConfigReader json) { Experiment().read(json); },
          {{train_verb(), train},
           {eval_verb(), eval},
           {predict_verb({"INPUT...", "image, folder, video, camera:0 or CSV file", /*required=*/true},
                         predict_image_flags()),
            predict},
           {explain_verb({}), explain},
           {describe_verb(), describe},
           {sweep_verb(), [train](Session& session) { run_sweep(session, sweep_app(train)); }},
           {{"baselines", "what did the network buy?", {}, experiment_flags(), /*begins_run=*/true},
            [train](Session& session) { baselines(session, train); }}}};
}

void require_batches_fit(const Experiment& ask, const DataLoader& train_data) {
  require(!ask.model.batch_norm || train_data.last_batch_size() > 1,
          "data.batch_size: want no last batch of a single sample, which batch norm cannot normalise, got ",
          ask.data.batch_size, " for ", train_data.samples(), " training samples; choose another size");
}

}  // namespace glassbox::mlp
