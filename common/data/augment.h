/// Augmentation: every epoch shows an image a little changed, so that the network cannot learn it by heart.
/// What happens to an image is a function of (seed, epoch, its index in the data set) alone: the same whatever the size
/// of the batch, the threads and the workers.
#pragma once

#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/data/batch.h"
#include "common/data/image_loops.h"

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
  double mixup = 0;  ///< Zhang et al. 2018: lambda from Beta(mixup, mixup); done by the task, which mixes targets

  void read(ConfigReader json);
  bool changes_images() const;  ///< anything but mixup is on
  bool is_on() const { return changes_images() || mixup > 0; }
};

/// What one image goes through: where its pixels come from, and how its colours change.
struct Augmentation {
  Affine affine;
  Jitter jitter;
  Move move;
};

/// The draws of one epoch. What stands beside an image, such as boxes or a clean copy, can follow the same draw.
class AugmentDraws {
 public:
  AugmentDraws(const AugmentConfig& config, const ImageSize& size, uint64_t seed, int64_t epoch);

  /// Of the sample `index`. All is drawn always, in one order: switching one thing on changes no other.
  Augmentation of(int64_t index) const;
  /// mixup's lambda: how much of the mixture the sample itself is, in [0, 1].
  float mixup_lambda(int64_t index) const;

 private:
  AugmentConfig config_;
  ImageSize size_;
  uint64_t first_flips_, of_epoch_;
  bool odd_epoch_;
};

/// The images of a data set: value = (pixel / its maximum - mean) / std.
struct NormalisedImages {
  ImageSize size;
  std::vector<float> mean, std;  ///< one a channel
};

/// Throws UserError if pad_crop is larger than reflection can fill.
void require_fits(const AugmentConfig& config, const ImageSize& size);

/// Changes batch.input, float32 [N, C, H, W], into a new tensor; batch.index tells the samples apart. Mixup is left to
/// the task. Throws UserError as require_fits() does.
void augment(Batch& batch, const AugmentConfig& config, const NormalisedImages& images, uint64_t seed, int64_t epoch);

}  // namespace glassbox
