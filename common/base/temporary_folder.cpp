#include "common/base/temporary_folder.h"

#include <cstdlib>
#include <string>

#include "common/base/error.h"

namespace glassbox {
namespace fs = std::filesystem;

fs::path temporary_folder() {
  std::error_code ignored;
  for (const char* variable : {"TMPDIR", "TMP", "TEMP", "TEMPDIR"}) {
    const char* folder = std::getenv(variable);
    if (folder == nullptr || *folder == '\0') continue;
    require(fs::is_directory(folder, ignored), variable, ": want a folder for temporary files, got ", folder,
            "; make it, or unset ", variable);
    return folder;
  }
  require(fs::is_directory("/tmp", ignored),
          "TMPDIR: want a folder for temporary files, got none, and there is no /tmp");
  return "/tmp";
}

}  // namespace glassbox
