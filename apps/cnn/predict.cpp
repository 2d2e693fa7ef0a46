#include "apps/cnn/verbs.h"
#include "common/classify/predict_images.h"

namespace glassbox::cnn {

void predict(Session& session) {
  const Trained trained = load_trained(session);
  predict_images(session, trained.info, [&](const torch::Tensor& batch) {
    return answer(*trained.model.ptr(), batch, trained.experiment.test_time);
  });
}

}  // namespace glassbox::cnn
