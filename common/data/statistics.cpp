#include "common/data/statistics.h"

#include <ATen/Parallel.h>

#include <array>
#include <cmath>
#include <mutex>

namespace glassbox {
namespace {

/// What never changes keeps its scale. A float has seven digits: what changes less than that does not change.
void add(Statistics& all, double mean, double std) {
  const bool changes = std > 1e-7 * std::abs(mean) && float(std) > 0;
  all.mean.push_back(float(mean));
  all.std.push_back(changes ? float(std) : 1.0f);
}

using Counts = std::array<int64_t, 256>;

/// How often each value is there, a channel; images: uint8 [N, C, H, W], contiguous.
std::vector<Counts> count_bytes(const torch::Tensor& images, const std::vector<int64_t>& places) {
  const int64_t channels = images.size(1), plane = images.size(2) * images.size(3);
  const uint8_t* first = images.data_ptr<uint8_t>();
  std::vector<Counts> total(size_t(channels), Counts{});
  std::mutex mutex;
  at::parallel_for(0, int64_t(places.size()), 256, [&](int64_t begin, int64_t end) {
    std::vector<Counts> own(size_t(channels), Counts{});
    for (int64_t i = begin; i < end; ++i) {
      const uint8_t* pixel = first + places[size_t(i)] * channels * plane;
      for (Counts& counts : own) {
        for (int64_t j = 0; j < plane; ++j) ++counts[*pixel++];
      }
    }
    const std::lock_guard<std::mutex> lock(mutex);  // whole numbers: their sum does not depend on the order
    for (size_t c = 0; c < own.size(); ++c) {
      for (size_t value = 0; value < own[c].size(); ++value) total[c][value] += own[c][value];
    }
  });
  return total;
}

}  // namespace

Statistics pixel_statistics(const torch::Tensor& images, const std::vector<int64_t>& places, int64_t pixel_max) {
  Statistics all;
  const double pixels = double(places.size()) * double(images.size(2) * images.size(3));
  for (const Counts& counts : count_bytes(images.contiguous(), places)) {
    double sum = 0, squares = 0;
    for (size_t value = 0; value < counts.size(); ++value) sum += double(value) * double(counts[value]);
    const double mean = sum / pixels;
    for (size_t value = 0; value < counts.size(); ++value) {
      squares += (double(value) - mean) * (double(value) - mean) * double(counts[value]);
    }
    add(all, mean / double(pixel_max), std::sqrt(squares / pixels) / double(pixel_max));
  }
  return all;
}

// Two passes: the mean of the squares minus the square of the mean would lose small changes of large numbers. Both
// start from the first row, so that the mean of a column that never changes is its value, without rounding. In pieces:
// a copy of all rows would take as much memory as the table.
Statistics column_statistics(const torch::Tensor& table, const std::vector<int64_t>& places) {
  constexpr int64_t kPiece = 4096;
  const torch::Tensor chosen = torch::tensor(places, torch::kInt64);
  const auto mean_over_rows = [&](const auto& of) {
    torch::Tensor sum = torch::zeros({table.size(1)}, torch::kFloat64);
    for (const torch::Tensor& piece : chosen.split(kPiece)) {
      sum += of(table.index_select(0, piece).to(torch::kFloat64)).sum(0);
    }
    return sum / double(places.size());
  };
  const torch::Tensor first = table[places[0]].to(torch::kFloat64);
  const torch::Tensor mean = first + mean_over_rows([&](const torch::Tensor& rows) { return rows - first; });
  const torch::Tensor std = mean_over_rows([&](const torch::Tensor& rows) { return (rows - mean).square(); }).sqrt();
  Statistics all;
  for (int64_t i = 0; i < mean.size(0); ++i) add(all, mean[i].item<double>(), std[i].item<double>());
  return all;
}

}  // namespace glassbox
