/// Files that are either the old ones or complete: written under a temporary name, flushed, renamed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "common/base/file_at.h"
#include "common/base/posix.h"

namespace glassbox {

/// Writes piece by piece; nothing appears at `path` before commit(). Without commit() the old file stays.
/// Makes the parent folders. One writer per process and path: the temporary is called ".NAME.tmp.PID".
/// Every failure (full disk, no permission) throws UserError with the path, the system's reason and the remedy.
class AtomicFile {
 public:
  explicit AtomicFile(const FileAt& file);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* bytes, size_t count);
  void write(std::string_view text) { write(text.data(), text.size()); }
  void commit();

 private:
  [[noreturn]] void give_up(const char* doing);

  std::filesystem::path path_;
  Descriptor folder_;      // that of the file
  std::string temporary_;  // its name in there
  int descriptor_ = -1;
};

/// The whole of `text` in `file`, atomically.
void write_file(const FileAt& file, std::string_view text);

/// The whole file. Throws UserError if it is missing, no regular file, unreadable, or larger than `max_bytes`.
std::string read_file(const FileAt& file, uint64_t max_bytes = uint64_t{1} << 30);

/// The same of a file or a pipe, for what was named on the command line.
std::string read_file_or_pipe(const FileAt& file, uint64_t max_bytes = uint64_t{1} << 30);

/// The first bytes of a file, up to `count`; none if it cannot be read.
std::string first_bytes(const FileAt& file, size_t count);

}  // namespace glassbox
