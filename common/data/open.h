/// From a name in an experiment to training, validation and test data.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/data/dataset.h"

namespace glassbox {

/// The "data" section of an experiment.
struct DataConfig {
  std::string name;
  std::string path;                       ///< csv only
  std::string label = "-1";               ///< csv only
  int64_t samples = 1000;                 ///< generated sets only
  double noise = 0.1;                     ///< generated sets only
  int64_t classes = 2;                    ///< spirals and blobs only
  std::vector<std::string> columns;       ///< tables only; none = all
  std::vector<std::string> keep_classes;  ///< none = all
  std::string one_versus_rest;            ///< a class, to be told from all others; empty = all classes
  double label_noise = 0;                 ///< share of wrong labels, in the training part alone
  double val_share = 0.1;
  double test_share = 0.1;      ///< sets without an official test part
  int64_t folds = 0, fold = 1;  ///< cross-validation; 0 = no folds
  int64_t batch_size = 128;
  int64_t workers = 0;  ///< threads that prepare batches; 0 = the training thread does

  void read(ConfigReader json);
};

/// Three parts that share no sample. `test` of mnist, fashion_mnist, cifar10 and cifar100 is the official one
/// and never cut.
struct DataSplits {
  std::shared_ptr<const Dataset> train, val, test;
  const DatasetInfo& info() const { return train->info(); }
};

/// Finds the set in `folders` (in order; see data_folders), cuts it as a function of `seed` and normalises all parts
/// with the mean and standard deviation of the training part. A set that is in no folder: UserError with the command
/// that fetches it.
DataSplits open_data(const DataConfig& config, const std::vector<std::filesystem::path>& folders, uint64_t seed);

/// Where data sets are looked for: `given` (--data; if not empty, only there), else $GLASSBOX_DATA (folders separated
/// by ":") and then data/ here and beside the program's build folder.
std::vector<std::filesystem::path> data_folders(const std::filesystem::path& given);

/// A part of `whole` with its first `count` samples of a fixed random order, or all if there are fewer.
std::shared_ptr<const Dataset> first_samples(std::shared_ptr<const Dataset> whole, int64_t count);

}  // namespace glassbox
