/// From a name in an experiment to training, validation and test data.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/classify/data_config.h"
#include "common/classify/labelled.h"
#include "common/data/find.h"

namespace glassbox {

/// Three parts that share no sample. `test` of mnist, fashion_mnist, cifar10 and cifar100 is the official one
/// and never cut.
struct DataSplits {
  std::shared_ptr<const LabelledDataset> train, val, test;
  std::vector<std::string> warnings = {};  ///< what looks like a mistake in the data, each a sentence
  const DatasetInfo& info() const { return train->info(); }
};

/// Finds the set in `folders` (in order; see data_folders), cuts it as a function of `seed` and normalises all parts
/// with the mean and standard deviation of the training part. A set that is in no folder: UserError with the command
/// that fetches it.
DataSplits open_data(const DataConfig& config, const std::vector<std::filesystem::path>& folders, uint64_t seed);

/// The first `count` samples of a fixed random order, or all if there are fewer.
std::shared_ptr<const LabelledDataset> first_samples(const std::shared_ptr<const LabelledDataset>& whole,
                                                     int64_t count);

/// At most `samples` of each part, of a fixed random order: for a dry run.
DataSplits shortened(const DataSplits& data, int64_t samples);

/// At most `samples` training samples both to learn from and to validate: for learning them by heart.
DataSplits for_overfitting(const DataSplits& data, int64_t samples);

}  // namespace glassbox
