/// Cuts a data set into training, validation and test parts.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/random.h"

namespace glassbox {

/// Places in a data set. The parts are disjoint and cover everything.
struct Split {
  std::vector<int64_t> train, val, test;
};

/// Shuffles each class with `rng` and cuts it, so that every part has the classes in the same fractions (to one
/// sample). labels: the class of each sample. The fractions are in [0, 1) and their sum below 1.
Split stratified_split(const std::vector<int64_t>& labels, double val_share, double test_share, Rng rng);

/// Cross-validation: the test part is the `fold`-th (from 1) of `folds` >= 2 equal parts of each class; of the rest
/// val_share validates. The same rng gives the same parts, whatever the fold.
Split stratified_fold(const std::vector<int64_t>& labels, int64_t folds, int64_t fold, double val_share, Rng rng);

}  // namespace glassbox
