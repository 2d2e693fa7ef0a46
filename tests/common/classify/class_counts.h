/// How many samples each class has.
#pragma once

#include <cstdint>
#include <vector>

#include "common/data/dataset.h"
#include "tests/common/tensors.h"

namespace glassbox {

inline std::vector<int64_t> class_counts(const MemoryDataset& data) { return ints(torch::bincount(data.targets())); }

}  // namespace glassbox
