#include "common/classify/classifier.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/base/error.h"
#include "common/base/json_text.h"
#include "common/base/shown.h"
#include "common/classify/trained.h"
#include "common/report/format.h"
#include "common/run/run_records.h"

namespace glassbox {

DataSplits open_data_of(const Session& session, const DataConfig& data, FitConfig& train, uint64_t seed) {
  if (session.options().part <= 1) warn_of_ignored(data.ignored_fields());
  DataSplits splits = open_data(data, session.data_folders(), seed);
  if (session.options().part <= 1) warn_of_ignored(splits.warnings);
  if (train.overfit_batches > 0) {
    const int64_t batches = std::min(train.overfit_batches, splits.train->size());  // more would only overflow
    splits = for_overfitting(splits, batches * data.batch_size);
  }
  if (session.options().dry_run) {
    splits = shortened(splits, data.batch_size);
    train.epochs = 1;
  }
  return splits;
}

std::vector<DataSource> sources_of(const DataSplits& data) { return {data.train->source(), data.test->source()}; }

Facts facts_of(const DataSplits& data, int64_t parameters) {
  Facts facts;
  facts.data = as_text(data.info().name, ": ", format_count(data.train->size()), " to learn from, ",
                       format_count(data.val->size()), " to validate, ", format_count(data.test->size()), " to test; ",
                       data.info().classes.size(), " classes",
                       data.info().reading.empty() ? "" : "\n            " + data.info().reading);
  facts.parameters = parameters;
  facts.monitor = kValAccuracy;
  facts.headlines = {{"accuracy", "%"}};
  return facts;
}

int64_t count_parameters(const torch::nn::Module& model) {
  int64_t count = 0;
  for (const torch::Tensor& parameter : model.parameters()) count += parameter.numel();
  return count;
}

FileAt best_of_run(const Session& session) {
  const RunFolder run = RunFolder::open(session.options().run, /*to_continue=*/false);
  require_own(run, session.app());
  require(verb_of_run(run) != "sweep", "opening ", run.path().string(),
          ": it is a sweep; want one of the runs in it, as listed in ", run.file("report.html").string());
  require(run.has("checkpoints/best.safetensors"), "opening ", run.path().string(),
          ": no checkpoints/best.safetensors; the run has not finished its first epoch. Go on with: ", session.app(),
          " train --resume ", run.path().string());
  return run.best();
}

bool describes_trained(const Options& options) {
  return !options.run.empty() && options.overrides.empty() &&
         RunFolder::open(options.run, /*to_continue=*/false).has("checkpoints/best.safetensors");
}

std::shared_ptr<const LabelledDataset> part_of(const DataSplits& data, const std::string& split) {
  return split == "train" ? data.train : split == "val" ? data.val : data.test;
}

std::string scores_text(const Scores& scores) {
  std::string text;
  for (const auto& [name, value] : scores) {
    const bool is_fraction = name.find("accuracy") != std::string::npos;
    text += name + " " + with_unit(value, is_fraction ? "%" : "") + "\n";
  }
  return text;
}

void require_same_samples(const DatasetInfo& trained, const DatasetInfo& data, const std::string& source) {
  const std::string where = source + ": the network was trained on other samples: ";
  require(trained.sample_shape == data.sample_shape, where, "want ", at::IntArrayRef(trained.sample_shape), ", got ",
          at::IntArrayRef(data.sample_shape), " from ", data.name);
  require(trained.classes == data.classes, where, "want ", trained.classes.size(), " classes, ",
          shown(trained.classes.front()), " and so on, got ", data.classes.size(), ", ", shown(data.classes.front()),
          " and so on, from ", data.name);
  require(trained.columns == data.columns, where, "want the columns ",
          shown(trained.columns.empty() ? "" : trained.columns.front()), " and so on in its order, got ",
          shown(data.columns.empty() ? "" : data.columns.front()), " and so on, from ", data.name);
  require(trained.pixel_max == data.pixel_max, where, "want pixels up to ", trained.pixel_max, ", got ", data.pixel_max,
          " from ", data.name);
}

void eval_classifier(Session& session, const DataSplits& data, const DatasetInfo& trained, const Forward& forward) {
  const RunFolder run = RunFolder::open(session.options().run, /*to_continue=*/false);
  require_same_data(run, sources_of(data));
  require_same_samples(trained, data.info(), run.best().string());
  const std::string& split = session.options().split;
  const DataLoader loader = scoring_loader(part_of(data, split));
  const Scores scores = full_classifier_scores(predict_all(forward, loader, session.device()));
  nlohmann::ordered_json json = {
      {"app", session.app()}, {"run", session.options().run.string()}, {"split", split}, {"samples", loader.samples()}};
  for (const auto& [name, value] : scores) json[name] = value;
  const std::string& note = data.info().note;
  if (!note.empty()) json["note"] = note;
  session.answer(json_text(json), split + " (" + format_count(loader.samples()) + " samples)\n" + scores_text(scores) +
                                      (note.empty() ? "" : "note: " + note + "\n"));
}

void describe_classifier(Session& session, const std::string& name, const DatasetInfo& info,
                         const std::vector<LayerRow>& layers, int64_t memories) {
  int64_t parameters = 0, flops = 0;
  size_t widest = 30;
  for (const LayerRow& row : layers) widest = std::max(widest, row.name.size());
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::string text = "input  " + info.name + as_text(" ", at::IntArrayRef(info.sample_shape)) + "\n";
  for (const LayerRow& row : layers) {
    parameters += row.parameters;
    flops += row.flops;
    rows.push_back({{"name", row.name}, {"output", row.output}, {"parameters", row.parameters}, {"flops", row.flops}});
    std::string line = row.name;
    line.resize(widest + 2, ' ');
    line += row.output;
    line.resize(std::max(line.size() + 2, widest + 14), ' ');
    text += line + format_count(row.parameters) + " parameters  " + format_count(row.flops) + " FLOPs\n";
  }
  const int64_t bytes = 4 * parameters * (2 + memories);  // weights, their gradients, the optimizer's numbers
  text += "total  " + format_count(parameters) + " parameters, " + format_count(flops) + " FLOPs a sample forward, " +
          format_number(double(bytes) / 1e6) + " MB for weights, gradients and the optimizer\n";
  const nlohmann::ordered_json json = {{"name", name},   {"data", info.name},
                                       {"layers", rows}, {"parameters", parameters},
                                       {"flops", flops}, {"training_bytes", bytes}};
  session.answer(json_text(json), text);
}

}  // namespace glassbox
