/// Private to the implementations: file descriptors that close themselves and system errors in plain words.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "common/base/file_at.h"

namespace glassbox {

/// Throws UserError "path: cannot DOING: reason; remedy" for the given errno.
[[noreturn]] void fail_with_errno(const std::filesystem::path& path, const std::string& doing, int error);

/// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int descriptor, std::filesystem::path path) : path_(std::move(path)), descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : path_(std::move(other.path_)), descriptor_(other.release()) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&& other) noexcept;

  int get() const { return descriptor_; }
  int release();

  /// Reads up to `count` bytes; fewer only at the end of the file. Throws UserError.
  size_t read(void* to, size_t count);

  /// The next read() begins at this byte.
  void seek(uint64_t offset);

 private:
  std::filesystem::path path_;
  int descriptor_;
};

/// The folder at `path`, whose links are followed. Throws UserError.
Descriptor open_folder(const std::filesystem::path& path);

/// The folder that `file` is in; with `make` it and those above it are made. Throws UserError, also for a link on the
/// way from file.root().
Descriptor open_parent(const FileAt& file, bool make);

/// Opens with the flags of open(2), beneath a root without following a link. Never waits: of a pipe or a device it
/// throws UserError, as of a folder and of what cannot be opened.
Descriptor open_regular(const FileAt& file, int flags, const std::string& doing);

/// Opens a file to be read. Throws UserError if it is missing, unreadable, or no regular file.
Descriptor open_to_read(const FileAt& file);

/// The same, or a pipe: one that nobody writes to is empty.
Descriptor open_file_or_pipe(const FileAt& file);

/// The size of an open file.
uint64_t file_size(const Descriptor& file, const std::filesystem::path& path);

/// Writes everything; false with errno set if that fails.
bool write_all(int descriptor, const void* bytes, size_t count);

}  // namespace glassbox
