#include "common/classify/open.h"

#include <algorithm>
#include <optional>

#include "common/base/error.h"
#include "common/classify/choose.h"
#include "common/classify/cifar.h"
#include "common/classify/class_names.h"
#include "common/classify/image_folder.h"
#include "common/classify/images.h"
#include "common/classify/statistics.h"
#include "common/classify/table.h"
#include "common/classify/toy.h"
#include "common/data/split.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

std::vector<int64_t> labels_of(const LabelledDataset& data) {
  const int64_t* first = data.targets().data_ptr<int64_t>();
  return {first, first + data.size()};
}

/// What the experiment asks for of the set.
LabelledDataset choose(LabelledDataset whole, const DataConfig& config) {
  if (!config.columns.empty() && config.name != "csv") whole = choose_columns(whole, config.columns);
  if (!config.keep_classes.empty()) whole = keep_classes(whole, config.keep_classes);
  if (!config.one_versus_rest.empty()) whole = one_versus_rest(whole, config.one_versus_rest);
  return whole;
}

/// A set as it was found: cut into parts by its authors, or not.
struct Found {
  LabelledDataset train;
  std::optional<LabelledDataset> val, test;
};

/// One of the two parts of a set whose authors cut it.
LabelledDataset read_official(const std::string& name, const std::vector<fs::path>& folders, bool train) {
  if (name == "cifar10" || name == "cifar100") return read_cifar(name, find_cifar(name, folders), train);
  return read_idx_images(name, find_file(name, "train-images-idx3-ubyte", folders).parent_path(), train);
}

LabelledDataset read_whole(const DataConfig& config, const std::vector<fs::path>& folders, uint64_t seed) {
  if (config.is_generated()) {
    return make_toy(config.name, config.samples, config.noise, config.classes, Rng(seed, "toy"));
  }
  if (config.name == "csv") {
    return read_csv_dataset(config.path, {config.separator, config.header, config.label}, config.columns);
  }
  if (config.name == "digits") return read_digit_sheet(find_file("digits", "digits.png", folders));
  if (config.name == "digits8x8") return read_digits8x8(find_file("digits8x8", "digits.csv", folders));
  return read_sklearn_table(config.name, find_file(config.name, config.name + ".csv", folders));
}

Found find_set(const DataConfig& config, const std::vector<fs::path>& folders, uint64_t seed) {
  if (config.name == "image_folder") {
    const ImageFolder folder = open_image_folder(config);
    return {folder.train, folder.val, folder.test};
  }
  if (!config.has_official_test()) return {read_whole(config, folders, seed), {}, {}};
  return {
      read_official(config.name, folders, /*train=*/true), {}, read_official(config.name, folders, /*train=*/false)};
}

/// Parts that the set does not have are cut from its training part.
Split split_of(const DataConfig& config, const Found& found, uint64_t seed) {
  const Rng rng(seed, "split");
  const std::vector<int64_t> labels = labels_of(found.train);
  if (config.folds > 0) return stratified_fold(labels, config.folds, config.fold, config.val_share, rng);
  return stratified_split(labels, found.val ? 0 : config.val_share, found.test ? 0 : config.test_share, rng);
}

/// Of the training samples, which are at `indices` of `data`.
Statistics statistics_of(const LabelledDataset& data, const std::vector<int64_t>& indices) {
  if (!data.info().is_image()) return column_statistics(data, indices);
  if (data.info().name != "image_folder") return pixel_statistics(data, indices);
  // Pixels of a few thousand images are as good as all of them, where each must be decoded.
  constexpr size_t kMost = 2000, kMostBytes = 200'000'000;
  const size_t fitting = std::max<size_t>(kMostBytes / size_t(data.info().features()), 1);
  const size_t count = std::min({indices.size(), kMost, fitting});
  std::vector<int64_t> chosen;
  for (size_t i = 0; i < count; ++i) chosen.push_back(indices[i * indices.size() / count]);
  return pixel_statistics(data, chosen);
}

void require_parts(const DataConfig& config, const Found& found, const Split& split) {
  std::string empty, remedy;
  const auto note = [&](const char* part, const char* help) {
    empty += (empty.empty() ? "none for " : " and none for ") + std::string(part);
    remedy += (remedy.empty() ? "" : ", ") + std::string(help);
  };
  if (split.train.empty())
    note("training", found.test ? "lower data.val_share" : "lower data.val_share or data.test_share");
  if (split.val.empty() && !found.val) note("validation", "raise data.val_share");
  if (split.test.empty() && !found.test) note("the test", "raise data.test_share");
  require(empty.empty(), "data: want at least one sample in each part, got ", empty, " (", split.train.size(),
          " for training, ", split.val.size(), " for validation, ", split.test.size(), " for the test of ", config.name,
          "); ", remedy, ", or take a larger set");
}

/// What the reader found, and classes that the training part at `indices` does not have.
std::vector<std::string> warnings_of(const LabelledDataset& data, const std::vector<int64_t>& indices) {
  const std::vector<int64_t> labels = labels_of(data);
  std::vector<int64_t> counts(data.info().classes.size());
  for (const int64_t index : indices) ++counts[size_t(labels[size_t(index)])];
  std::vector<std::string> warnings = data.info().warnings;
  const std::string untrained = warn_of_untrained(data.info().classes, counts);
  if (!untrained.empty()) warnings.push_back(untrained);
  return warnings;
}

}  // namespace

DataSplits open_data(const DataConfig& config, const std::vector<fs::path>& folders, uint64_t seed) {
  Found found = find_set(config, folders, seed);
  found.train = choose(std::move(found.train), config);
  for (auto* part : {&found.val, &found.test}) {
    if (*part) **part = choose(std::move(**part), config);
  }
  const Split split = split_of(config, found, seed);
  require_parts(config, found, split);
  const Statistics statistics = statistics_of(found.train, split.train);
  const auto part = [&](const std::optional<LabelledDataset>& own, const std::vector<int64_t>& indices) {
    return (own ? *own : found.train.subset(indices)).normalised_by(statistics.mean, statistics.std);
  };
  LabelledDataset train = part({}, split.train);
  if (config.label_noise > 0) train = with_wrong_labels(train, config.label_noise, Rng(seed, "label_noise"));
  return {std::make_shared<LabelledDataset>(train), std::make_shared<LabelledDataset>(part(found.val, split.val)),
          std::make_shared<LabelledDataset>(part(found.test, split.test)), warnings_of(found.train, split.train)};
}

std::shared_ptr<const LabelledDataset> first_samples(const std::shared_ptr<const LabelledDataset>& whole,
                                                     int64_t count) {
  return std::make_shared<LabelledDataset>(whole->subset(some_indices(whole->size(), count)));
}

DataSplits shortened(const DataSplits& data, int64_t samples) {
  return {first_samples(data.train, samples), first_samples(data.val, samples), first_samples(data.test, samples),
          data.warnings};
}

DataSplits for_overfitting(const DataSplits& data, int64_t samples) {
  const auto few = first_samples(data.train, samples);
  return {few, few, data.test, data.warnings};
}

}  // namespace glassbox
