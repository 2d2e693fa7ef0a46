#include "apps/mlp/history/history.h"

#include "apps/mlp/verbs.h"

namespace glassbox::mlp {

bool is_history(const Experiment& ask) { return ask.model.name == "perceptron" || ask.model.name == "threshold_units"; }

void train_history(Session& session, Experiment& ask) {
  if (ask.model.name == "perceptron") return run_perceptron(session, ask);
  run_threshold_units(session, ask);
}

}  // namespace glassbox::mlp
