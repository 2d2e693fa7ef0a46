/// The experiments in configs/APP, and that each replays from what a run keeps of it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "common/base/config.h"

namespace glassbox {

/// The files below `folder`, sorted.
inline std::vector<std::filesystem::path> presets_in(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

template <typename Experiment>
void expect_replays(const std::filesystem::path& file) {
  const auto read = [](Config& config) {
    Experiment experiment;
    experiment.read(config.root());
    config.finish();
  };
  Config first = Config::from_file(file);
  read(first);
  Config again = Config::from_text(first.complete_json(), "config.json");
  read(again);
  EXPECT_EQ(again.complete_json(), first.complete_json()) << file;
  EXPECT_EQ(again.differences(), first.differences()) << file;
}

}  // namespace glassbox
