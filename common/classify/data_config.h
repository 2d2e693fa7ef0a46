/// The "data" section of an experiment.
#pragma once

#include <string>
#include <vector>

#include "common/base/config.h"

namespace glassbox {

/// The "data" section of an experiment.
struct DataConfig {
  std::string name;
  std::string path;                       ///< csv and image_folder only
  std::string label = "-1";               ///< csv only, as the next two
  std::string header = "auto";            ///< the first line: yes = names of the columns, no = a sample
  std::string separator = "auto";         ///< comma, semicolon, tab
  int64_t samples = 1000;                 ///< generated sets only
  double noise = 0.1;                     ///< generated sets only
  int64_t classes = 2;                    ///< spirals and blobs only
  std::vector<std::string> columns;       ///< tables only; none = all
  std::vector<std::string> keep_classes;  ///< none = all
  std::string one_versus_rest;            ///< a class, to be told from all others; empty = all classes
  double label_noise = 0;                 ///< fraction of wrong labels, in the training part alone
  double val_share = 0.1;
  double test_share = 0.1;          ///< sets without an official test part
  int64_t folds = 0, fold = 1;      ///< cross-validation; 0 = no folds
  int64_t image_size = 64;          ///< image_folder only, as the next three: the side in pixels
  int64_t channels = 3;             ///< 3 red, green, blue; 1 grey
  std::string on_corrupt = "skip";  ///< or "fail"
  bool cache = true;                ///< keep the pixels in memory, if they fit
  int64_t batch_size = 128;
  int64_t workers = 0;  ///< threads that prepare batches; 0 = the training thread does

  void read(ConfigReader json);
  /// Fields that differ from their defaults although the set `name` does not read them, each a sentence.
  std::vector<std::string> ignored_fields() const;
  bool is_generated() const;       ///< and, or, xor, moons, circles, spirals, blobs
  bool has_official_test() const;  ///< mnist, fashion_mnist, cifar10, cifar100
};

}  // namespace glassbox
