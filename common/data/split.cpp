#include "common/data/split.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace glassbox {

Split stratified_split(const std::vector<int64_t>& labels, double val_share, double test_share, Rng rng) {
  std::map<int64_t, std::vector<int64_t>> places_of;
  for (size_t i = 0; i < labels.size(); ++i) places_of[labels[i]].push_back(int64_t(i));

  Split split;
  for (auto& [label, places] : places_of) {
    rng.shuffle(places);
    const auto count = double(places.size());
    const auto test_end = places.begin() + std::llround(count * test_share);
    const auto val_end = places.begin() + std::llround(count * (test_share + val_share));
    split.test.insert(split.test.end(), places.begin(), test_end);
    split.val.insert(split.val.end(), test_end, val_end);
    split.train.insert(split.train.end(), val_end, places.end());
  }
  for (auto* part : {&split.train, &split.val, &split.test}) std::sort(part->begin(), part->end());
  return split;
}

}  // namespace glassbox
