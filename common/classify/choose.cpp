#include "common/classify/choose.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "common/base/config.h"
#include "common/base/csv_cells.h"
#include "common/base/error.h"

namespace glassbox {
namespace {

/// The place of `wanted` in `names`; `what` is "column" or "class".
int64_t place_of(const std::string& wanted, const std::vector<std::string>& names, const std::string& data,
                 const char* what) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == wanted) return int64_t(i);
  }
  std::string all;
  for (size_t i = 0; i < std::min<size_t>(names.size(), 12); ++i) all += (i == 0 ? "" : ", ") + names[i];
  const std::string near = nearest_name(wanted, names);
  fail("data set ", data, ": want a ", what, " out of ", all, names.size() > 12 ? ", ..." : "", ", got \"", wanted,
       "\"", near.empty() ? "" : "; did you mean \"" + near + "\"?");
}

class Relabelled : public Dataset {
 public:
  Relabelled(std::shared_ptr<const Dataset> data, torch::Tensor targets)
      : data_(std::move(data)), targets_(std::move(targets)) {}

  int64_t size() const override { return data_->size(); }
  const DatasetInfo& info() const override { return data_->info(); }
  Batch batch(const torch::Tensor& places) const override {
    Batch batch = data_->batch(places);
    batch.target = targets_.index_select(0, places);
    return batch;
  }

 private:
  std::shared_ptr<const Dataset> data_;
  torch::Tensor targets_;  // int64 [size]
};

/// In pieces: a batch also makes the samples, and all of them at once may be more than memory holds.
torch::Tensor all_targets(const Dataset& data) {
  constexpr int64_t kPiece = 4096;
  std::vector<torch::Tensor> pieces;
  for (int64_t begin = 0; begin < data.size(); begin += kPiece) {
    pieces.push_back(data.batch(torch::arange(begin, std::min(begin + kPiece, data.size()))).target);
  }
  return torch::cat(pieces);
}

}  // namespace

MemoryDataset choose_columns(const MemoryDataset& whole, const std::vector<std::string>& names) {
  DatasetInfo info = whole.info();
  require(!info.is_image(), "data.columns: want a table, got the images of ", info.name);
  std::vector<int64_t> places;
  std::vector<std::string> chosen;
  for (const std::string& name : names) {
    const bool is_name = std::find(info.columns.begin(), info.columns.end(), name) != info.columns.end();
    const auto index = is_name ? std::nullopt : to_index(name, info.columns.size());
    places.push_back(index ? int64_t(*index) : place_of(name, info.columns, info.name, "column"));
    chosen.push_back(info.columns[size_t(places.back())]);
  }
  info.columns = chosen;
  info.sample_shape = {int64_t(names.size())};
  return {whole.inputs().index_select(1, torch::tensor(places)), whole.targets(), std::move(info)};
}

MemoryDataset keep_classes(const MemoryDataset& whole, const std::vector<std::string>& names) {
  DatasetInfo info = whole.info();
  require(std::set<std::string>(names.begin(), names.end()).size() == names.size() && names.size() > 1,
          "data.keep_classes: want at least two different classes of ", info.name, ", got ", names.size());
  torch::Tensor new_label = torch::full({int64_t(info.classes.size())}, -1, torch::kInt64);
  for (size_t i = 0; i < names.size(); ++i) {
    new_label[place_of(names[i], info.classes, info.name, "class")] = int64_t(i);
  }
  const torch::Tensor labels = new_label.index_select(0, whole.targets());
  const torch::Tensor kept = (labels >= 0).nonzero().squeeze(1);
  info.classes = names;
  return {whole.inputs().index_select(0, kept), labels.index_select(0, kept), std::move(info)};
}

MemoryDataset one_versus_rest(const MemoryDataset& whole, const std::string& name) {
  DatasetInfo info = whole.info();
  const int64_t label = place_of(name, info.classes, info.name, "class");
  info.classes = {"not " + name, name};
  return {whole.inputs(), whole.targets().eq(label).to(torch::kInt64), std::move(info)};
}

std::shared_ptr<const Dataset> with_wrong_labels(std::shared_ptr<const Dataset> data, double share, Rng rng) {
  torch::Tensor targets = all_targets(*data);
  std::vector<int64_t> places(size_t(data->size()));
  std::iota(places.begin(), places.end(), 0);
  rng.shuffle(places);
  places.resize(size_t(std::llround(share * double(data->size()))));
  const auto classes = int64_t(data->info().classes.size());
  auto label = targets.accessor<int64_t, 1>();
  for (int64_t place : places) label[place] = (label[place] + 1 + rng.below(classes - 1)) % classes;
  return std::make_shared<Relabelled>(std::move(data), targets);
}

}  // namespace glassbox
