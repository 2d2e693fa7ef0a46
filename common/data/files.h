/// Is there a file? With the system's reason where that cannot be told.
#pragma once

#include <filesystem>
#include <system_error>

#include "common/base/error.h"

namespace glassbox {

/// Throws UserError if it cannot be told: no permission for a folder on the way, a name that is too long.
inline bool is_there(const std::filesystem::path& path) {
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  require(!error, "reading ", path.string(), ": ", error.message());
  return there;
}

}  // namespace glassbox
