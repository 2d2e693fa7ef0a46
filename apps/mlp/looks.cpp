#include "apps/mlp/looks.h"

namespace glassbox::mlp {

void watch_inside(Watchers&, const Experiment&, MlpImpl&, std::shared_ptr<const Dataset>, const RunFolder&) {}

}  // namespace glassbox::mlp
