/// What a command line asked for, checked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/cli/verb.h"

namespace glassbox {

/// The fields are the standard verbs' flags (standard.h); a program reads its own by name: number("images").
struct Options {
  std::string verb;  ///< train, eval, ...; "" of a program without verbs, and with a bare --help or --version
  std::filesystem::path config, run, resume, data;
  std::vector<std::string> overrides;  ///< "path=value", --seed included
  std::vector<std::string> inputs;     ///< what predict looks at
  std::string device = "auto", split = "test";
  int64_t threads = 0;  ///< 0 = one a core
  int64_t trace = -1;   ///< the test sample whose every number explain shows; -1 = none
  bool dry_run = false, json = false, quiet = false, help = false, version = false;
  int64_t part = 0;  ///< not a flag: number of a run that belongs to a larger one and prints nothing, from 1; 0 = none
  bool config_docs = false, schema = false, diff = false;
  bool begins_run = false;  ///< not a flag: the verb makes a new run of an experiment

  /// Flags by name, without "--". Throws std::logic_error if no verb of the program has such a flag, so that a slip in
  /// a name does not mean "not given".
  bool is_set(const std::string& flag) const;  ///< given, and of an on_off flag: on
  std::string text(const std::string& flag, const std::string& unless_given = "") const;
  std::vector<std::string> texts(const std::string& flag) const;  ///< all values of a repeated flag, in order
  int64_t number(const std::string& flag, int64_t unless_given = 0) const;
  std::vector<int64_t> numbers(const std::string& flag) const;  ///< empty unless given

  std::map<std::string, std::vector<std::string>> values = {};  ///< of every flag of the program, checked; none = empty
};

/// Throws UserError for unknown flags and verbs (with the nearest one), missing or stray values and inputs, values that
/// are not of the flag's kind, and flags that the verb does not take. With --help or --version nothing else is asked.
Options parse_command_line(int argc, const char* const* argv, const Program& program);

}  // namespace glassbox
