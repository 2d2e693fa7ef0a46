/// Data sets on disk: a test that needs one is skipped by name where it is missing, and fails instead where CI=true.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "common/classify/open.h"
#include "tests/common/on_ci.h"

namespace glassbox {

/// The path of `file`, or of file.gz, of the data set `name`; empty if it is in none of data_folders().
inline std::filesystem::path real_file(const std::string& name, const std::string& file) {
  std::string dashed = name;
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  for (const auto& folder : data_folders("")) {
    for (const std::string& own : {name, dashed}) {
      for (const char* ending : {"", ".gz"}) {
        const auto path = folder / own / (file + ending);
        if (std::filesystem::exists(path)) return path;
      }
    }
  }
  return {};
}

}  // namespace glassbox

/// First line of a test: SKIP_WITHOUT("iris", "iris.csv");
#define SKIP_WITHOUT(name, file)                                                                \
  if (::glassbox::real_file(name, file).empty()) {                                              \
    if (::glassbox::on_ci()) FAIL() << "CI needs the data set " << name << ": scripts/data.sh"; \
    GTEST_SKIP() << "without the data set " << name << "; fetch it with scripts/data.sh";       \
  }                                                                                             \
  static_assert(true, "")
