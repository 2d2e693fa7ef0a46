/// What a classifier's checkpoint says of itself: predict needs nothing but the file.
#pragma once

#include <string>

#include "common/base/error.h"
#include "common/base/safetensors.h"
#include "common/base/shown.h"
#include "common/classify/labelled.h"
#include "common/run/session.h"
#include "common/train/checkpoint.h"

namespace glassbox {

template <typename Experiment>
struct TrainedFile {
  Experiment experiment;
  DatasetInfo info;
  uint64_t tensor_bytes = 0;
};

/// Reads what a checkpoint of `app` says of itself; load_into() reads its tensors, once there is a network. Throws
/// UserError if it is damaged, not one of Glassbox, or one of another app.
template <typename Experiment>
TrainedFile<Experiment> read_trained(const FileAt& file, const std::string& app) {
  const SafetensorsHeader header = read_safetensors_header(file);
  const auto& about = header.metadata;
  const std::string source = file.string();
  const std::string maker = shown(Session::about_text(about, "app", source));
  require(maker == app, "opening ", source, ": want a network of ", app, ", got one of ", maker, "; use ", maker);
  return {Session::read_from<Experiment>(about, source),
          DatasetInfo::from_json(Session::about_text(about, "data", source), source),
          header.tensors.empty() ? 0 : header.tensors.back().end};
}

/// True if the description of a trained network is wanted, which carries its data's: --run of a run that has a
/// checkpoint, and no --set that could change the data.
bool describes_trained(const Options& options);

}  // namespace glassbox
