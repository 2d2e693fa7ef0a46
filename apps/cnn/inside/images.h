/// Tensors as small images: feature maps side by side, filters, and maps laid over an image. Colours of an image
/// are float32 [3, H, W] from 0 to 1.
#pragma once

#include <torch/types.h>

#include <string>

#include "common/classify/labelled.h"
#include "common/report/plot.h"

namespace glassbox::cnn {

/// A sample [1 or 3, H, W], normalised as `info` says, in its colours.
torch::Tensor colours_of(const torch::Tensor& sample, const DatasetInfo& info);

/// A map [h, w] of any size over an image: where it is 0 the image shows, paled; orange is the largest |value|,
/// blue the same below 0. Returns [3, H, W].
torch::Tensor overlay(const torch::Tensor& image, const torch::Tensor& map);

/// Maps [K, h, w] side by side, each from its lowest value (black) to its highest (white), and a gap between. A map
/// whose values are all the same is dark. Returns [3, rows, columns].
torch::Tensor mosaic(const torch::Tensor& maps, int64_t per_row);

/// A filter [C, h, w], 0 in the middle grey: of 1 and 3 channels in its own colours, of others the mean over the
/// channels. Returns [3, h, w].
torch::Tensor filter_colours(const torch::Tensor& filter);

/// The kernels of a convolution [O, C, h, w]: a row an output channel, a column an input channel, at most `most` of
/// each. 0 is the middle grey, and all have one scale. Returns [3, rows, columns].
torch::Tensor kernel_sheet(const torch::Tensor& weight, int64_t most);

/// A PNG file's bytes: every pixel becomes a square, as large as the longer side allows, at least one pixel.
std::string png_enlarged(const torch::Tensor& colours, int64_t longer_side);

/// What the colours of overlay() mean.
Figure overlay_legend();

}  // namespace glassbox::cnn
