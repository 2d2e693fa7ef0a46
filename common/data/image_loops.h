/// The loops of augmentation over the pixels of one image, float32 [C, H, W]. No LibTorch inside, full optimisation.
#pragma once

#include <cstdint>

namespace glassbox {

struct ImageSize {
  int64_t channels, height, width;
};

/// Where a cropped, flipped image with a hole comes from: out(y, x) = in(y + down, x + right), where x counts from the
/// right if flipped. Pixels y in [hole_top, hole_bottom), x in [hole_left, hole_right) become 0.
struct Move {
  int64_t down = 0, right = 0;
  bool flip = false;
  bool reflect = false;  ///< what lies outside is the image mirrored at its edge pixel (at most its side - 1 away)
  int64_t hole_top = 0, hole_bottom = 0, hole_left = 0, hole_right = 0;
};

/// One pass over memory. What lies outside of `in` is `black`, one value a channel, unless move.reflect.
void move_image(const float* in, float* out, const ImageSize& size, const Move& move, const float* black);

/// out(y, x) = in at (a x + b y + c, d x + e y + f) = (x', y'), between pixels bilinear, outside black.
struct Affine {
  double a = 1, b = 0, c = 0, d = 0, e = 1, f = 0;
};

/// The map that turns an image about its centre by `degrees` (counter-clockwise), enlarges it by `scale`, shears its
/// rows by `shear_degrees` and shifts it by (right, down) pixels; in that order: shear, scale, turn, shift.
Affine affine_about_centre(const ImageSize& size, double degrees, double scale, double shear_degrees, double right,
                           double down);

void warp_image(const float* in, float* out, const ImageSize& size, const Affine& map, const float* black);

/// Colour jitter as torchvision defines it, in place, on values that are pixel / maximum * std + mean, so on [0, 1],
/// clamped after each step: times `brightness`; mixed with the grey mean of the image by `contrast`; mixed with each
/// pixel's own grey by `saturation`. Factors of 1 change nothing.
struct Jitter {
  float brightness = 1, contrast = 1, saturation = 1;
};
void jitter_image(float* image, const ImageSize& size, const Jitter& jitter, const float* mean, const float* std);

}  // namespace glassbox
