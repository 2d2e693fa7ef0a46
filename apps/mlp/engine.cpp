#include "apps/mlp/engine.h"

#include "common/base/error.h"

namespace glassbox::mlp {

Forward forward_of(MlpImpl& model, const std::string&) {
  return [&model](const Batch& batch) { return model.forward(batch.input); };
}

UpdateRule update_rule(const Experiment&) { return nullptr; }

void compute_by_hand(Task&, MlpImpl&) { fail("by_hand: not written"); }

}  // namespace glassbox::mlp
