/// The JSON records of a run: environment.json (what it is made with) and summary.json (how it stands).
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <string>

#include "common/base/run_folder.h"
#include "common/data/dataset.h"

namespace glassbox {

/// environment.json: versions, processor, BLAS, threads, and the SHA-256 of every data file, or its fingerprint.
std::string environment_json(const std::vector<DataSource>& sources, int64_t threads, const torch::Device& device);

/// The threads the run was begun with; 0 if it has no environment.json. Throws UserError if that is
/// damaged.
int64_t threads_of_run(const RunFolder& run);

/// Throws UserError if a data file is not the one the run was begun with: name and SHA-256, of an image
/// folder its fingerprint, as environment.json has them. Generated data and a run without environment.json have nothing
/// to compare.
void require_same_data(const RunFolder& run, const std::vector<DataSource>& sources);

/// summary.json of a run that begins, status "running". A resumed run keeps the figures it has.
std::string summary_of_begun(const RunFolder& run, const std::string& app, const std::string& name,
                             const std::string& verb, int64_t parameters);

/// The verb that made the run; "train" where its summary.json does not say.
std::string verb_of_run(const RunFolder& run);

/// Throws UserError if another app made the run, which is then named.
void require_own(const RunFolder& run, const std::string& app);

/// Throws UserError if another verb than `verb`, which is asked to go on with it, made the run.
void require_made_by(const RunFolder& run, const std::string& verb);

/// summary.json of a run that did not finish: `status` and `message` beside the figures that are known. Those of an
/// earlier finish, with its test scores, stay; else they are those of the saved state. `monitor` names the best score.
std::string summary_of_ended(const RunFolder& run, const std::string& status, const std::string& message,
                             const std::string& monitor);

}  // namespace glassbox
