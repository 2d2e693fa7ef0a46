#include "common/data/dataset.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <type_traits>

#include "common/base/error.h"
#include "common/base/strict_json.h"
#include "common/data/gather.h"

namespace glassbox {
namespace {

/// Throws UserError "where: want W, got G; remedy" unless names, shape and columns fit together.
void check_samples(const DatasetInfo& info, const std::string& where, const std::string& remedy) {
  constexpr int64_t kLongest = int64_t{1} << 20, kLargest = int64_t{1} << 26;
  const auto& shape = info.sample_shape;
  const bool image = shape.size() == 3 && (shape[0] == 1 || shape[0] == 3);
  require(image || shape.size() == 1, where, ": want a sample_shape [1, H, W], [3, H, W] or [F], got ",
          at::IntArrayRef(shape), remedy);
  for (int64_t side : shape) {
    const bool fits =
        side >= 1 && side <= kLongest && (!image || shape[1] <= kLargest / shape[0] / std::max<int64_t>(1, shape[2]));
    require(fits, where, ": want sides from 1 to 2^20 and at most 2^26 numbers a sample, got ", at::IntArrayRef(shape),
            remedy);
  }
  const auto classes = int64_t(info.classes.size());
  require(classes >= 1 && classes <= kLongest, where, ": want 1 to 2^20 classes, got ", classes, remedy);
  require(image == (info.pixel_max > 0) && info.pixel_max >= 0, where, ": want pixel_max ",
          image ? "> 0 for images" : "0 for a table", ", got ", info.pixel_max, remedy);
  const int64_t widest = image ? std::min(shape[1], shape[2]) : 0;
  require(info.ink_box >= 0 && info.ink_box <= widest, where, ": want an ink_box from 0 to ", widest, ", got ",
          info.ink_box, remedy);
  const auto columns = int64_t(info.columns.size());
  require(!image || columns == 0, where, ": want no columns for images, got ", columns, remedy);
  require(image || columns == info.features(), where, ": want ", info.features(),
          " columns, one for each number of a sample, got ", columns, remedy);
  std::set<std::string> seen;
  for (const std::string& name : info.columns) {
    require(seen.insert(name).second, where, ": want a different name for each column, got \"", name, "\" twice",
            remedy.empty() ? "; rename one" : remedy);
  }
}

/// Throws UserError unless normalise() can use mean and std: one for all, or one a channel or a table's column.
void check_normalisation(const DatasetInfo& info, const std::string& where, const std::string& remedy) {
  const size_t count = info.mean.size(), many = size_t(info.is_image() ? info.channels() : info.features());
  require(info.std.size() == count, where, ": want as many stds as means, got ", info.std.size(), " and ", count,
          remedy);
  require(count == 1 || count == many, where, ": want 1 ", many == 1 ? "mean" : as_text("or ", many, " means"),
          ", got ", count, remedy);
  for (float mean : info.mean) require(std::isfinite(mean), where, ": want finite means, got ", mean, remedy);
  for (float std : info.std) {
    require(std::isfinite(std) && std > 0, where, ": want finite stds > 0, got ", std, remedy);
  }
}

/// (value / pixel_max - mean) / std = value * scale + shift, one pair a channel.
struct PixelScale {
  std::vector<float> scale, shift;

  explicit PixelScale(const DatasetInfo& info) {
    for (int64_t c = 0; c < info.channels(); ++c) {
      const size_t own = info.mean.size() == 1 ? 0 : size_t(c);
      scale.push_back(1.0f / (float(info.pixel_max) * info.std[own]));
      shift.push_back(-info.mean[own] / info.std[own]);
    }
  }
};

}  // namespace

int64_t DatasetInfo::features() const {
  int64_t product = 1;
  for (int64_t side : sample_shape) product *= side;
  return product;
}

std::string DatasetInfo::to_json() const {
  const nlohmann::ordered_json json = {{"name", name},
                                       {"classes", classes},
                                       {"sample_shape", sample_shape},
                                       {"columns", columns},
                                       {"pixel_max", pixel_max},
                                       {"ink_box", ink_box},
                                       {"mean", mean},
                                       {"std", std}};
  return json.dump();
}

DatasetInfo DatasetInfo::from_json(const std::string& text) {
  const std::string where = "the data description of a checkpoint", remedy = "; train the network again";
  const auto json = parse_strict_json(text, where, JsonComments::kForbidden);
  const auto take = [&](const char* key, auto& value) {
    require(json.is_object() && json.contains(key), where, ": want \"", key, "\", found none", remedy);
    const auto& given = json[key];
    bool fits = true;
    try {
      given.get_to(value);
      // What is taken must be what is written: 2.5 pixels are not 2. Means and stds may lose digits beyond a float's.
      if constexpr (!std::is_same_v<decltype(value), std::vector<float>&>) fits = nlohmann::json(value) == given;
    } catch (const nlohmann::json::exception&) {
      fits = false;
    }
    require(fits, where, ": \"", key, "\" of another type, got ", describe_json(given), remedy);
  };
  DatasetInfo info;
  take("name", info.name);
  take("classes", info.classes);
  take("sample_shape", info.sample_shape);
  take("columns", info.columns);
  take("pixel_max", info.pixel_max);
  take("ink_box", info.ink_box);
  take("mean", info.mean);
  take("std", info.std);
  check_samples(info, where, remedy);
  check_normalisation(info, where, remedy);
  return info;
}

MemoryDataset::MemoryDataset(torch::Tensor inputs, torch::Tensor targets, DatasetInfo info)
    : inputs_(inputs.contiguous()), targets_(targets.contiguous()), info_(std::move(info)) {
  // The last file holds the labels: of a pair of idx files the second, of a table the only one.
  const std::string where = info_.files.empty() ? info_.name : info_.files.back().string();
  const auto sample = inputs_.sizes().slice(1);
  require(sample == at::IntArrayRef(info_.sample_shape), where, ": want samples of shape ",
          at::IntArrayRef(info_.sample_shape), ", got ", sample);
  if (info_.columns.empty() && !info_.is_image()) {
    for (int64_t i = 0; i < info_.features(); ++i) info_.columns.push_back(std::to_string(i));
  }
  check_samples(info_, where, "");
  const int64_t classes = int64_t(info_.classes.size());
  require(inputs_.size(0) == targets_.size(0), info_.name, ": want as many labels as samples, got ", targets_.size(0),
          " labels and ", inputs_.size(0), " samples");
  require(inputs_.size(0) > 0, info_.name, ": want at least one sample, got none");
  const int64_t low = targets_.min().item<int64_t>(), high = targets_.max().item<int64_t>();
  require(low >= 0 && high < classes, where, ": want labels 0 to ", classes - 1, ", got ", low < 0 ? low : high,
          "; mend the file, or fetch it again with scripts/data.sh");
  // The extremes are NaN or infinite if any number is; torch::isfinite() on all of them would copy the table.
  const bool finite = std::isfinite(inputs_.min().item<double>()) && std::isfinite(inputs_.max().item<double>());
  require(finite, info_.name, ": want finite numbers, got NaN or infinity");
  set_normalisation({0.0f}, {1.0f});
}

void MemoryDataset::set_normalisation(std::vector<float> mean, std::vector<float> std) {
  info_.mean = std::move(mean);
  info_.std = std::move(std);
}

Batch MemoryDataset::batch(const torch::Tensor& places) const {
  const torch::Tensor target = targets_.index_select(0, places);  // checks the places too
  if (inputs_.scalar_type() != torch::kUInt8) {
    return {normalise(inputs_.index_select(0, places), info_), target, places};
  }
  std::vector<int64_t> shape = inputs_.sizes().vec();
  shape[0] = places.size(0);
  torch::Tensor input = torch::empty(shape);
  const PixelScale pixel(info_);
  const int64_t channels = info_.channels(), plane = info_.features() / channels;
  const torch::Tensor rows = places.contiguous();
  at::parallel_for(0, shape[0], 64, [&](int64_t begin, int64_t end) {
    gather_bytes(inputs_.data_ptr<uint8_t>(), rows.data_ptr<int64_t>() + begin, end - begin, channels, plane,
                 pixel.scale.data(), pixel.shift.data(), input.data_ptr<float>() + begin * channels * plane);
  });
  return {input, target, places};
}

Subset::Subset(std::shared_ptr<const Dataset> whole, std::vector<int64_t> places)
    : whole_(std::move(whole)), places_(torch::tensor(places, torch::kInt64)) {}

torch::Tensor normalise(const torch::Tensor& raw, const DatasetInfo& info) {
  if (info.is_image()) {
    const PixelScale pixel(info);
    const auto per_channel = [&](const std::vector<float>& values) { return torch::tensor(values).view({-1, 1, 1}); };
    return raw.to(torch::kFloat32) * per_channel(pixel.scale) + per_channel(pixel.shift);
  }
  // In double: a float would lose the last digits of large numbers, which may be all that differs.
  const auto row = [](const std::vector<float>& values) { return torch::tensor(values).to(torch::kFloat64); };
  return ((raw.to(torch::kFloat64) - row(info.mean)) / row(info.std)).to(torch::kFloat32);
}

}  // namespace glassbox
