/// What the verbs of every classifier share: scoring a part of the data, the table of describe.
#pragma once

#include <torch/nn/module.h>

#include <filesystem>
#include <string>
#include <vector>

#include "common/classify/evaluate.h"
#include "common/classify/open.h"
#include "common/run/session.h"
#include "common/train/checkpoint.h"

namespace glassbox {

/// The data of an experiment. With --dry-run one batch of each part and one epoch; with train.overfit_batches those
/// batches both for training and validation. Warns of data.ignored_fields(), unless the run is part of a larger one.
DataSplits open_data_of(const Session& session, const DataConfig& data, FitConfig& train, uint64_t seed);

/// Where its files come from, for the run's records.
std::vector<DataSource> sources_of(const DataSplits& data);

/// What a classifier's run says of itself before it begins.
Facts facts_of(const DataSplits& data, int64_t parameters);

/// Numbers that learn, or would if they were not frozen.
int64_t count_parameters(const torch::nn::Module& model);

/// The best checkpoint of --run. Throws UserError if there is none yet.
FileAt best_of_run(const Session& session);

/// The part of the data that --split names.
std::shared_ptr<const LabelledDataset> part_of(const DataSplits& data, const std::string& split);

/// Throws UserError if the samples are not as the checkpoint at `source` describes them: shape, classes, pixels.
void require_same_samples(const DatasetInfo& trained, const DatasetInfo& data, const std::string& source);

/// The verb eval: scores `forward` on the part that --split names and answers. Throws UserError if the run's data files
/// have changed since it was trained, or are not as its checkpoint describes them.
void eval_classifier(Session& session, const DataSplits& data, const DatasetInfo& trained, const Forward& forward);

/// "accuracy 98.65 %" and so on, a line a score.
std::string scores_text(const Scores& scores);

/// One line of describe.
struct LayerRow {
  std::string name, output;   ///< "layers.0  linear 784 -> 256", "[N, 256]"
  int64_t parameters, flops;  ///< flops of one sample's forward pass; a multiplication and its addition are two
};

/// The verb describe: a table of layers and their sums. memories: numbers that the optimizer keeps a parameter.
void describe_classifier(Session& session, const std::string& name, const DatasetInfo& info,
                         const std::vector<LayerRow>& layers, int64_t memories);

/// Numbers an optimizer of this name keeps for each parameter.
inline int64_t memories_of(const OptimizerConfig& optimizer) { return optimizer.name == "sgd" ? 1 : 2; }

}  // namespace glassbox
