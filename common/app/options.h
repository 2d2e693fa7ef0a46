/// The command line every app understands.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace glassbox {

struct Options {
  std::string verb;  ///< train, eval, ...; empty with --help or --version
  std::filesystem::path config, run, resume, data;
  std::vector<std::string> overrides;  ///< "path=value", --seed included
  std::vector<std::string> inputs;     ///< what predict looks at
  std::string device = "auto", split = "test";
  int64_t threads = 0;           ///< 0 = one a core
  std::filesystem::path output;  ///< predict: a folder; export: a file
  std::string test_time;         ///< eval: views of a picture; empty = as trained
  std::string batches;           ///< benchmark: batch sizes, "1,8,64"; empty = the usual ones
  int64_t pictures = 0;          ///< predict: of a video or camera; 0 = all
  int64_t trace = -1;            ///< the test sample whose every number explain shows; -1 = none
  bool dry_run = false, json = false, quiet = false, help = false, version = false;
  bool part = false;  ///< not a flag: a run that belongs to a larger one prints nothing
  bool config_docs = false, schema = false, diff = false;
};

/// The flags of each verb, without "--".
using FlagsOfVerbs = std::map<std::string, std::vector<std::string>>;

/// Throws UserError for unknown flags and verbs (with the nearest one), missing or stray values, and flags that the
/// verb does not take. `verbs` are the app's; `own`: the flags that other apps' verbs of this name do not have.
Options parse_options(int argc, char** argv, const std::vector<std::string>& verbs, const FlagsOfVerbs& own = {});

/// The help text of an app. `own_verbs`: lines for what only this app can do, or nothing.
std::string help_text(const std::string& app, const std::string& summary, const std::string& own_verbs);

}  // namespace glassbox
