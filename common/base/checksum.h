/// SHA-256 of files, as sha256sum prints it.
#pragma once

#include <filesystem>
#include <string>

namespace glassbox {

/// 64 hex digits. Throws UserError if the file cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace glassbox
