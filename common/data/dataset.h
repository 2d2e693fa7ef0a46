/// A data set answers its size, where it comes from, and a batch for given indices.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/data/batch.h"

namespace glassbox {

/// Where samples come from: what a run's records say of them.
struct DataSource {
  std::string name;  ///< "mnist"
  std::string source, licence;
  /// To be said beside every figure, such as that the pixels are not the official ones; mostly empty.
  std::string note;
  std::vector<std::filesystem::path> files;  ///< read from; empty for generated data and folders of images
  std::string fingerprint;                   ///< of a folder: of its files' names and lengths; else empty
};

class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual int64_t size() const = 0;
  virtual const DataSource& source() const = 0;
  /// The samples at `indices`, int64 [N], each in 0 .. size()-1. May be called from several threads.
  virtual Batch batch(const torch::Tensor& indices) const = 0;
};

/// The first `count` of 0 .. size-1 in a fixed random order, or all if there are fewer: a short data set for a trial.
std::vector<int64_t> some_indices(int64_t size, int64_t count);

}  // namespace glassbox
