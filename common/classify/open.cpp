#include "common/classify/open.h"

#include <algorithm>
#include <numeric>

#include "common/base/error.h"
#include "common/classify/choose.h"
#include "common/classify/cifar.h"
#include "common/classify/class_names.h"
#include "common/classify/image_folder.h"
#include "common/classify/images.h"
#include "common/classify/table.h"
#include "common/classify/toy.h"
#include "common/data/split.h"
#include "common/data/statistics.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

std::vector<int64_t> labels_of(const LabelledDataset& data) {
  const int64_t* first = data.targets().data_ptr<int64_t>();
  return {first, first + data.size()};
}

/// The part of the set that the experiment asks for.
MemoryDataset choose(MemoryDataset whole, const DataConfig& config) {
  if (!config.columns.empty() && config.name != "csv") whole = choose_columns(whole, config.columns);
  if (!config.keep_classes.empty()) whole = keep_classes(whole, config.keep_classes);
  if (!config.one_versus_rest.empty()) whole = one_versus_rest(whole, config.one_versus_rest);
  return whole;
}

Split split_whole(const DataConfig& config, const MemoryDataset& whole, uint64_t seed) {
  const Rng rng(seed, "split");
  return config.folds == 0 ? stratified_split(labels_of(whole), config.val_share, config.test_share, rng)
                           : stratified_fold(labels_of(whole), config.folds, config.fold, config.val_share, rng);
}

std::shared_ptr<const Dataset> training_part(const DataConfig& config, std::shared_ptr<const Dataset> whole,
                                             const Split& split, uint64_t seed) {
  auto part = std::make_shared<Subset>(std::move(whole), split.train);
  if (config.label_noise == 0) return part;
  return with_wrong_labels(std::move(part), config.label_noise, Rng(seed, "label_noise"));
}

MemoryDataset read_whole(const DataConfig& config, const std::vector<fs::path>& folders, uint64_t seed) {
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

/// Pixels of a few thousand images are as good as all of them, where each must be decoded.
Statistics file_statistics(const LabelledDataset& data, const std::vector<int64_t>& places) {
  constexpr size_t kMost = 2000, kMostBytes = 200'000'000;
  std::vector<int64_t> chosen;
  const size_t fitting = std::max<size_t>(kMostBytes / size_t(data.info().features()), 1);
  const size_t count = std::min({places.size(), kMost, fitting});
  for (size_t i = 0; i < count; ++i) chosen.push_back(places[i * places.size() / count]);
  std::vector<int64_t> all(count);
  std::iota(all.begin(), all.end(), 0);
  return pixel_statistics(data.raw(torch::tensor(chosen, torch::kInt64)), all, data.info().pixel_max);
}

/// By the training samples, which are at `places` of `data`; `others` are normalised with the same numbers.
void normalise_by(const std::vector<int64_t>& places, LabelledDataset& data,
                  const std::vector<std::shared_ptr<LabelledDataset>>& others = {}) {
  const DatasetInfo& info = data.info();
  const auto* memory = dynamic_cast<const MemoryDataset*>(&data);
  const bool is_folder = info.name == "image_folder";  // alike whether it fits in memory or not
  const Statistics found = is_folder || !memory ? file_statistics(data, places)
                           : info.is_image()    ? pixel_statistics(memory->inputs(), places, info.pixel_max)
                                                : column_statistics(memory->inputs(), places);
  data.set_normalisation(found.mean, found.std);
  for (const auto& other : others) {
    if (other) other->set_normalisation(found.mean, found.std);
  }
}

void require_parts(const DataConfig& config, const Split& split, bool own_test) {
  std::string empty, remedy;
  const auto note = [&](const char* part, const char* help) {
    empty += (empty.empty() ? "none for " : " and none for ") + std::string(part);
    remedy += (remedy.empty() ? "" : ", ") + std::string(help);
  };
  if (split.train.empty())
    note("training", own_test ? "lower data.val_share" : "lower data.val_share or data.test_share");
  if (split.val.empty()) note("validation", "raise data.val_share");
  if (split.test.empty() && !own_test) note("the test", "raise data.test_share");
  require(empty.empty(), "data: want at least one sample in each part, got ", empty, " (", split.train.size(),
          " for training, ", split.val.size(), " for validation, ", split.test.size(), " for the test of ", config.name,
          "); ", remedy, ", or take a larger set");
}

/// What the reader found, and classes that the training part at `places` does not have.
std::vector<std::string> warnings_of(const LabelledDataset& data, const std::vector<int64_t>& places) {
  const std::vector<int64_t> labels = labels_of(data);
  std::vector<int64_t> counts(data.info().classes.size());
  for (const int64_t place : places) ++counts[size_t(labels[size_t(place)])];
  std::vector<std::string> warnings = data.info().warnings;
  const std::string untrained = warn_of_untrained(data.info().classes, counts);
  if (!untrained.empty()) warnings.push_back(untrained);
  return warnings;
}

/// One of the two parts of a set whose authors cut it.
MemoryDataset read_official(const std::string& name, const std::vector<fs::path>& folders, bool train) {
  if (name == "cifar10" || name == "cifar100") return read_cifar(name, find_cifar(name, folders), train);
  return read_idx_images(name, find_file(name, "train-images-idx3-ubyte", folders).parent_path(), train);
}

/// The test part is the official one; validation is cut from the training part.
DataSplits open_official(const DataConfig& config, const std::vector<fs::path>& folders, uint64_t seed) {
  auto train = std::make_shared<MemoryDataset>(choose(read_official(config.name, folders, /*train=*/true), config));
  auto test = std::make_shared<MemoryDataset>(choose(read_official(config.name, folders, /*train=*/false), config));
  const Split split = stratified_split(labels_of(*train), config.val_share, 0, Rng(seed, "split"));
  require_parts(config, split, /*own_test=*/true);
  normalise_by(split.train, *train, {test});
  return {training_part(config, train, split, seed), std::make_shared<Subset>(train, split.val), test,
          warnings_of(*train, split.train)};
}

/// The part of an image folder that the experiment asks for; null stays null.
std::shared_ptr<LabelledDataset> choose_images(const std::shared_ptr<LabelledDataset>& part, const DataConfig& config) {
  require(config.columns.empty(), "data.columns: want a table, got the images of image_folder");
  const bool all = config.keep_classes.empty() && config.one_versus_rest.empty() && config.label_noise == 0;
  if (!part || all) return part;
  const auto* memory = dynamic_cast<const MemoryDataset*>(part.get());
  require(memory != nullptr,
          "data: want keep_classes, one_versus_rest and label_noise only for an image folder that fits in memory "
          "(\"cache\": true, less than 1 GB of pixels); lower data.image_size");
  return std::make_shared<MemoryDataset>(choose(*memory, config));
}

/// Parts that the folder does not have are cut from its training part.
DataSplits open_folder(const DataConfig& config, uint64_t seed) {
  const ImageFolder folder = open_image_folder(config);
  const auto train = choose_images(folder.train, config);
  const auto val = choose_images(folder.val, config), test = choose_images(folder.test, config);
  const Split split =
      stratified_split(labels_of(*train), val ? 0 : config.val_share, test ? 0 : config.test_share, Rng(seed, "split"));
  Split needed = split;
  if (val) needed.val = {0};  // there is one
  require_parts(config, needed, /*own_test=*/test != nullptr);
  normalise_by(split.train, *train, {val, test});
  const auto cut = [&](const std::shared_ptr<LabelledDataset>& own, const std::vector<int64_t>& places) {
    return own ? std::shared_ptr<const Dataset>(own) : std::make_shared<Subset>(train, places);
  };
  return {training_part(config, train, split, seed), cut(val, split.val), cut(test, split.test),
          warnings_of(*train, split.train)};
}

}  // namespace

DataSplits open_data(const DataConfig& config, const std::vector<fs::path>& folders, uint64_t seed) {
  if (config.name == "image_folder") return open_folder(config, seed);
  if (config.has_official_test()) return open_official(config, folders, seed);
  auto whole = std::make_shared<MemoryDataset>(choose(read_whole(config, folders, seed), config));
  const Split split = split_whole(config, *whole, seed);
  require_parts(config, split, /*own_test=*/false);
  normalise_by(split.train, *whole);
  return {training_part(config, whole, split, seed), std::make_shared<Subset>(whole, split.val),
          std::make_shared<Subset>(whole, split.test), warnings_of(*whole, split.train)};
}

std::shared_ptr<const Dataset> first_samples(std::shared_ptr<const Dataset> whole, int64_t count) {
  std::vector<int64_t> places(size_t(whole->size()));
  std::iota(places.begin(), places.end(), 0);
  Rng(0, "first_samples").shuffle(places);
  places.resize(size_t(std::min(count, whole->size())));
  return std::make_shared<Subset>(std::move(whole), std::move(places));
}

}  // namespace glassbox
