#include "apps/mlp/verbs.h"

namespace glassbox::mlp {

bool is_history(const Experiment&) { return false; }

void train_history(Session&, Experiment&, const std::function<void(Session&)>&) {}

}  // namespace glassbox::mlp
