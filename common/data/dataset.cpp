#include "common/data/dataset.h"

#include <algorithm>
#include <numeric>

#include "common/base/random.h"

namespace glassbox {

std::vector<int64_t> some_indices(int64_t size, int64_t count) {
  std::vector<int64_t> indices(static_cast<size_t>(size));
  std::iota(indices.begin(), indices.end(), 0);
  Rng(0, "first_samples").shuffle(indices);
  indices.resize(size_t(std::min(count, size)));
  return indices;
}

}  // namespace glassbox
