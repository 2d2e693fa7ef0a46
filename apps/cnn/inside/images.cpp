#include "apps/cnn/inside/images.h"

#include <torch/nn/functional/upsampling.h>

#include <algorithm>

#include "common/report/axes.h"
#include "common/report/encode.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;

constexpr PlotColor kMore{0xd55e00, 0xd55e00}, kLess{0x0072b2, 0x0072b2}, kPale{0xb8bcc2, 0xb8bcc2};
constexpr float kGap = 0.35F;  // the grey between the maps of a mosaic

Tensor colour(const PlotColor& c) {
  return torch::tensor({float(c.light >> 16 & 255), float(c.light >> 8 & 255), float(c.light & 255)}).view({3, 1, 1}) /
         255;
}

/// Images [K, 3, h, w] in rows of `per_row`, a gap of one pixel around each.
Tensor tiled(const Tensor& images, int64_t per_row) {
  const int64_t count = images.size(0), h = images.size(2), w = images.size(3);
  const int64_t columns = std::min(count, per_row), rows = (count + columns - 1) / columns;
  const Tensor sheet = torch::full({3, rows * (h + 1) + 1, columns * (w + 1) + 1}, kGap);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t top = i / columns * (h + 1) + 1, left = i % columns * (w + 1) + 1;
    sheet.slice(1, top, top + h).slice(2, left, left + w).copy_(images[i]);
  }
  return sheet;
}

}  // namespace

Tensor colours_of(const Tensor& sample, const DatasetInfo& info) {
  const auto per_channel = [](const std::vector<double>& v) {
    return torch::tensor(v, torch::kFloat32).view({-1, 1, 1});
  };
  const Tensor values = sample.detach().cpu().to(torch::kFloat32) * per_channel(info.std) + per_channel(info.mean);
  return values.clamp(0, 1).expand({3, -1, -1}).contiguous();
}

Tensor overlay(const Tensor& image, const Tensor& map) {
  namespace F = torch::nn::functional;
  const auto size = F::InterpolateFuncOptions()
                        .size(std::vector<int64_t>{image.size(1), image.size(2)})
                        .mode(torch::kBilinear)
                        .align_corners(false);
  const Tensor values = map.detach().cpu().to(torch::kFloat32).unsqueeze(0).unsqueeze(0);
  const Tensor fitted = F::interpolate(values, size)[0];  // [1, H, W]
  const Tensor strength = fitted / fitted.abs().max().clamp_min(1e-30);
  const Tensor grey = image.mean(0, /*keepdim=*/true).expand({3, -1, -1});
  const Tensor pale = 0.3 + 0.65 * grey;  // neither black nor white: both colours stay visible on it
  const Tensor paint = torch::where(strength > 0, colour(kMore), colour(kLess));
  const Tensor fraction = strength.abs() * 0.9;
  return pale * (1 - fraction) + paint * fraction;
}

Tensor mosaic(const Tensor& maps, int64_t per_row) {
  const Tensor values = maps.detach().cpu().to(torch::kFloat32);
  const Tensor low = values.amin({1, 2}, true), high = values.amax({1, 2}, true);
  const Tensor shown = (values - low) / (high - low).clamp_min(1e-12);  // [K, h, w]
  return tiled(shown.unsqueeze(1).expand({-1, 3, -1, -1}), per_row);
}

Tensor filter_colours(const Tensor& filter) {
  Tensor values = filter.detach().cpu().to(torch::kFloat32);
  if (values.size(0) != 1 && values.size(0) != 3) values = values.mean(0, /*keepdim=*/true);
  const Tensor largest = values.abs().max().clamp_min(1e-12);
  return (values / largest / 2 + 0.5).expand({3, -1, -1});
}

Tensor kernel_sheet(const Tensor& weight, int64_t most) {
  const Tensor some = weight.detach().slice(0, 0, most).slice(1, 0, most).cpu().to(torch::kFloat32);
  const Tensor shown = some / some.abs().max().clamp_min(1e-12) / 2 + 0.5;
  return tiled(shown.flatten(0, 1).unsqueeze(1).expand({-1, 3, -1, -1}), some.size(1));
}

std::string png_enlarged(const Tensor& colours, int64_t longer_side) {
  const int64_t factor = std::max<int64_t>(longer_side / std::max(colours.size(1), colours.size(2)), 1);
  const Tensor large = colours.repeat_interleave(factor, 1).repeat_interleave(factor, 2);
  const Tensor bytes =
      (large.clamp(0, 1) * 255).round().to(torch::kUInt8).permute({1, 2, 0}).contiguous();  // [H, W, 3]
  Raster raster{int(bytes.size(1)), int(bytes.size(0)), {}};
  raster.rgb.assign(bytes.data_ptr<uint8_t>(), bytes.data_ptr<uint8_t>() + bytes.numel());
  return encode_png(raster);
}

Figure overlay_legend() {
  return {430, 62, {"What the colours of the maps mean", "图中颜色的含义"}, [](Canvas& canvas) {
            constexpr int kSteps = 60;
            for (int i = 0; i < kSteps; ++i) {
              const double at = 2 * (i + 0.5) / kSteps - 1;  // -1 ... 1
              const PlotColor c = palette::mix(kPale, at > 0 ? kMore : kLess, std::abs(at) * 0.9);
              canvas.rectangle({15 + i * 400.0 / kSteps, 12, 400.0 / kSteps + 0.5, 14}, c);
            }
            const auto word = [&](double x, const Text& text, Anchor anchor) {
              canvas.text({x, 46}, text, {12, palette::kMuted, anchor, false, 0});
            };
            word(15, {"speaks against the class", "不支持该类别"}, Anchor::kStart);
            word(215, "0", Anchor::kMiddle);
            word(415, {"speaks for the class", "支持该类别"}, Anchor::kEnd);
          }};
}

}  // namespace glassbox::cnn
