#include "common/classify/data_config.h"

#include <algorithm>

#include "common/base/error.h"

namespace glassbox {
namespace {

const std::vector<std::string> kToys = {"and", "or", "xor", "moons", "circles", "spirals", "blobs"};
const std::vector<std::string> kOfficial = {"mnist", "fashion_mnist", "cifar10", "cifar100"};  // have a test part
const std::vector<std::string> kTables = {"iris", "wine", "breast_cancer"};

bool is_in(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> all_names() {
  std::vector<std::string> names = {"digits", "digits8x8", "csv", "image_folder", "truth_table"};
  names.insert(names.end(), kOfficial.begin(), kOfficial.end());
  names.insert(names.end(), kTables.begin(), kTables.end());
  names.insert(names.end(), kToys.begin(), kToys.end());
  return names;
}

}  // namespace

void DataConfig::read(ConfigReader json) {
  json.required("name", name, one_of(all_names()), "the data set");
  json.field("path", path, any_text(),
             "csv: the file, image_folder: the folder, seen from where the program is started");
  json.field("label", label, name_or_index(), "csv: the label's column, by name or index (-1 = the last)");
  json.field("header", header, one_of({"auto", "yes", "no"}),
             "csv: the first line names the columns (yes) or is a sample (no); auto = by its look, which is reported");
  json.field("separator", separator, one_of({"auto", "comma", "semicolon", "tab"}),
             "csv: what stands between two cells; auto = what cuts the first lines best");
  json.field("samples", samples, between(10, 1e7), "generated sets: points in all three parts together");
  json.field("noise", noise, between(0, 10), "generated sets: standard deviation of the noise on each coordinate");
  json.field("classes", classes, between(2, 100), "spirals and blobs: how many");
  json.field("columns", columns, name_or_index(),
             "tables: the columns to look at, by name or index (-1 = the last); none = all");
  json.field("keep_classes", keep_classes, any_text(), "only these classes; none = all");
  json.field("one_versus_rest", one_versus_rest, any_text(), "tell this class from all others; empty = all classes");
  json.field("label_noise", label_noise, between(0, 1), "fraction of wrong labels in the training part");
  json.field("folds", folds, between(0, 1000), "cross-validation in so many parts; 0 = the fractions below");
  json.field("fold", fold, between(1, 1000), "folds: which part is the test");
  json.field("val_share", val_share, between(0.001, 0.5), "fraction of the samples that choose the best epoch");
  json.field("test_share", test_share, between(0.001, 0.5),
             "fraction kept for the test; sets with an official test part ignore it");
  json.field("image_size", image_size, between(8, 1024), "image_folder: the side of the images, resized and cropped");
  json.field("channels", channels, between(1, 3), "image_folder: 3 = red, green, blue; 1 = grey");
  json.field("on_corrupt", on_corrupt, one_of({"skip", "fail"}), "image_folder: what to do about damaged files");
  json.field("cache", cache, "image_folder: keep the pixels in memory if they take less than 1 GB");
  json.field("batch_size", batch_size, between(1, 1e6), "samples a step");
  json.field("workers", workers, between(0, 64), "threads that prepare batches ahead; 0 = the training thread does");
  if (name == "csv" && path.empty()) json.problem("path", "want the CSV file's path, got none");
  if (name == "image_folder" && path.empty()) json.problem("path", "want the folder's path, got none");
  if (channels == 2) json.problem("channels", "want 1 or 3, got 2");
  if (name == "image_folder" && folds > 0) json.problem("folds", "want 0 for image_folder");
  if (folds == 1 || fold > std::max<int64_t>(folds, 1)) {
    json.problem("fold",
                 as_text("want folds 0 or at least 2, and fold from 1 to folds, got fold ", fold, " of ", folds));
  }
  const bool own_test = has_official_test();
  if (own_test && folds > 0) json.problem("folds", "want 0 for " + name + ", which has an official test part");
  if (!own_test && val_share + test_share > 1 - 1e-9) {
    json.problem("test_share", as_text("want val_share + test_share below 1, got ", val_share, " + ", test_share,
                                       "; the rest is for training"));
  }
  if (is_in({"and", "or", "xor", "moons", "circles"}, name) && classes != 2) {
    json.problem("classes", as_text("want 2 for ", name, ", got ", classes));
  }
}

std::vector<std::string> DataConfig::ignored_fields() const {
  const DataConfig usual;
  const bool folder = name == "image_folder", toy = is_generated();
  std::vector<std::string> ignored;
  const auto note = [&](const char* field, bool is_read, bool is_usual) {
    if (!is_read && !is_usual) ignored.push_back(as_text("data.", field, ": ", name, " does not read it"));
  };
  note("path", folder || name == "csv", path == usual.path);
  note("label", name == "csv", label == usual.label);
  note("header", name == "csv", header == usual.header);
  note("separator", name == "csv", separator == usual.separator);
  note("samples", toy, samples == usual.samples);
  note("noise", toy, noise == usual.noise);
  note("classes", name == "spirals" || name == "blobs", classes == usual.classes);
  note("test_share", !has_official_test(), test_share == usual.test_share);
  note("image_size", folder, image_size == usual.image_size);
  note("channels", folder, channels == usual.channels);
  note("on_corrupt", folder, on_corrupt == usual.on_corrupt);
  note("cache", folder, cache == usual.cache);
  return ignored;
}

bool DataConfig::is_generated() const { return is_in(kToys, name); }

bool DataConfig::has_official_test() const { return is_in(kOfficial, name); }

}  // namespace glassbox
