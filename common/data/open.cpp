#include "common/data/open.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <sstream>

#include "common/base/error.h"
#include "common/data/choose.h"
#include "common/data/cifar.h"
#include "common/data/files.h"
#include "common/data/images.h"
#include "common/data/split.h"
#include "common/data/statistics.h"
#include "common/data/table.h"
#include "common/data/toy.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string> kToys = {"and", "or", "xor", "moons", "circles", "spirals", "blobs"};
const std::vector<std::string> kOfficial = {"mnist", "fashion_mnist", "cifar10", "cifar100"};  // have a test part
const std::vector<std::string> kTables = {"iris", "wine", "breast_cancer"};

bool is_in(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> all_names() {
  std::vector<std::string> names = {"digits", "digits8x8", "csv", "truth_table"};
  names.insert(names.end(), kOfficial.begin(), kOfficial.end());
  names.insert(names.end(), kTables.begin(), kTables.end());
  names.insert(names.end(), kToys.begin(), kToys.end());
  return names;
}

/// The first of `files` (paths inside a data folder) that is in one of `folders`.
fs::path find_one_of(const std::string& name, const std::vector<fs::path>& files,
                     const std::vector<fs::path>& folders) {
  std::string looked;
  for (const fs::path& folder : folders) {
    for (const fs::path& file : files) {
      if (is_there(folder / file)) return folder / file;
    }
    looked += (looked.empty() ? "" : ", ") + (folder / name).string();
  }
  fail("data set ", name, ": not found in ", looked, "; fetch it with: scripts/data.sh ", name);
}

/// The first folder that has `name`'s own folder (Fashion-MNIST's is also known as fashion-mnist) with `file` in it.
fs::path find_file(const std::string& name, const std::string& file, const std::vector<fs::path>& folders) {
  std::string dashed = name;
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  std::vector<fs::path> files;
  for (const fs::path own : {name, dashed}) {
    for (const char* ending : {"", ".gz"}) files.push_back(own / (file + ending));
  }
  return find_one_of(name, files, folders);
}

/// The folder of the binary files of cifar10 or cifar100: its own, or the one that the official archive unpacks to.
fs::path find_cifar(const std::string& name, const std::vector<fs::path>& folders) {
  const bool ten = name == "cifar10";
  const fs::path unpacked = ten ? "cifar-10-batches-bin" : "cifar-100-binary";
  const fs::path dashed = ten ? "cifar-10" : "cifar-100", file = ten ? "data_batch_1.bin" : "train.bin";
  std::vector<fs::path> files = {unpacked / file};
  for (const fs::path& own : {fs::path(name), dashed}) {
    files.push_back(own / file);
    files.push_back(own / unpacked / file);
  }
  return find_one_of(name, files, folders).parent_path();
}

std::vector<int64_t> labels_of(const MemoryDataset& data) {
  const int64_t* first = data.targets().data_ptr<int64_t>();
  return {first, first + data.size()};
}

/// The part of the set that the experiment asks for.
MemoryDataset choose(MemoryDataset whole, const DataConfig& config) {
  if (!config.columns.empty()) whole = choose_columns(whole, config.columns);
  if (!config.keep_classes.empty()) whole = keep_classes(whole, config.keep_classes);
  if (!config.one_versus_rest.empty()) whole = one_versus_rest(whole, config.one_versus_rest);
  return whole;
}

Split split_whole(const DataConfig& config, const MemoryDataset& whole, uint64_t seed) {
  const Rng rng(seed, "split");
  return config.folds == 0 ? stratified_split(labels_of(whole), config.val_share, config.test_share, rng)
                           : stratified_fold(labels_of(whole), config.folds, config.fold, config.val_share, rng);
}

std::shared_ptr<const Dataset> training_part(const DataConfig& config, std::shared_ptr<const MemoryDataset> whole,
                                             const Split& split, uint64_t seed) {
  auto part = std::make_shared<Subset>(std::move(whole), split.train);
  if (config.label_noise == 0) return part;
  return with_wrong_labels(std::move(part), config.label_noise, Rng(seed, "label_noise"));
}

MemoryDataset read_whole(const DataConfig& config, const std::vector<fs::path>& folders, uint64_t seed) {
  if (is_in(kToys, config.name)) {
    return make_toy(config.name, config.samples, config.noise, config.classes, Rng(seed, "toy"));
  }
  if (config.name == "csv") return read_csv_dataset(config.path, config.label);
  if (config.name == "digits") return read_digit_sheet(find_file("digits", "digits.png", folders));
  if (config.name == "digits8x8") return read_digits8x8(find_file("digits8x8", "digits.csv", folders));
  return read_sklearn_table(config.name, find_file(config.name, config.name + ".csv", folders));
}

/// By the training samples, which are at `places` of `data`; `also` is normalised with the same numbers.
void normalise_by(const std::vector<int64_t>& places, MemoryDataset& data, MemoryDataset* also = nullptr) {
  const DatasetInfo& info = data.info();
  const Statistics found = info.is_image() ? pixel_statistics(data.inputs(), places, info.pixel_max)
                                           : column_statistics(data.inputs(), places);
  data.set_normalisation(found.mean, found.std);
  if (also) also->set_normalisation(found.mean, found.std);
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

/// One of the two parts of a set whose authors cut it.
MemoryDataset read_official(const std::string& name, const std::vector<fs::path>& folders, bool train) {
  if (is_in({"cifar10", "cifar100"}, name)) return read_cifar(name, find_cifar(name, folders), train);
  return read_idx_images(name, find_file(name, "train-images-idx3-ubyte", folders).parent_path(), train);
}

/// The test part is the official one; validation is cut from the training part.
DataSplits open_official(const DataConfig& config, const std::vector<fs::path>& folders, uint64_t seed) {
  auto train = std::make_shared<MemoryDataset>(choose(read_official(config.name, folders, /*train=*/true), config));
  auto test = std::make_shared<MemoryDataset>(choose(read_official(config.name, folders, /*train=*/false), config));
  const Split split = stratified_split(labels_of(*train), config.val_share, 0, Rng(seed, "split"));
  require_parts(config, split, /*own_test=*/true);
  normalise_by(split.train, *train, test.get());
  return {training_part(config, train, split, seed), std::make_shared<Subset>(train, split.val), test};
}

}  // namespace

void DataConfig::read(ConfigReader json) {
  json.required("name", name, one_of(all_names()), "the data set");
  json.field("path", path, any_text(), "csv: the file, seen from where the program is started");
  json.field("label", label, any_text(), "csv: the label's column, by name or place (-1 = the last)");
  json.field("samples", samples, between(10, 1e7), "generated sets: points in all three parts together");
  json.field("noise", noise, between(0, 10), "generated sets: standard deviation of the noise on each coordinate");
  json.field("classes", classes, between(2, 100), "spirals and blobs: how many");
  json.field("columns", columns, any_text(), "tables: the columns to look at; none = all");
  json.field("keep_classes", keep_classes, any_text(), "only these classes; none = all");
  json.field("one_versus_rest", one_versus_rest, any_text(), "tell this class from all others; empty = all classes");
  json.field("label_noise", label_noise, between(0, 1), "share of wrong labels in the training part");
  json.field("folds", folds, between(0, 1000), "cross-validation in so many parts; 0 = the shares below");
  json.field("fold", fold, between(1, 1000), "folds: which part is the test");
  json.field("val_share", val_share, between(0.001, 0.5), "share of the samples that choose the best epoch");
  json.field("test_share", test_share, between(0.001, 0.5),
             "share kept for the test; sets with an official test part ignore it");
  json.field("batch_size", batch_size, between(1, 1e6), "samples a step");
  json.field("workers", workers, between(0, 64), "threads that prepare batches ahead; 0 = the training thread does");
  if (name == "csv" && path.empty()) json.problem("path", "want the CSV file's path, got none");
  if (folds == 1 || fold > std::max<int64_t>(folds, 1)) {
    json.problem("fold",
                 concat("want folds 0 or at least 2, and fold from 1 to folds, got fold ", fold, " of ", folds));
  }
  const bool own_test = is_in(kOfficial, name);
  if (own_test && folds > 0) json.problem("folds", "want 0 for " + name + ", which has an official test part");
  if (!own_test && val_share + test_share > 1 - 1e-9) {
    json.problem("test_share", concat("want val_share + test_share below 1, got ", val_share, " + ", test_share,
                                      "; the rest is for training"));
  }
  if (is_in({"and", "or", "xor", "moons", "circles"}, name) && classes != 2) {
    json.problem("classes", concat("want 2 for ", name, ", got ", classes));
  }
}

DataSplits open_data(const DataConfig& config, const std::vector<fs::path>& folders, uint64_t seed) {
  if (is_in(kOfficial, config.name)) return open_official(config, folders, seed);
  auto whole = std::make_shared<MemoryDataset>(choose(read_whole(config, folders, seed), config));
  const Split split = split_whole(config, *whole, seed);
  require_parts(config, split, /*own_test=*/false);
  normalise_by(split.train, *whole);
  return {training_part(config, whole, split, seed), std::make_shared<Subset>(whole, split.val),
          std::make_shared<Subset>(whole, split.test)};
}

std::vector<fs::path> data_folders(const fs::path& given) {
  if (!given.empty()) return {given};
  std::vector<fs::path> folders;
  if (const char* listed = std::getenv("GLASSBOX_DATA")) {
    std::istringstream parts(listed);
    for (std::string part; std::getline(parts, part, ':');) {
      if (!part.empty()) folders.emplace_back(part);
    }
  }
  folders.emplace_back("data");
  // build/bin/mlp finds the data folder of its own checkout from wherever it is started.
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (!ignored) folders.push_back(program.parent_path().parent_path().parent_path() / "data");
  return folders;
}

std::shared_ptr<const Dataset> first_samples(std::shared_ptr<const Dataset> whole, int64_t count) {
  std::vector<int64_t> places(size_t(whole->size()));
  std::iota(places.begin(), places.end(), 0);
  Rng(0, "first_samples").shuffle(places);
  places.resize(size_t(std::min(count, whole->size())));
  return std::make_shared<Subset>(std::move(whole), std::move(places));
}

}  // namespace glassbox
