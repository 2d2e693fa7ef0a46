#include "common/classify/vary.h"

#include <torch/types.h>

#include "common/base/error.h"

namespace glassbox {
namespace {

NormalisedImages images_of(const DatasetInfo& info) {
  NormalisedImages images{{info.sample_shape[0], info.sample_shape[1], info.sample_shape[2]}, {}, {}};
  for (size_t c = 0; c < size_t(info.channels()); ++c) {
    const size_t own = info.mean.size() == 1 ? 0 : c;
    images.mean.push_back(float(info.mean[own]));
    images.std.push_back(float(info.std[own]));
  }
  return images;
}

/// lambda of each sample of the batch, [N]; the rest of its mixture is the next sample.
void mix_with_next(Batch& batch, const torch::Tensor& lambda, int64_t classes) {
  const torch::Tensor of_inputs = lambda.view({-1, 1, 1, 1}), of_targets = lambda.view({-1, 1});
  const torch::Tensor one_hot = torch::one_hot(batch.target, classes).to(torch::kFloat32);  // [N, K]
  batch.target = of_targets * one_hot + (1 - of_targets) * one_hot.roll(-1, 0);
  batch.input = of_inputs * batch.input + (1 - of_inputs) * batch.input.roll(-1, 0);
}

}  // namespace

void require_fits(const AugmentConfig& config, const DatasetInfo& info) {
  if (!config.is_on()) return;
  require(info.is_image(), "augment: want images, got the table ", info.name, "; take the augment section out");
  require_fits(config, images_of(info).size);
}

void vary(Batch& batch, const AugmentConfig& config, const DatasetInfo& info, uint64_t seed, int64_t epoch) {
  if (!config.is_on()) return;
  require_fits(config, info);
  const NormalisedImages images = images_of(info);
  augment(batch, config, images, seed, epoch);
  if (config.mixup == 0) return;
  const AugmentDraws draws(config, images.size, seed, epoch);
  const torch::Tensor index = batch.index.contiguous(), lambda = torch::empty({batch.size()});
  for (int64_t i = 0; i < batch.size(); ++i) {
    lambda.data_ptr<float>()[i] = draws.mixup_lambda(index.data_ptr<int64_t>()[i]);
  }
  mix_with_next(batch, lambda, int64_t(info.classes.size()));
}

}  // namespace glassbox
