#include "common/classify/image_files.h"

#include <ATen/Parallel.h>

#include <cstdio>
#include <cstring>
#include <new>
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/shown.h"
#include "common/vision/image.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

constexpr size_t kNamed = 5;  // damaged files named; the rest is counted

}  // namespace

void read_sample(const fs::path& file, int64_t channels, int64_t side, uint8_t* to) {
  const std::string source = "reading " + file.string();
  try {
    const torch::Tensor image = decode_image(read_file(file, kMostImageBytes), source, channels, side);
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
    text += "  " + shown(problem, problem.size()) + "\n";
  }
  if (problems_.size() > kNamed) text += as_text("  and ", problems_.size() - kNamed, " more\n");
  std::fputs(text.c_str(), stderr);
}

ImageFileSamples::ImageFileSamples(std::vector<fs::path> files, int64_t channels, int64_t side)
    : files_(std::move(files)), channels_(channels), side_(side) {
  cv::setNumThreads(0);
}

torch::Tensor ImageFileSamples::raw(const torch::Tensor& indices) const {
  const torch::Tensor rows = indices.contiguous();
  torch::Tensor images = torch::empty({rows.size(0), channels_, side_, side_}, torch::kUInt8);
  at::parallel_for(0, rows.size(0), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      read_sample(files_.at(size_t(rows.data_ptr<int64_t>()[i])), channels_, side_,
                  images.data_ptr<uint8_t>() + i * channels_ * side_ * side_);
    }
  });
  return images;
}

}  // namespace glassbox
