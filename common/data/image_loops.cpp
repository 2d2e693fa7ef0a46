#include "common/data/image_loops.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace glassbox {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// The place that the mirrored image shows at `i`: -1 is 1, size is size - 2.
int64_t reflected(int64_t i, int64_t size) {
  if (i < 0) return -i;
  return i < size ? i : 2 * (size - 1) - i;
}

/// One row of width `width` out of a row `from`, shifted and perhaps flipped.
void move_row(const float* from, float* to, int64_t width, const Move& move, float black) {
  const int64_t begin = std::clamp<int64_t>(-move.right, 0, width);  // x + right is inside for x in [begin, end)
  const int64_t end = std::clamp<int64_t>(width - move.right, begin, width);
  const auto outside = [&](int64_t x) { return move.reflect ? from[reflected(x + move.right, width)] : black; };
  if (!move.flip) {
    for (int64_t x = 0; x < begin; ++x) to[x] = outside(x);
    std::memcpy(to + begin, from + begin + move.right, size_t(end - begin) * sizeof(float));
    for (int64_t x = end; x < width; ++x) to[x] = outside(x);
  } else {
    for (int64_t x = 0; x < begin; ++x) to[width - 1 - x] = outside(x);
    const float* inside = from + begin + move.right;
    float* last = to + width - 1 - begin;
    for (int64_t x = 0; x < end - begin; ++x) last[-x] = inside[x];
    for (int64_t x = end; x < width; ++x) to[width - 1 - x] = outside(x);
  }
}

/// The grey value of pixel j, as torchvision weighs red, green and blue (ITU-R BT.601).
float grey(const float* image, int64_t plane, int64_t j) {
  return 0.2989f * image[j] + 0.587f * image[plane + j] + 0.114f * image[2 * plane + j];
}

float clamp01(float value) { return std::min(1.0f, std::max(0.0f, value)); }

}  // namespace

void move_image(const float* in, float* out, const ImageSize& size, const Move& move, const float* black) {
  const auto [channels, height, width] = size;
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t y = 0; y < height; ++y) {
      int64_t from = y + move.down;
      if (move.reflect) from = reflected(from, height);
      float* to = out + (c * height + y) * width;
      if (from >= 0 && from < height) {
        move_row(in + (c * height + from) * width, to, width, move, black[c]);
      } else {
        std::fill(to, to + width, black[c]);
      }
      if (y >= move.hole_top && y < move.hole_bottom) std::fill(to + move.hole_left, to + move.hole_right, 0.0f);
    }
  }
}

Affine affine_about_centre(const ImageSize& size, double degrees, double scale, double shear_degrees, double right,
                           double down) {
  const double angle = degrees * kPi / 180, shear = std::tan(shear_degrees * kPi / 180);
  const double centre_x = double(size.width - 1) / 2, centre_y = double(size.height - 1) / 2;
  // The inverse, for out asks where it comes from: shift back, turn back (y points down), shrink, shear back.
  const double cosine = std::cos(angle) / scale, sine = std::sin(angle) / scale;
  Affine map;
  map.d = sine;
  map.e = cosine;
  map.a = cosine - shear * map.d;
  map.b = -sine - shear * map.e;
  const double x = -centre_x - right, y = -centre_y - down;
  map.c = centre_x + map.a * x + map.b * y;
  map.f = centre_y + map.d * x + map.e * y;
  return map;
}

void warp_image(const float* in, float* out, const ImageSize& size, const Affine& map, const float* black) {
  const int64_t channels = size.channels, height = size.height, width = size.width, plane = height * width;
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      const double from_x = map.a * double(x) + map.b * double(y) + map.c;
      const double from_y = map.d * double(x) + map.e * double(y) + map.f;
      // Far outside all is black; and a whole number must fit what a float far away would not.
      const double near_x = std::clamp(from_x, -1.0, double(width)), near_y = std::clamp(from_y, -1.0, double(height));
      const int64_t left = int64_t(std::floor(near_x)), top = int64_t(std::floor(near_y));
      const float right_fraction = float(near_x - double(left)), low_fraction = float(near_y - double(top));
      for (int64_t c = 0; c < channels; ++c) {
        const float* own = in + c * plane;
        const auto at = [&](int64_t row, int64_t column) {
          const bool inside = row >= 0 && row < height && column >= 0 && column < width;
          return inside ? own[row * width + column] : black[c];
        };
        const float high = at(top, left) + right_fraction * (at(top, left + 1) - at(top, left));
        const float low = at(top + 1, left) + right_fraction * (at(top + 1, left + 1) - at(top + 1, left));
        out[c * plane + y * width + x] = high + low_fraction * (low - high);
      }
    }
  }
}

void jitter_image(float* image, const ImageSize& size, const Jitter& jitter, const float* mean, const float* std) {
  const int64_t plane = size.height * size.width;
  const bool colour = size.channels == 3;
  for (int64_t c = 0; c < size.channels; ++c) {
    float* own = image + c * plane;
    for (int64_t j = 0; j < plane; ++j) own[j] = clamp01((own[j] * std[c] + mean[c]) * jitter.brightness);
  }
  double sum = 0;
  for (int64_t j = 0; j < plane; ++j) sum += double(colour ? grey(image, plane, j) : image[j]);
  const float rest = (1 - jitter.contrast) * float(sum / double(plane));
  for (int64_t j = 0; j < size.channels * plane; ++j) image[j] = clamp01(jitter.contrast * image[j] + rest);
  for (int64_t j = 0; colour && j < plane; ++j) {
    const float own_grey = (1 - jitter.saturation) * grey(image, plane, j);
    for (int64_t c = 0; c < 3; ++c) image[c * plane + j] = clamp01(jitter.saturation * image[c * plane + j] + own_grey);
  }
  for (int64_t c = 0; c < size.channels; ++c) {
    float* own = image + c * plane;
    const float scale = 1 / std[c], shift = -mean[c] / std[c];
    for (int64_t j = 0; j < plane; ++j) own[j] = own[j] * scale + shift;
  }
}

}  // namespace glassbox
