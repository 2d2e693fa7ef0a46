/// Mean and standard deviation of the training part, by which all parts are normalised.
#pragma once

#include <torch/types.h>

#include <vector>

namespace glassbox {

/// As many means as stds.
struct Statistics {
  std::vector<float> mean, std;
};

/// images: uint8 [N, C, H, W], pixels from 0 to pixel_max. One mean and std a channel, of value / pixel_max, over the
/// images at `places`. Exact: the bytes are counted.
Statistics pixel_statistics(const torch::Tensor& images, const std::vector<int64_t>& places, int64_t pixel_max);

/// table: float32 or float64 [N, F]. One mean and std a column, over the rows at `places`.
Statistics column_statistics(const torch::Tensor& table, const std::vector<int64_t>& places);

}  // namespace glassbox
