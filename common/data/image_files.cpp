#include "common/data/image_files.h"

#include <ATen/Parallel.h>

#include <cstdio>
#include <cstring>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/image_header.h"
#include "common/base/posix.h"
#include "common/vision/image.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

constexpr size_t kNamed = 5;  // damaged files named; the rest is counted

}  // namespace

void read_sample(const fs::path& file, int64_t channels, int64_t side, uint8_t* to) {
  const torch::Tensor image = decode_image(read_file(file), "reading " + file.string(), channels, side);
  const torch::Tensor fitted = fit_image(image, side, side).contiguous();
  std::memcpy(to, fitted.data_ptr<uint8_t>(), size_t(fitted.numel()));
}

void check_beginning(const fs::path& file) {
  std::string beginning(size_t{1} << 16, '\0');
  Descriptor opened = open_to_read(file);
  beginning.resize(opened.read(beginning.data(), beginning.size()));
  const bool enough = parse_image_header(beginning).has_size();
  check_image_header(enough ? beginning : read_file(file), "reading " + file.string());
}

void Complaints::add(const fs::path& file, const std::string& problem) {
  const std::lock_guard<std::mutex> lock(mutex_);
  problems_[file] = problem;
}

std::string Complaints::first() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return problems_.empty() ? "" : problems_.begin()->second;
}

void Complaints::report(int64_t images) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (problems_.empty()) return;
  std::string text = concat("warning: data: ", problems_.size(), " of ", images,
                            " images cannot be read and are left out; \"on_corrupt\": \"fail\" would stop here\n");
  size_t named = 0;
  for (const auto& [file, problem] : problems_) {
    if (named++ == kNamed) break;
    text += "  " + problem + "\n";
  }
  if (problems_.size() > kNamed) text += concat("  and ", problems_.size() - kNamed, " more\n");
  std::fputs(text.c_str(), stderr);
}

ImageFileDataset::ImageFileDataset(ImageFiles files, DatasetInfo info, bool skip)
    : files_(std::move(files)),
      targets_(torch::tensor(files_.labels, torch::kInt64)),
      info_(std::move(info)),
      skip_(skip) {
  info_.mean = {0};
  info_.std = {1};
}

Batch ImageFileDataset::batch(const torch::Tensor& places) const {
  return {normalise(raw(places), info_), targets_.index_select(0, places), places};
}

torch::Tensor ImageFileDataset::raw(const torch::Tensor& places) const {
  const torch::Tensor rows = places.contiguous();
  torch::Tensor images =
      torch::empty({rows.size(0), info_.channels(), info_.sample_shape[1], info_.sample_shape[2]}, torch::kUInt8);
  at::parallel_for(0, rows.size(0), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      read_place(rows.data_ptr<int64_t>()[i], images.data_ptr<uint8_t>() + i * info_.features());
    }
  });
  return images;
}

void ImageFileDataset::read_place(int64_t place, uint8_t* to) const {
  const int64_t label = files_.labels.at(size_t(place));
  for (int64_t step = 0; step < size(); ++step) {
    const int64_t other = (place + step) % size();
    if (files_.labels[size_t(other)] != label) continue;
    try {
      read_sample(files_.files[size_t(other)], info_.channels(), info_.sample_shape[1], to);
      return;
    } catch (const UserError& problem) {
      if (!skip_) throw;
      name_once(other, problem.what());
    }
  }
  fail("data: class \"", info_.classes[size_t(label)], "\": want at least one image that can be read, got none");
}

void ImageFileDataset::name_once(int64_t place, const std::string& problem) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!named_.insert(place).second || named_.size() > kNamed + 1) return;
  const bool last = named_.size() > kNamed;
  std::fputs(("warning: data: " + (last ? "more files cannot be read; they are not named" : problem) +
              "; another image of its class stands in\n")
                 .c_str(),
             stderr);
}

void ImageFileDataset::set_normalisation(std::vector<float> mean, std::vector<float> std) {
  info_.mean = std::move(mean);
  info_.std = std::move(std);
}

}  // namespace glassbox
