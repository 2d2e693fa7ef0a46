/// What augmentation does to labelled images: their pixels vary, and with mixup their labels become mixtures.
#pragma once

#include "common/classify/labelled.h"
#include "common/data/augment.h"

namespace glassbox {

/// Throws UserError if augmentation is on and the samples are no images, or pad_crop is larger than reflection can
/// fill.
void require_fits(const AugmentConfig& config, const DatasetInfo& info);

/// augment(), then mixup (Zhang et al. 2018): input i becomes lambda input i + (1 - lambda) input i+1 of the batch (the
/// last takes the first), and batch.target, int64 [N], the same mixture of one-hot rows: float32 [N, classes].
void vary(Batch& batch, const AugmentConfig& config, const DatasetInfo& info, uint64_t seed, int64_t epoch);

}  // namespace glassbox
