/// SHA-256 of files, as sha256sum prints it, and of bytes.
#pragma once

#include <string>
#include <string_view>

#include "common/base/file_at.h"

namespace glassbox {

/// 64 hex digits. Throws UserError if the file cannot be read.
std::string sha256_of_file(const FileAt& file);

/// The 32 bytes themselves.
std::string sha256(std::string_view bytes);

/// Two digits, 0 to f, for each byte.
std::string to_hex(std::string_view bytes);

}  // namespace glassbox
