#include "common/classify/image_files.h"

#include <ATen/Parallel.h>

#include <cstdio>
#include <cstring>
#include <new>
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/vision/image.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

constexpr size_t kNamed = 5;  // damaged files named; the rest is counted

}  // namespace

void read_sample(const fs::path& file, int64_t channels, int64_t side, uint8_t* to) {
  const std::string source = "reading " + file.string();
  try {
    const torch::Tensor image = decode_image(read_file(file), source, channels, side);
    const torch::Tensor fitted = fit_image(image, side, side).contiguous();
    std::memcpy(to, fitted.data_ptr<uint8_t>(), size_t(fitted.numel()));
  } catch (const cv::Exception& problem) {
    fail(source, ": ", problem.err);
  } catch (const std::bad_alloc&) {
    fail(source, ": there is not enough memory to decode it; make the image smaller");
  }
}

void Complaints::add(const fs::path& file, const std::string& problem) {
  const std::lock_guard<std::mutex> lock(mutex_);
  problems_[file] = problem;
}

std::string Complaints::about(const fs::path& file) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto problem = problems_.find(file);
  return problem == problems_.end() ? "" : problem->second;
}

void Complaints::report(int64_t images) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (problems_.empty()) return;
  std::string text = as_text("warning: data: ", problems_.size(), " of ", images,
                             " images cannot be read and are left out; \"on_corrupt\": \"fail\" would stop here\n");
  size_t named = 0;
  for (const auto& [file, problem] : problems_) {
    if (named++ == kNamed) break;
    text += "  " + problem + "\n";
  }
  if (problems_.size() > kNamed) text += as_text("  and ", problems_.size() - kNamed, " more\n");
  std::fputs(text.c_str(), stderr);
}

ImageFileDataset::ImageFileDataset(ImageFiles files, DatasetInfo info)
    : files_(std::move(files)), targets_(torch::tensor(files_.labels, torch::kInt64)), info_(std::move(info)) {
  info_.mean = {0};
  info_.std = {1};
  cv::setNumThreads(0);
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
      read_sample(files_.files.at(size_t(rows.data_ptr<int64_t>()[i])), info_.channels(), info_.sample_shape[1],
                  images.data_ptr<uint8_t>() + i * info_.features());
    }
  });
  return images;
}

void ImageFileDataset::set_normalisation(std::vector<float> mean, std::vector<float> std) {
  info_.mean = std::move(mean);
  info_.std = std::move(std);
}

}  // namespace glassbox
