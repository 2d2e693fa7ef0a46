/// The samples and labels of a data set as plain tensors.
#pragma once

#include <cstdint>
#include <vector>

#include "common/classify/labelled.h"
#include "tests/common/tensors.h"

namespace glassbox {

/// As they are stored, all of them.
inline torch::Tensor inputs_of(const LabelledDataset& data) { return data.raw(torch::arange(data.size())); }

/// How many samples each class has.
inline std::vector<int64_t> class_counts(const LabelledDataset& data) { return ints(torch::bincount(data.targets())); }

}  // namespace glassbox
