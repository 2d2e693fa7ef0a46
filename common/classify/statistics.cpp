#include "common/classify/statistics.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

namespace glassbox {
namespace {

/// What never changes keeps its scale, and so does what changes in its last digits alone.
void add(Statistics& all, double mean, double std) {
  all.mean.push_back(mean);
  all.std.push_back(std > 1e-12 * std::abs(mean) && std > 0 ? std : 1.0);
}

using Counts = std::array<int64_t, 256>;

/// How often each value is there, a channel, added to `total`; images: uint8 [N, C, H, W], contiguous.
void count_bytes(const torch::Tensor& images, std::vector<Counts>& total) {
  const int64_t channels = images.size(1), plane = images.size(2) * images.size(3);
  const uint8_t* first = images.data_ptr<uint8_t>();
  std::mutex mutex;
  at::parallel_for(0, images.size(0), 256, [&](int64_t begin, int64_t end) {
    std::vector<Counts> own(size_t(channels), Counts{});
    const uint8_t* pixel = first + begin * channels * plane;
    for (int64_t i = begin; i < end; ++i) {
      for (Counts& counts : own) {
        for (int64_t j = 0; j < plane; ++j) ++counts[*pixel++];
      }
    }
    const std::lock_guard<std::mutex> lock(mutex);  // whole numbers: their sum does not depend on the order
    for (size_t c = 0; c < own.size(); ++c) {
      for (size_t value = 0; value < own[c].size(); ++value) total[c][value] += own[c][value];
    }
  });
}

}  // namespace

Statistics pixel_statistics(const LabelledDataset& images, const std::vector<int64_t>& indices) {
  const DatasetInfo& info = images.info();
  std::vector<Counts> total(size_t(info.channels()), Counts{});
  const int64_t piece = std::max<int64_t>(8'000'000 / info.features(), 1);  // 8 MB at a time
  for (const torch::Tensor& some : torch::tensor(indices, torch::kInt64).split(piece)) {
    count_bytes(images.raw(some).contiguous(), total);
  }
  Statistics all;
  const double pixels = double(indices.size()) * double(info.features() / info.channels());
  for (const Counts& counts : total) {
    double sum = 0, squares = 0;
    for (size_t value = 0; value < counts.size(); ++value) sum += double(value) * double(counts[value]);
    const double mean = sum / pixels;
    for (size_t value = 0; value < counts.size(); ++value) {
      squares += (double(value) - mean) * (double(value) - mean) * double(counts[value]);
    }
    add(all, mean / double(info.pixel_max), std::sqrt(squares / pixels) / double(info.pixel_max));
  }
  return all;
}

// Two passes: the mean of the squares minus the square of the mean would lose small changes of large numbers. Both
// start from the first row, so that the mean of a column that never changes is its value, without rounding. In pieces:
// a copy of all rows would take as much memory as the table.
Statistics column_statistics(const LabelledDataset& table, const std::vector<int64_t>& indices) {
  constexpr int64_t kPiece = 4096;
  const torch::Tensor chosen = torch::tensor(indices, torch::kInt64);
  const auto mean_over_rows = [&](const auto& of) {
    torch::Tensor sum = torch::zeros({table.info().features()}, torch::kFloat64);
    for (const torch::Tensor& piece : chosen.split(kPiece)) sum += of(table.raw(piece)).sum(0);
    return sum / double(indices.size());
  };
  const torch::Tensor first = table.raw(chosen.slice(0, 0, 1))[0];
  const torch::Tensor mean = first + mean_over_rows([&](const torch::Tensor& rows) { return rows - first; });
  const torch::Tensor std = mean_over_rows([&](const torch::Tensor& rows) { return (rows - mean).square(); }).sqrt();
  Statistics all;
  for (int64_t i = 0; i < mean.size(0); ++i) add(all, mean[i].item<double>(), std[i].item<double>());
  return all;
}

}  // namespace glassbox
