#include "common/data/split.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace glassbox {
namespace {

std::map<int64_t, std::vector<int64_t>> indices_by_label(const std::vector<int64_t>& labels) {
  std::map<int64_t, std::vector<int64_t>> indices_of;
  for (size_t i = 0; i < labels.size(); ++i) indices_of[labels[i]].push_back(int64_t(i));
  return indices_of;
}

void sort_parts(Split& split) {
  for (auto* part : {&split.train, &split.val, &split.test}) std::sort(part->begin(), part->end());
}

}  // namespace

Split stratified_split(const std::vector<int64_t>& labels, double val_share, double test_share, Rng rng) {
  Split split;
  for (auto [label, indices] : indices_by_label(labels)) {
    rng.shuffle(indices);
    const auto count = double(indices.size());
    const auto test_end = indices.begin() + std::llround(count * test_share);
    const auto val_end = indices.begin() + std::llround(count * (test_share + val_share));
    split.test.insert(split.test.end(), indices.begin(), test_end);
    split.val.insert(split.val.end(), test_end, val_end);
    split.train.insert(split.train.end(), val_end, indices.end());
  }
  sort_parts(split);
  return split;
}

Split stratified_fold(const std::vector<int64_t>& labels, int64_t folds, int64_t fold, double val_share, Rng rng) {
  Split split;
  size_t dealt = 0;  // goes on from class to class, so that the folds' sizes differ by one at most
  for (auto [label, indices] : indices_by_label(labels)) {
    rng.shuffle(indices);
    std::vector<int64_t> rest;
    for (int64_t index : indices) {
      const bool tests = int64_t(dealt++ % size_t(folds)) == fold - 1;
      (tests ? split.test : rest).push_back(index);
    }
    const auto val_end = rest.begin() + std::llround(double(rest.size()) * val_share);
    split.val.insert(split.val.end(), rest.begin(), val_end);
    split.train.insert(split.train.end(), val_end, rest.end());
  }
  sort_parts(split);
  return split;
}

}  // namespace glassbox
