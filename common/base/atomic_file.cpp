#include "common/base/atomic_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "common/base/error.h"
#include "common/base/posix.h"

namespace glassbox {
namespace {

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail_with_errno(folder, "make the folder", error.value());
}

/// Makes a rename in `folder` survive a power cut.
void flush_folder(const std::filesystem::path& folder) {
  const Descriptor opened(folder, O_RDONLY | O_DIRECTORY, "open the folder");
  // EINVAL: a file system that cannot flush a folder; nothing to be done about it.
  if (::fsync(opened.get()) != 0 && errno != EINVAL) fail_with_errno(folder, "flush the folder", errno);
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
  require(path_.has_filename(), path_.string(), ": want the name of a file to write, got a folder");
  make_folder(folder_of(path_));
  temporary_ = folder_of(path_) / as_text(".", path_.filename().string(), ".tmp.", ::getpid());
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail_with_errno(path_, "write", errno);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::write(const void* bytes, size_t count) {
  if (descriptor_ < 0) throw std::logic_error("AtomicFile: write() after commit() or a failure");
  if (!write_all(descriptor_, bytes, count)) give_up("write");
}

void AtomicFile::commit() {
  if (descriptor_ < 0) throw std::logic_error("AtomicFile: commit() after commit() or a failure");
  if (::fsync(descriptor_) != 0) give_up("write");
  if (::close(std::exchange(descriptor_, -1)) != 0) give_up("write");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) give_up("put the finished file in place");
  flush_folder(folder_of(path_));
}

void AtomicFile::give_up(const char* doing) {
  const int error = errno;
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  ::unlink(temporary_.c_str());
  fail_with_errno(path_, doing, error);
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

std::string read_file(const std::filesystem::path& path, uint64_t max_bytes) {
  Descriptor file = open_to_read(path);
  const uint64_t size = file_size(file, path);
  require(size <= max_bytes, path.string(), ": want at most ", max_bytes, " bytes, got ", size);

  // The size is a hint: files in /proc and pipes say 0, and a file may grow while it is read.
  constexpr size_t kStep = size_t{1} << 16;
  std::string text;
  for (size_t got = 0, step = size_t(size) + 1;; step = kStep) {
    text.resize(got + step);
    const size_t more = file.read(text.data() + got, step);
    got += more;
    require(got <= max_bytes, path.string(), ": want at most ", max_bytes, " bytes, got more");
    if (more == step) continue;
    text.resize(got);
    return text;
  }
}

MappedFile::MappedFile(const std::filesystem::path& path) {
  const Descriptor file = open_to_read(path);
  size_ = size_t(file_size(file, path));
  if (size_ == 0) return;  // mmap refuses to map nothing
  void* map = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (map == MAP_FAILED) fail_with_errno(path, "map into memory", errno);
  data_ = static_cast<const char*>(map);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

}  // namespace glassbox
