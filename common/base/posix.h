/// Private to the implementations: file descriptors that close themselves and system errors in plain words.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace glassbox {

/// Throws UserError "path: cannot DOING: reason; remedy" for the given errno.
[[noreturn]] void fail_with_errno(const std::filesystem::path& path, const std::string& doing, int error);

/// Owns a file descriptor.
class Descriptor {
 public:
  /// Opens `path` with the flags of open(2). Throws UserError.
  Descriptor(const std::filesystem::path& path, int flags, const std::string& doing);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return descriptor_; }
  int release();

  /// Reads up to `count` bytes; fewer only at the end of the file. Throws UserError.
  size_t read(void* to, size_t count);

 private:
  std::filesystem::path path_;
  int descriptor_;
};

/// Opens a file to be read. Throws UserError if it is missing, unreadable or a folder.
Descriptor open_to_read(const std::filesystem::path& path);

/// The size of an open file; 0 for what has none (a pipe).
uint64_t file_size(const Descriptor& file, const std::filesystem::path& path);

/// Writes everything; false with errno set if that fails.
bool write_all(int descriptor, const void* bytes, size_t count);

}  // namespace glassbox
