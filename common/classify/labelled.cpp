#include "common/classify/labelled.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "common/base/error.h"
#include "common/base/shown.h"
#include "common/base/strict_json.h"
#include "common/data/gather.h"

namespace glassbox {
namespace {

/// Throws UserError "where: want W, got G; remedy" unless names, shape and columns fit together.
void check_samples(const DatasetInfo& info, const std::string& where, const std::string& remedy) {
  constexpr int64_t kMostClasses = 1 << 12, kLongest = int64_t{1} << 20, kLargest = int64_t{1} << 26;
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
  require(is_plain(info.name), where, ": want a name without control characters, got \"", shown(info.name), "\"",
          remedy);
  for (const auto* names : {&info.classes, &info.columns}) {
    for (const std::string& name : *names) {
      require(is_plain(name), where, ": want names without control characters, got \"", shown(name), "\"", remedy);
    }
  }
  const auto classes = int64_t(info.classes.size());
  require(classes >= 1 && classes <= kMostClasses, where, ": want 1 to 4,096 classes, got ", classes, remedy);
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
  // Within a float's range: that is what pixels are scaled with.
  for (const double mean : info.mean) {
    require(std::isfinite(float(mean)), where, ": want finite means, got ", float(mean), remedy);
  }
  for (const double std : info.std) {
    require(std::isfinite(float(std)) && float(std) > 0, where, ": want finite stds > 0, got ", float(std), remedy);
  }
}

/// (value / pixel_max - mean) / std = value * scale + shift, one pair a channel.
struct PixelScale {
  std::vector<float> scale, shift;

  explicit PixelScale(const DatasetInfo& info) {
    for (int64_t c = 0; c < info.channels(); ++c) {
      const size_t own = info.mean.size() == 1 ? 0 : size_t(c);
      scale.push_back(float(1 / (double(info.pixel_max) * info.std[own])));
      shift.push_back(float(-info.mean[own] / info.std[own]));
    }
  }
};

/// All samples as one tensor.
class MemorySamples : public Samples {
 public:
  MemorySamples(const torch::Tensor& inputs, const DatasetInfo& info)
      : inputs_(inputs.is_floating_point() ? inputs.to(torch::kFloat64).contiguous() : inputs.contiguous()) {
    const auto sample = inputs_.sizes().slice(1);
    require(sample == at::IntArrayRef(info.sample_shape), info.files.empty() ? info.name : info.files.back().string(),
            ": want samples of shape ", at::IntArrayRef(info.sample_shape), ", got ", sample);
    // The extremes are NaN or infinite if any number is; torch::isfinite() on all of them would copy the table.
    const bool finite = inputs_.numel() == 0 || !inputs_.is_floating_point() ||
                        (std::isfinite(inputs_.min().item<double>()) && std::isfinite(inputs_.max().item<double>()));
    require(finite, info.name, ": want finite numbers, got NaN or infinity");
  }

  int64_t size() const override { return inputs_.size(0); }
  torch::Tensor raw(const torch::Tensor& indices) const override { return inputs_.index_select(0, indices); }

  torch::Tensor normalised(const torch::Tensor& indices, const DatasetInfo& info) const override {
    if (inputs_.scalar_type() != torch::kUInt8) return normalise(raw(indices), info);
    std::vector<int64_t> shape = inputs_.sizes().vec();
    shape[0] = indices.size(0);
    torch::Tensor input = torch::empty(shape);
    const PixelScale pixel(info);
    const int64_t channels = info.channels(), plane = info.features() / channels;
    const torch::Tensor rows = indices.contiguous();
    at::parallel_for(0, shape[0], 64, [&](int64_t begin, int64_t end) {
      gather_bytes(inputs_.data_ptr<uint8_t>(), rows.data_ptr<int64_t>() + begin, end - begin, channels, plane,
                   pixel.scale.data(), pixel.shift.data(), input.data_ptr<float>() + begin * channels * plane);
    });
    return input;
  }

 private:
  torch::Tensor inputs_;
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

DatasetInfo DatasetInfo::from_json(const std::string& text, const std::string& source) {
  const std::string where = "the data description of " + source, remedy = "; train the network again";
  const auto json = parse_strict_json(text, where, JsonComments::kForbidden);
  const auto take = [&](const char* key, auto& value) {
    require(json.is_object() && json.contains(key), where, ": want \"", key, "\", found none", remedy);
    const auto& given = json[key];
    bool fits = true;
    try {
      given.get_to(value);
      fits = nlohmann::json(value) == given;  // what is taken must be what is written: 2.5 pixels are not 2
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

torch::Tensor normalise(const torch::Tensor& raw, const DatasetInfo& info) {
  if (info.is_image()) {
    const PixelScale pixel(info);
    const auto per_channel = [&](const std::vector<float>& values) { return torch::tensor(values).view({-1, 1, 1}); };
    return raw.to(torch::kFloat32) * per_channel(pixel.scale) + per_channel(pixel.shift);
  }
  const auto per_column = [](const std::vector<double>& values) { return torch::tensor(values, torch::kFloat64); };
  return ((raw.to(torch::kFloat64) - per_column(info.mean)) / per_column(info.std)).to(torch::kFloat32);
}

LabelledDataset::LabelledDataset(std::shared_ptr<const Samples> samples, torch::Tensor targets, DatasetInfo info)
    : samples_(std::move(samples)), targets_(targets.contiguous()), info_(std::move(info)) {
  // The last file holds the labels: of a pair of idx files the second, of a table the only one.
  const std::string where = info_.files.empty() ? info_.name : info_.files.back().string();
  if (info_.columns.empty() && !info_.is_image()) {
    for (int64_t i = 0; i < info_.features(); ++i) info_.columns.push_back(std::to_string(i));
  }
  check_samples(info_, where, "");
  const int64_t classes = int64_t(info_.classes.size());
  require(samples_->size() == size(), info_.name, ": want as many labels as samples, got ", size(), " labels and ",
          samples_->size(), " samples");
  require(size() > 0, info_.name, ": want at least one sample, got none");
  const int64_t low = targets_.min().item<int64_t>(), high = targets_.max().item<int64_t>();
  require(low >= 0 && high < classes, where, ": want labels 0 to ", classes - 1, ", got ", low < 0 ? low : high,
          "; mend the file, or fetch it again with scripts/data.sh");
  stored_ = torch::arange(size());
}

LabelledDataset::LabelledDataset(const torch::Tensor& inputs, torch::Tensor targets, DatasetInfo info)
    : LabelledDataset(std::make_shared<MemorySamples>(inputs, info), std::move(targets), info) {}

Batch LabelledDataset::batch(const torch::Tensor& indices) const {
  const torch::Tensor target = targets_.index_select(0, indices);  // checks the indices too
  const torch::Tensor stored = stored_.index_select(0, indices);
  return {samples_->normalised(stored, info_), target, stored};
}

LabelledDataset LabelledDataset::subset(const std::vector<int64_t>& indices) const {
  const torch::Tensor chosen = torch::tensor(indices, torch::kInt64);
  LabelledDataset part = *this;
  part.targets_ = targets_.index_select(0, chosen);
  part.stored_ = stored_.index_select(0, chosen);
  return part;
}

LabelledDataset LabelledDataset::relabelled(torch::Tensor targets, std::vector<std::string> classes) const {
  LabelledDataset other = *this;
  other.targets_ = std::move(targets);
  other.info_.classes = std::move(classes);
  return other;
}

LabelledDataset LabelledDataset::normalised_by(std::vector<double> mean, std::vector<double> std) const {
  LabelledDataset other = *this;
  other.info_.mean = std::move(mean);
  other.info_.std = std::move(std);
  return other;
}

}  // namespace glassbox
