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
  int64_t threads = 0;                     ///< 0 = one a core
  int64_t trace = -1;                      ///< the test sample whose every number explain shows; -1 = none
  std::map<std::string, std::string> own;  ///< values of the app's own flags, by name without "--"
  bool dry_run = false, json = false, quiet = false, help = false, version = false;
  int64_t part = 0;  ///< not a flag: number of a run that belongs to a larger one and prints nothing, from 1; 0 = none
  bool config_docs = false, schema = false, diff = false;
  bool begins_run = false;  ///< not a flag: the verb makes a new run of an experiment

  /// The value of an own flag; empty if it was not given.
  std::string own_flag(const std::string& name) const { return own.count(name) > 0 ? own.at(name) : ""; }
};

/// The flags of each verb, without "--".
using FlagsOfVerbs = std::map<std::string, std::vector<std::string>>;

/// Throws UserError for unknown flags and verbs (with the nearest one), missing or stray values, and flags that the
/// verb does not take. `verbs` are the app's; `own`: the flags of its own verbs, and those that other apps' verbs of
/// this name do not have; these take a text, which the app checks.
Options parse_options(int argc, char** argv, const std::vector<std::string>& verbs, const FlagsOfVerbs& own = {});

/// Throws UserError "--flag: want a whole number from ..." unless `text` is one.
int64_t whole_number(const std::string& flag, const std::string& text, int64_t low, int64_t high);

/// The help text of an app. `own_verbs`: lines for what only this app can do, or nothing.
std::string help_text(const std::string& app, const std::string& summary, const std::string& own_verbs);

}  // namespace glassbox
