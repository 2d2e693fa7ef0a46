#include "common/classify/image_folder.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <iostream>
#include <opencv2/core/utility.hpp>
#include <optional>

#include "common/base/error.h"
#include "common/base/shown.h"
#include "common/classify/image_files.h"
#include "common/vision/image.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

/// While one lives, OpenCV computes with one thread: images are decoded side by side, and its own would fight them.
class OneOpencvThread {
 public:
  OneOpencvThread() { cv::setNumThreads(0); }
  ~OneOpencvThread() { cv::setNumThreads(before_); }
  OneOpencvThread(const OneOpencvThread&) = delete;
  OneOpencvThread& operator=(const OneOpencvThread&) = delete;

 private:
  const int before_ = cv::getNumThreads();
};

/// A part of the folder, and what it is for: training, validation or test.
struct Part {
  const char* name;
  const ImageFiles& images;
};

/// Calls look(i) for each file, by all threads; returns which files it threw nothing at.
template <typename Look>
std::vector<char> try_all(const Part& part, const DataConfig& config, Complaints& complaints, const Look& look) {
  const OneOpencvThread alone;
  const std::vector<fs::path>& files = part.images.files;
  const auto count = int64_t(files.size());
  std::vector<char> good(files.size(), 0);
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      try {
        look(i);
        good[size_t(i)] = 1;
      } catch (const UserError& problem) {
        if (config.on_corrupt == "fail") throw;
        complaints.add(files[size_t(i)], problem.what());
      }
    }
  });
  require(std::find(good.begin(), good.end(), 1) != good.end(), "data.path: ", config.path, ": ", part.name,
          ": want at least one image that can be read, got none of ", count,
          "; the first: ", complaints.about(files.front()));
  return good;
}

ImageFiles only_good(const ImageFiles& part, const std::vector<char>& good) {
  ImageFiles kept;
  for (size_t i = 0; i < part.files.size(); ++i) {
    if (good[i] == 0) continue;
    kept.files.push_back(part.files[i]);
    kept.labels.push_back(part.labels[i]);
  }
  return kept;
}

std::vector<int64_t> indices_of(const std::vector<char>& good) {
  std::vector<int64_t> indices;
  for (size_t i = 0; i < good.size(); ++i) {
    if (good[i] != 0) indices.push_back(int64_t(i));
  }
  return indices;
}

/// All pixels in memory.
LabelledDataset decode_part(const Part& part, const DataConfig& config, const DatasetInfo& info,
                            Complaints& complaints) {
  const std::vector<fs::path>& files = part.images.files;
  const int64_t side = config.image_size;
  torch::Tensor images = torch::empty({int64_t(files.size()), config.channels, side, side}, torch::kUInt8);
  const auto good = try_all(part, config, complaints, [&](int64_t i) {
    read_sample(files[size_t(i)], config.channels, side, images.data_ptr<uint8_t>() + i * info.features());
  });
  const ImageFiles kept = only_good(part.images, good);
  if (kept.files.size() < files.size()) images = images.index_select(0, torch::tensor(indices_of(good), torch::kInt64));
  return {images, torch::tensor(kept.labels, torch::kInt64), info};
}

/// Each file is decoded once, to know the damaged ones before the set is cut into parts: no other image may stand in
/// for one, it could be of another part.
LabelledDataset check_part(const Part& part, const DataConfig& config, const DatasetInfo& info,
                           Complaints& complaints) {
  const auto good = try_all(part, config, complaints, [&](int64_t i) {
    std::vector<uint8_t> seen(size_t(info.features()));
    read_sample(part.images.files[size_t(i)], config.channels, config.image_size, seen.data());
  });
  ImageFiles kept = only_good(part.images, good);
  const torch::Tensor labels = torch::tensor(kept.labels, torch::kInt64);
  return {std::make_shared<ImageFileSamples>(std::move(kept.files), config.channels, config.image_size), labels, info};
}

DatasetInfo describe_folder(const DataConfig& config, const ImageListing& listing, int64_t images) {
  DatasetInfo info;
  info.name = "image_folder";
  info.classes = listing.classes;
  info.sample_shape = {config.channels, config.image_size, config.image_size};
  info.pixel_max = 255;
  const std::string others =
      listing.passed_over.empty() ? "" : ", passed over, no images: " + listing.passed_over.text();
  info.fingerprint = listing.fingerprint();
  info.source =
      as_text(images, " images in ", config.path, " (fingerprint of names and lengths ", info.fingerprint, ")", others);
  info.licence = "that of the images";
  return info;
}

void require_all_classes(const LabelledDataset& train, const std::string& path) {
  for (size_t k = 0; k < train.info().classes.size(); ++k) {
    require(train.targets().eq(int64_t(k)).any().item<bool>(), "data.path: ", path, ": class \"",
            train.info().classes[k], "\": want at least one image that can be read, got none");
  }
}

}  // namespace

ImageFolder open_image_folder(const DataConfig& config) {
  const ImageListing listing = list_images_by_class(config.path);
  const auto images = int64_t(listing.train.files.size() + listing.val.files.size() + listing.test.files.size());
  const DatasetInfo info = describe_folder(config, listing, images);
  constexpr int64_t kMostBytes = 1'000'000'000;
  const bool in_memory = config.cache && images * info.features() < kMostBytes;
  Complaints complaints;
  const auto open = [&](const Part& part) -> std::optional<LabelledDataset> {
    if (part.images.files.empty()) return std::nullopt;
    return in_memory ? decode_part(part, config, info, complaints) : check_part(part, config, info, complaints);
  };
  const auto open_all = [&]() -> ImageFolder {
    const QuietDecoders quiet;
    return {*open({"training", listing.train}), open({"validation", listing.val}), open({"test", listing.test})};
  };
  ImageFolder folder = open_all();
  complaints.report(images);
  const std::string others = listing.passed_over.text();
  if (!others.empty())
    std::cerr << "note: data: " << config.path << ": passed over, no images: " << printable_message(others) << "\n";
  require_all_classes(folder.train, config.path);
  return folder;
}

}  // namespace glassbox
