/// Augmentation: every epoch shows a sample a little changed, so that the network cannot learn it by heart.
/// What happens to a sample is a function of (seed, epoch, its place in the data set) alone: the same whatever the size
/// of the batch, the threads and the workers.
#pragma once

#include <string>

#include "common/base/config.h"
#include "common/data/dataset.h"

namespace glassbox {

/// The "augment" section of an experiment. Every default is off. In the order in which they are done:
struct AugmentConfig {
  double rotate = 0, scale = 0, translate = 0, shear = 0;  ///< a random affine map, bilinear; outside is black
  double brightness = 0, contrast = 0, saturation = 0;     ///< colour jitter: factors from [1 - x, 1 + x]
  int64_t pad_crop = 0;                                    ///< Krizhevsky 2012: pad by so many pixels, crop anywhere
  std::string pad_mode = "zero";                           ///< black, or "reflect": the image mirrored at its edge
  std::string flip = "none";  ///< left and right: a coin each time, or "alternating" (Jordan 2024): a coin once, then
                              ///< every other epoch, so that two epochs in a row show both sides
  int64_t cutout = 0;         ///< DeVries and Taylor 2017: a square of the mean colour, anywhere
  double mixup = 0;           ///< Zhang et al. 2018: lambda from Beta(mixup, mixup)

  void read(ConfigReader json);
  bool is_on() const;
};

/// Throws UserError if the samples are no images, or pad_crop is larger than reflection can fill.
void require_fits(const AugmentConfig& config, const DatasetInfo& info);

/// Changes batch.input, float32 [N, C, H, W] normalised as `info` says; batch.index tells the samples apart. It becomes
/// a new tensor where anything moves. With mixup it also sets batch.mixed_target and batch.target_share; the partner of
/// a sample is the next one of the batch, so that its result depends on who is next. Throws UserError as
/// require_fits() does.
void augment(Batch& batch, const AugmentConfig& config, const DatasetInfo& info, uint64_t seed, int64_t epoch);

}  // namespace glassbox
