#include "common/data/augment.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/base/error.h"
#include "common/base/random.h"
#include "common/data/image_loops.h"

namespace glassbox {
namespace {

double symmetric(Rng& rng, double most) { return (2 * rng.uniform() - 1) * most; }

int64_t whole(Rng& rng, int64_t bound) {
  return std::min(int64_t(rng.uniform() * double(bound)), bound - 1);  // one draw, always
}

/// Marsaglia and Tsang 2000, for shape >= 1; a smaller shape is brought there by their section 6.
double gamma(double shape, Rng& rng) {
  if (shape < 1) return gamma(shape + 1, rng) * std::pow(1 - rng.uniform(), 1 / shape);
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = rng.normal(), root = 1 + c * x, v = root * root * root;
    if (root > 0 && std::log(1 - rng.uniform()) < x * x / 2 + d - d * v + d * std::log(v)) return d * v;
  }
}

/// Beta(alpha, alpha), in [0, 1].
double beta(double alpha, Rng& rng) {
  const double first = gamma(alpha, rng), second = gamma(alpha, rng);
  return first + second > 0 ? first / (first + second) : 0.5;  // both underflow for a tiny alpha
}

/// Everything drawn for one sample. All is drawn always, in this order: switching one thing on changes no other.
struct Draws {
  Affine affine;
  Jitter jitter;
  Move move;
};

Draws draw(const AugmentConfig& config, const ImageSize& size, bool flipped, Rng rng) {
  Draws draws;
  const double degrees = symmetric(rng, config.rotate), scale = 1 + symmetric(rng, config.scale);
  const double right = symmetric(rng, config.translate) * double(size.width);
  const double down = symmetric(rng, config.translate) * double(size.height);
  draws.affine = affine_about_centre(size, degrees, scale, symmetric(rng, config.shear), right, down);
  draws.jitter.brightness = float(1 + symmetric(rng, config.brightness));
  draws.jitter.contrast = float(1 + symmetric(rng, config.contrast));
  draws.jitter.saturation = float(1 + symmetric(rng, config.saturation));
  Move& move = draws.move;
  move.down = whole(rng, 2 * config.pad_crop + 1) - config.pad_crop;
  move.right = whole(rng, 2 * config.pad_crop + 1) - config.pad_crop;
  move.reflect = config.pad_mode == "reflect";
  const bool coin = rng.uniform() < 0.5;
  move.flip = config.flip == "random" ? coin : flipped;
  const int64_t top = whole(rng, size.height) - config.cutout / 2, left = whole(rng, size.width) - config.cutout / 2;
  move.hole_top = std::max<int64_t>(top, 0);
  move.hole_bottom = std::min(top + config.cutout, size.height);
  move.hole_left = std::max<int64_t>(left, 0);
  move.hole_right = std::max(std::min(left + config.cutout, size.width), move.hole_left);
  return draws;
}

/// One value a channel.
struct Channels {
  std::vector<float> mean, std, black;

  explicit Channels(const DatasetInfo& info) {
    for (int64_t c = 0; c < info.channels(); ++c) {
      const size_t own = info.mean.size() == 1 ? 0 : size_t(c);
      mean.push_back(info.mean[own]);
      std.push_back(info.std[own]);
      black.push_back(-info.mean[own] / info.std[own]);
    }
  }
};

class Augmenter {
 public:
  Augmenter(const AugmentConfig& config, const DatasetInfo& info, uint64_t seed, int64_t epoch)
      : config_(config),
        size_{info.sample_shape[0], info.sample_shape[1], info.sample_shape[2]},
        channels_(info),
        warps_(config.rotate > 0 || config.scale > 0 || config.translate > 0 || config.shear > 0),
        jitters_(config.brightness > 0 || config.contrast > 0 || config.saturation > 0),
        first_flips_(Rng(seed, "first flip").next()),
        of_epoch_(Rng(seed, "augment", uint64_t(epoch)).next()),
        odd_epoch_(epoch % 2 != 0) {}

  /// From `in` to `out`, the sample at place `index`. `spare` holds an image.
  void change(const float* in, float* out, int64_t index, float* spare) const {
    const Draws draws = draw(config_, size_, flipped(index), Rng(of_epoch_, "sample", uint64_t(index)));
    if (warps_) {
      warp_image(in, spare, size_, draws.affine, channels_.black.data());
      in = spare;
    }
    if (jitters_) {
      if (in != spare) std::copy(in, in + pixels(), spare);
      jitter_image(spare, size_, draws.jitter, channels_.mean.data(), channels_.std.data());
      in = spare;
    }
    move_image(in, out, size_, draws.move, channels_.black.data());
  }

  float share(int64_t index) const {
    Rng rng(of_epoch_, "mixup", uint64_t(index));
    return float(beta(config_.mixup, rng));
  }

  int64_t pixels() const { return size_.channels * size_.height * size_.width; }

 private:
  bool flipped(int64_t index) const {
    return config_.flip == "alternating" && ((Rng(first_flips_, "", uint64_t(index)).next() >> 63) != 0) != odd_epoch_;
  }

  const AugmentConfig& config_;
  ImageSize size_;
  Channels channels_;
  bool warps_, jitters_;
  uint64_t first_flips_, of_epoch_;
  bool odd_epoch_;
};

void mix_with_next(Batch& batch, const Augmenter& augmenter) {
  const int64_t count = batch.size(), pixels = augmenter.pixels();
  batch.mixed_target = batch.target.roll(-1);
  batch.target_share = torch::empty({count});
  const torch::Tensor mixed = torch::empty_like(batch.input);
  const float* from = batch.input.data_ptr<float>();
  const int64_t* index = batch.index.data_ptr<int64_t>();
  float *to = mixed.data_ptr<float>(), *shares = batch.target_share.data_ptr<float>();
  at::parallel_for(0, count, 8, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      shares[i] = augmenter.share(index[i]);
      mix_images(from + i * pixels, from + (i + 1) % count * pixels, shares[i], pixels, to + i * pixels);
    }
  });
  batch.input = mixed;
}

}  // namespace

void AugmentConfig::read(ConfigReader json) {
  json.field("rotate", rotate, between(0, 180), "turn by up to so many degrees, either way");
  json.field("scale", scale, from_below(0, 1), "enlarge or shrink by up to this share: 0.1 = from 0.9 to 1.1 times");
  json.field("translate", translate, between(0, 1), "shift by up to this share of the sides, between pixels too");
  json.field("shear", shear, between(0, 60), "slant the rows by up to so many degrees, either way");
  json.field("brightness", brightness, between(0, 1), "colour jitter: times a factor from 1 - this to 1 + this");
  json.field("contrast", contrast, between(0, 1), "colour jitter: the distance from the image's mean grey likewise");
  json.field("saturation", saturation, between(0, 1), "colour jitter: the distance from each pixel's grey likewise");
  json.field("pad_crop", pad_crop, between(0, 1024), "pixels of padding on each side, then a crop of the old size");
  json.field("pad_mode", pad_mode, one_of({"zero", "reflect"}), "padding: black, or the image mirrored at its edge");
  json.field("flip", flip, one_of({"none", "random", "alternating"}),
             "mirror left and right: by a coin, or every other epoch (a sample's first time by a coin)");
  json.field("cutout", cutout, between(0, 4096), "side, in pixels, of a square set to the mean colour; 0 = off");
  json.field("mixup", mixup, between(0, 10), "mix two samples, the share from Beta(mixup, mixup); 0 = off");
}

bool AugmentConfig::is_on() const {
  const bool affine = rotate > 0 || scale > 0 || translate > 0 || shear > 0;
  const bool jitter = brightness > 0 || contrast > 0 || saturation > 0;
  return affine || jitter || pad_crop > 0 || flip != "none" || cutout > 0 || mixup > 0;
}

void require_fits(const AugmentConfig& config, const DatasetInfo& info) {
  if (!config.is_on()) return;
  require(info.is_image(), "augment: want images, got the table ", info.name, "; take the augment section out");
  const int64_t least = std::min(info.sample_shape[1], info.sample_shape[2]);
  require(config.pad_mode != "reflect" || config.pad_crop < least, "augment.pad_crop: want at most ", least - 1,
          ", a side of the image less one, to reflect, got ", config.pad_crop);
}

void augment(Batch& batch, const AugmentConfig& config, const DatasetInfo& info, uint64_t seed, int64_t epoch) {
  if (!config.is_on()) return;
  require_fits(config, info);
  const Augmenter augmenter(config, info, seed, epoch);
  const int64_t pixels = augmenter.pixels();
  const torch::Tensor from = batch.input.contiguous(), index = batch.index.contiguous();
  torch::Tensor changed = torch::empty_like(from);
  at::parallel_for(0, batch.size(), 8, [&](int64_t begin, int64_t end) {
    std::vector<float> spare(static_cast<size_t>(pixels));
    for (int64_t i = begin; i < end; ++i) {
      augmenter.change(from.data_ptr<float>() + i * pixels, changed.data_ptr<float>() + i * pixels,
                       index.data_ptr<int64_t>()[i], spare.data());
    }
  });
  batch.input = changed;
  batch.index = index;
  if (config.mixup > 0) mix_with_next(batch, augmenter);
}

}  // namespace glassbox
