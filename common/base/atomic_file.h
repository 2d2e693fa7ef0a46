/// Files that are either the old ones or complete: written under a temporary name, flushed, renamed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace glassbox {

/// Writes piece by piece; nothing appears at `path` before commit(). Without commit() the old file stays.
/// Makes the parent folders. One writer per process and path: the temporary is called ".NAME.tmp.PID".
/// Every failure (full disk, no permission) throws UserError with the path, the system's reason and the remedy.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* bytes, size_t count);
  void write(std::string_view text) { write(text.data(), text.size()); }
  void commit();

 private:
  [[noreturn]] void give_up(const char* doing);

  std::filesystem::path path_, temporary_;
  int descriptor_ = -1;
};

/// The whole of `text` at `path`, atomically.
void write_file(const std::filesystem::path& path, std::string_view text);

/// The whole file. Throws UserError if it is missing, a folder, unreadable, or larger than `max_bytes`.
std::string read_file(const std::filesystem::path& path, uint64_t max_bytes = uint64_t{1} << 30);

/// A read-only memory map of a whole file; pages are read when they are touched.
class MappedFile {
 public:
  /// Throws UserError if the file is missing or unreadable.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {data_, size_}; }

 private:
  const char* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace glassbox
