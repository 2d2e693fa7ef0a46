/// The command line every app understands.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace glassbox {

struct Options {
  std::string verb;  ///< train, eval, predict, explain, describe; empty with --help or --version
  std::filesystem::path config, run, resume, data;
  std::vector<std::string> overrides;  ///< "path=value", --seed included
  std::vector<std::string> inputs;     ///< what predict and explain look at
  std::string device = "auto", split = "test";
  int64_t threads = 0;  ///< 0 = one a core
  bool dry_run = false, json = false, quiet = false, help = false, version = false;
  bool config_docs = false, schema = false, diff = false;
};

/// Throws UserError for unknown flags and verbs (with the nearest one), missing or stray values, and flags that the
/// verb does not take. `verbs` are the app's own.
Options parse_options(int argc, char** argv, const std::vector<std::string>& verbs);

/// The help text of an app.
std::string help_text(const std::string& app, const std::string& summary);

}  // namespace glassbox
