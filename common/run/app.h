/// run_app(): what main() of every app calls.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "common/run/session.h"

namespace glassbox {

struct App {
  std::string name;                               ///< "mlp"
  std::string summary;                            ///< one line for --help
  std::function<void(ConfigReader)> read_config;  ///< reads an experiment with its defaults, for describe
  std::map<std::string, std::function<void(Session&)>> verbs;
  FlagsOfVerbs own_flags = {};  ///< beyond those that every app's verb of that name has
  std::string own_help = "";    ///< for --help: a line for each verb and flag that other apps do not have
};

/// Parses the command line, calls the verb, turns exceptions into one line on stderr and an exit code: 0 done, 1 our
/// failure, 2 the user can mend it, 130 interrupted.
int run_app(int argc, char** argv, const App& app);

}  // namespace glassbox
