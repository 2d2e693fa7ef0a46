/// A run whose epochs --resume raised: config.json says so in train.resumed, since a schedule that ends with the run
/// then took another way than the file alone would take.
#pragma once

#include <string>
#include <vector>

#include "common/base/run_folder.h"

namespace glassbox {

/// The overrides of --resume with one more if they raise train.epochs under such a schedule, which adds the epochs the
/// run had to train.resumed. Throws UserError if they change anything else, or lower it.
std::vector<std::string> overrides_of_resume(const RunFolder& run, std::vector<std::string> overrides);

/// What to warn of if the experiment has train.resumed and its schedule ends with the run, with the jump of the
/// learning rate; else "". `config_json` is a complete config.json.
std::string warning_of_raised_epochs(const std::string& config_json);

/// The experiment without train.resumed: that of a run begun anew.
std::string as_never_resumed(const std::string& config_json);

}  // namespace glassbox
