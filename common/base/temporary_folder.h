/// The folder for files that are gone when the program ends.
#pragma once

#include <filesystem>

namespace glassbox {

/// What TMPDIR, TMP, TEMP or TEMPDIR names, the first that is set; else /tmp. Throws UserError with the variable's name
/// if that is no folder.
std::filesystem::path temporary_folder();

}  // namespace glassbox
