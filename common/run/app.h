/// run_app(): what main() of every app calls.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/cli/standard.h"
#include "common/run/session.h"

namespace glassbox {

/// What a verb is called with, and what it does.
struct AppVerb {
  Verb verb;
  std::function<void(Session&)> run;
};

struct App {
  std::string name;                               ///< "mlp"
  std::string summary;                            ///< one line for --help
  std::function<void(ConfigReader)> read_config;  ///< reads an experiment with its defaults, for describe
  std::vector<AppVerb> verbs;                     ///< in the order of the help: the standard ones, then its own
};

/// Parses the command line, calls the verb, turns exceptions into one line on stderr and an exit code: 0 done, 1 our
/// failure, 2 the user can mend it, 130 interrupted.
int run_app(int argc, char** argv, const App& app);

}  // namespace glassbox
