/// The verbs and flags that mean the same in every app. An app hands its own flags to a verb: eval_verb({views}).
#pragma once

#include <string>
#include <vector>

#include "common/cli/verb.h"

namespace glassbox {

using Flags = std::vector<Flag>;

Verb train_verb(const Flags& own = {});
Verb eval_verb(const Flags& own = {});
Verb predict_verb(const InputWords& inputs, const Flags& own = {});
Verb explain_verb(const InputWords& inputs, const Flags& own = {});
Verb describe_verb(const Flags& own = {});
/// An experiment several times: its "sweep" section, or --over and --seeds, which become overrides of that section.
Verb sweep_verb(const Flags& own = {});

/// --config (required), --set, --seed and --run: of a verb that makes a run of its own from an experiment.
Flags experiment_flags(const Flags& own = {});
/// --run: of a verb that needs a trained network.
Flag trained_run_flag();

/// The flags of every verb: --data, --device, --threads, --json, --quiet, --help, --version.
Flags common_flags();
Flag data_flag();
Flag json_flag();
Flag help_flag();
Flag version_flag();

/// What the help of an app ends with: its exit codes.
extern const char* const kAppExitCodes;

}  // namespace glassbox
