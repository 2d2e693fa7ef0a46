#include "common/data/dataset.h"

#include <ATen/Parallel.h>

#include <nlohmann/json.hpp>

#include "common/base/error.h"
#include "common/data/gather.h"

namespace glassbox {

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
  DatasetInfo info;
  try {
    const auto json = nlohmann::json::parse(text);
    json.at("name").get_to(info.name);
    json.at("classes").get_to(info.classes);
    json.at("sample_shape").get_to(info.sample_shape);
    json.at("columns").get_to(info.columns);
    json.at("pixel_max").get_to(info.pixel_max);
    json.at("ink_box").get_to(info.ink_box);
    json.at("mean").get_to(info.mean);
    json.at("std").get_to(info.std);
  } catch (const nlohmann::json::exception& problem) {
    fail("reading the data description of a checkpoint: ", problem.what(), "; train the network again");
  }
  const bool sane = !info.classes.empty() && !info.sample_shape.empty() && info.mean.size() == info.std.size() &&
                    (info.mean.size() == 1 || int64_t(info.mean.size()) == info.features());
  require(sane,
          "reading the data description of a checkpoint: classes, sample_shape, mean and std do not fit together");
  return info;
}

MemoryDataset::MemoryDataset(torch::Tensor inputs, torch::Tensor targets, DatasetInfo info)
    : inputs_(inputs.contiguous()), targets_(targets.contiguous()), info_(std::move(info)) {
  const int64_t classes = int64_t(info_.classes.size());
  require(inputs_.size(0) == targets_.size(0), info_.name, ": want as many labels as samples, got ", targets_.size(0),
          " labels and ", inputs_.size(0), " samples");
  require(inputs_.size(0) > 0, info_.name, ": want at least one sample, got none");
  const int64_t low = targets_.min().item<int64_t>(), high = targets_.max().item<int64_t>();
  require(low >= 0 && high < classes, info_.name, ": want labels 0 to ", classes - 1, ", got ", low < 0 ? low : high);
  require(!inputs_.is_floating_point() || torch::isfinite(inputs_).all().item<bool>(), info_.name,
          ": want finite numbers, got NaN or infinity");
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
  const int64_t width = inputs_.numel() / shape[0];
  shape[0] = places.size(0);
  torch::Tensor input = torch::empty(shape);
  const float scale = 1.0f / (float(info_.pixel_max) * info_.std[0]), shift = -info_.mean[0] / info_.std[0];
  const torch::Tensor rows = places.contiguous();
  at::parallel_for(0, shape[0], 64, [&](int64_t begin, int64_t end) {
    gather_bytes(inputs_.data_ptr<uint8_t>(), rows.data_ptr<int64_t>() + begin, end - begin, width, scale, shift,
                 input.data_ptr<float>() + begin * width);
  });
  return {input, target, places};
}

Subset::Subset(std::shared_ptr<const Dataset> whole, std::vector<int64_t> places)
    : whole_(std::move(whole)), places_(torch::tensor(places, torch::kInt64)) {}

torch::Tensor normalise(const torch::Tensor& raw, const DatasetInfo& info) {
  if (info.is_image()) {
    const float scale = 1.0f / (float(info.pixel_max) * info.std[0]), shift = -info.mean[0] / info.std[0];
    return raw.to(torch::kFloat32) * scale + shift;
  }
  return (raw.to(torch::kFloat32) - torch::tensor(info.mean)) / torch::tensor(info.std);
}

}  // namespace glassbox
