/// What a classifier's checkpoint says of itself: predict needs nothing but the file.
#pragma once

#include <filesystem>
#include <string>

#include "common/base/error.h"
#include "common/classify/labelled.h"
#include "common/run/session.h"
#include "common/train/checkpoint.h"

namespace glassbox {

template <typename Experiment>
struct TrainedFile {
  Experiment experiment;
  DatasetInfo info;
  NamedTensors tensors;
  std::string path;
};

/// Reads a checkpoint of `app`. Throws UserError if it is damaged, not one of Glassbox, or one of another app.
template <typename Experiment>
TrainedFile<Experiment> read_trained(const std::filesystem::path& path, const std::string& app) {
  Checkpoint checkpoint = load_safetensors(path);
  const std::string source = path.string();
  const std::string maker = Session::about_text(checkpoint.metadata, "app", source);
  require(maker == app, "opening ", source, ": want a network of ", app, ", got one of ", maker, "; use ", maker);
  return {Session::read_from<Experiment>(checkpoint.metadata, source),
          DatasetInfo::from_json(Session::about_text(checkpoint.metadata, "data", source)),
          std::move(checkpoint.tensors), source};
}

/// True if the description of a trained network is wanted, which carries its data's: --run of a run that has a
/// checkpoint, and no --set that could change the data.
bool describes_trained(const Options& options);

}  // namespace glassbox
