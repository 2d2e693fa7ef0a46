/// Mean and standard deviation of the training part, by which all parts are normalised.
#pragma once

#include <vector>

#include "common/classify/labelled.h"

namespace glassbox {

/// As many means as stds.
struct Statistics {
  std::vector<double> mean, std;
};

/// One mean and std a channel, of value / pixel_max, over the images at `indices`. Exact: the bytes are counted.
Statistics pixel_statistics(const LabelledDataset& images, const std::vector<int64_t>& indices);

/// One mean and std a column of a table, over the rows at `indices`.
Statistics column_statistics(const LabelledDataset& table, const std::vector<int64_t>& indices);

}  // namespace glassbox
