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

/// The index of `wanted` in `names`; `what` is "column" or "class".
int64_t index_of(const std::string& wanted, const std::vector<std::string>& names, const std::string& data,
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

}  // namespace

LabelledDataset choose_columns(const LabelledDataset& whole, const std::vector<std::string>& names) {
  DatasetInfo info = whole.info();
  require(!info.is_image(), "data.columns: want a table, got the images of ", info.name);
  std::vector<int64_t> columns;
  std::vector<std::string> chosen;
  for (const std::string& name : names) {
    const bool is_name = std::find(info.columns.begin(), info.columns.end(), name) != info.columns.end();
    const auto index = is_name ? std::nullopt : to_index(name, info.columns.size());
    columns.push_back(index ? int64_t(*index) : index_of(name, info.columns, info.name, "column"));
    chosen.push_back(info.columns[size_t(columns.back())]);
  }
  info.columns = chosen;
  info.sample_shape = {int64_t(names.size())};
  const torch::Tensor all = whole.raw(torch::arange(whole.size()));
  return {all.index_select(1, torch::tensor(columns)), whole.targets(), std::move(info)};
}

LabelledDataset keep_classes(const LabelledDataset& whole, const std::vector<std::string>& names) {
  const DatasetInfo& info = whole.info();
  require(std::set<std::string>(names.begin(), names.end()).size() == names.size() && names.size() > 1,
          "data.keep_classes: want at least two different classes of ", info.name, ", got ", names.size());
  std::vector<int64_t> new_label(info.classes.size(), -1), kept, labels;
  for (size_t i = 0; i < names.size(); ++i) {
    new_label[size_t(index_of(names[i], info.classes, info.name, "class"))] = int64_t(i);
  }
  const auto target = whole.targets().accessor<int64_t, 1>();
  for (int64_t i = 0; i < whole.size(); ++i) {
    const int64_t label = new_label[size_t(target[i])];
    if (label < 0) continue;
    kept.push_back(i);
    labels.push_back(label);
  }
  return whole.subset(kept).relabelled(torch::tensor(labels, torch::kInt64), names);
}

LabelledDataset one_versus_rest(const LabelledDataset& whole, const std::string& name) {
  const int64_t label = index_of(name, whole.info().classes, whole.info().name, "class");
  return whole.relabelled(whole.targets().eq(label).to(torch::kInt64), {"not " + name, name});
}

LabelledDataset with_wrong_labels(const LabelledDataset& data, double fraction, Rng rng) {
  torch::Tensor targets = data.targets().clone();
  std::vector<int64_t> chosen(size_t(data.size()));
  std::iota(chosen.begin(), chosen.end(), 0);
  rng.shuffle(chosen);
  chosen.resize(size_t(std::llround(fraction * double(data.size()))));
  const auto classes = int64_t(data.info().classes.size());
  auto label = targets.accessor<int64_t, 1>();
  for (const int64_t i : chosen) label[i] = (label[i] + 1 + rng.below(classes - 1)) % classes;
  return data.relabelled(targets, data.info().classes);
}

}  // namespace glassbox
