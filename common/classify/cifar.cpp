#include "common/classify/cifar.h"

#include <memory>
#include <sstream>

#include "common/base/atomic_file.h"
#include "common/base/checksum.h"
#include "common/base/error.h"
#include "common/classify/cifar_records.h"
#include "common/data/files.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

/// What tells the two sets apart.
struct Cifar {
  std::vector<std::string> train_files, test_files;
  std::vector<int64_t> classes;
  std::string names_file, names;
};

const Cifar kCifar10 = {
    {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
    {"test_batch.bin"},
    {10},
    "batches.meta.txt",
    "airplane automobile bird cat deer dog frog horse ship truck"};

const Cifar kCifar100 = {
    {"train.bin"},
    {"test.bin"},
    {20, 100},
    "fine_label_names.txt",
    "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle "
    "caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant "
    "flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man "
    "maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree "
    "plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper "
    "snail "
    "snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train trout "
    "tulip turtle wardrobe whale willow_tree wolf woman worm"};

std::vector<std::string> cifar_classes(const Cifar& set, const fs::path& folder) {
  const fs::path file = folder / set.names_file;
  const bool there = is_there(file);
  std::istringstream words(there ? read_file(file, uint64_t{1} << 20) : set.names);
  std::vector<std::string> names;
  for (std::string name; words >> name;) names.push_back(name);
  require(int64_t(names.size()) == set.classes.back(), "reading ", file.string(), ": want ", set.classes.back(),
          " names of classes, got ", names.size(), "; fetch it again, or delete it: the official names are known");
  return names;
}

CifarRecords read_records(const Cifar& set, const fs::path& folder, bool train) {
  const auto& files = train ? set.train_files : set.test_files;
  const int64_t records = (train ? 50000 : 10000) / int64_t(files.size());
  CifarRecords all;
  all.pixels.reserve(files.size() * size_t(records) * 3 * 32 * 32);
  for (const std::string& name : files) {
    const fs::path file = folder / name;
    require(is_there(file), "reading ", file.string(), ": no such file; fetch it with scripts/data.sh ",
            folder.filename().string());
    append_cifar(read_file(file), {records, set.classes}, file.string(), all);
  }
  return all;
}

/// True if the first 500 records of CIFAR-10 are the official ones, bit by bit.
bool has_official_pixels(const fs::path& folder) {
  constexpr size_t kLength = 500 * 3073;
  constexpr std::string_view kSum =  // SHA-256; the bytes were compared with lossless copies of the images
      "\x1c\x85\x27\xf1\x9a\x4c\x18\xc0\xb5\xb6\x61\xc5\xda\x56\xce\xea"
      "\x6e\x8a\x80\x7b\x24\xd1\x49\xbc\xc0\x56\xb0\x13\xea\x8d\xe5\x53";
  const std::string first = read_file(folder / "data_batch_1.bin");
  return sha256(std::string_view(first).substr(0, kLength)) == kSum;
}

}  // namespace

LabelledDataset read_cifar(const std::string& name, const fs::path& folder, bool train) {
  const Cifar& set = name == "cifar10" ? kCifar10 : kCifar100;
  const auto records = std::make_shared<CifarRecords>(read_records(set, folder, train));
  const int64_t count = int64_t(records->labels.size());
  DatasetInfo info;
  info.name = name;
  info.classes = cifar_classes(set, folder);
  info.sample_shape = {3, 32, 32};
  info.pixel_max = 255;
  info.source = name == "cifar10" ? "CIFAR-10 (Krizhevsky 2009)" : "CIFAR-100 (Krizhevsky 2009)";
  if (name == "cifar10" && !has_official_pixels(folder)) {
    info.note = "not the official pixels, they went through JPEG: no CIFAR-10 result";
    info.source += ", a copy: " + info.note;
  }
  info.licence = "none stated; cite Krizhevsky, Learning Multiple Layers of Features from Tiny Images (2009)";
  for (const std::string& file : train ? set.train_files : set.test_files) info.files.push_back(folder / file);
  // No copy: the tensor keeps the bytes alive.
  const torch::Tensor pixels = torch::from_blob(
      records->pixels.data(), {count, 3, 32, 32}, [records](void*) {}, torch::kUInt8);
  return LabelledDataset(pixels, torch::tensor(records->labels, torch::kInt64), std::move(info));
}

}  // namespace glassbox
