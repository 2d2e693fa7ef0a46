#include "common/data/augment.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/base/error.h"
#include "common/base/random.h"

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

bool warps(const AugmentConfig& c) { return c.rotate > 0 || c.scale > 0 || c.translate > 0 || c.shear > 0; }
bool jitters(const AugmentConfig& c) { return c.brightness > 0 || c.contrast > 0 || c.saturation > 0; }

}  // namespace

void AugmentConfig::read(ConfigReader json) {
  json.field("rotate", rotate, between(0, 180), "turn by up to so many degrees, either way");
  json.field("scale", scale, from_below(0, 1), "enlarge or shrink by up to this fraction: 0.1 = from 0.9 to 1.1 times");
  json.field("translate", translate, between(0, 1), "shift by up to this fraction of the sides, between pixels too");
  json.field("shear", shear, between(0, 60), "slant the rows by up to so many degrees, either way");
  json.field("brightness", brightness, between(0, 1), "colour jitter: times a factor from 1 - this to 1 + this");
  json.field("contrast", contrast, between(0, 1), "colour jitter: the distance from the image's mean grey likewise");
  json.field("saturation", saturation, between(0, 1), "colour jitter: the distance from each pixel's grey likewise");
  json.field("pad_crop", pad_crop, between(0, 1024), "pixels of padding on each side, then a crop of the old size");
  json.field("pad_mode", pad_mode, one_of({"zero", "reflect"}), "padding: black, or the image mirrored at its edge");
  json.field("flip", flip, one_of({"none", "random", "alternating"}),
             "mirror left and right: by a coin, or every other epoch (a sample's first time by a coin)");
  json.field("cutout", cutout, between(0, 4096), "side, in pixels, of a square set to the mean colour; 0 = off");
  json.field("mixup", mixup, between(0, 10), "mix two samples, lambda from Beta(mixup, mixup); 0 = off");
}

bool AugmentConfig::changes_images() const {
  return warps(*this) || jitters(*this) || pad_crop > 0 || flip != "none" || cutout > 0;
}

AugmentDraws::AugmentDraws(const AugmentConfig& config, const ImageSize& size, uint64_t seed, int64_t epoch)
    : config_(config),
      size_(size),
      first_flips_(Rng(seed, "first flip").next()),
      of_epoch_(Rng(seed, "augment", uint64_t(epoch)).next()),
      odd_epoch_(epoch % 2 != 0) {}

Augmentation AugmentDraws::of(int64_t index) const {
  Rng rng(of_epoch_, "sample", uint64_t(index));
  Augmentation drawn;
  const double degrees = symmetric(rng, config_.rotate), scale = 1 + symmetric(rng, config_.scale);
  const double right = symmetric(rng, config_.translate) * double(size_.width);
  const double down = symmetric(rng, config_.translate) * double(size_.height);
  drawn.affine = affine_about_centre(size_, degrees, scale, symmetric(rng, config_.shear), right, down);
  drawn.jitter.brightness = float(1 + symmetric(rng, config_.brightness));
  drawn.jitter.contrast = float(1 + symmetric(rng, config_.contrast));
  drawn.jitter.saturation = float(1 + symmetric(rng, config_.saturation));
  Move& move = drawn.move;
  move.down = whole(rng, 2 * config_.pad_crop + 1) - config_.pad_crop;
  move.right = whole(rng, 2 * config_.pad_crop + 1) - config_.pad_crop;
  move.reflect = config_.pad_mode == "reflect";
  const bool coin = rng.uniform() < 0.5;
  const bool first_flip = (Rng(first_flips_, "", uint64_t(index)).next() >> 63) != 0;
  move.flip = config_.flip == "random" ? coin : config_.flip == "alternating" && first_flip != odd_epoch_;
  const int64_t top = whole(rng, size_.height) - config_.cutout / 2;
  const int64_t left = whole(rng, size_.width) - config_.cutout / 2;
  move.hole_top = std::max<int64_t>(top, 0);
  move.hole_bottom = std::min(top + config_.cutout, size_.height);
  move.hole_left = std::max<int64_t>(left, 0);
  move.hole_right = std::max(std::min(left + config_.cutout, size_.width), move.hole_left);
  return drawn;
}

float AugmentDraws::mixup_lambda(int64_t index) const {
  Rng rng(of_epoch_, "mixup", uint64_t(index));
  return float(beta(config_.mixup, rng));
}

void require_fits(const AugmentConfig& config, const ImageSize& size) {
  const int64_t least = std::min(size.height, size.width);
  require(config.pad_mode != "reflect" || config.pad_crop < least, "augment.pad_crop: want at most ", least - 1,
          ", a side of the image less one, to reflect, got ", config.pad_crop);
}

void augment(Batch& batch, const AugmentConfig& config, const NormalisedImages& images, uint64_t seed, int64_t epoch) {
  if (!config.changes_images()) return;
  const ImageSize& size = images.size;
  require_fits(config, size);
  const AugmentDraws draws(config, size, seed, epoch);
  const int64_t pixels = size.channels * size.height * size.width;
  std::vector<float> black;
  for (size_t c = 0; c < images.mean.size(); ++c) black.push_back(-images.mean[c] / images.std[c]);
  const torch::Tensor from = batch.input.contiguous(), index = batch.index.contiguous();
  torch::Tensor changed = torch::empty_like(from);
  at::parallel_for(0, batch.size(), 8, [&](int64_t begin, int64_t end) {
    std::vector<float> spare(static_cast<size_t>(pixels));
    for (int64_t i = begin; i < end; ++i) {
      const Augmentation drawn = draws.of(index.data_ptr<int64_t>()[i]);
      const float* in = from.data_ptr<float>() + i * pixels;
      if (warps(config)) {
        warp_image(in, spare.data(), size, drawn.affine, black.data());
        in = spare.data();
      }
      if (jitters(config)) {
        if (in != spare.data()) std::copy(in, in + pixels, spare.data());
        jitter_image(spare.data(), size, drawn.jitter, images.mean.data(), images.std.data());
        in = spare.data();
      }
      move_image(in, changed.data_ptr<float>() + i * pixels, size, drawn.move, black.data());
    }
  });
  batch.input = changed;
}

}  // namespace glassbox
