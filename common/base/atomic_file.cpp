#include "common/base/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "common/base/error.h"
#include "common/base/posix.h"

namespace glassbox {
namespace {

/// Makes a rename in `folder` survive a power cut.
void flush_folder(const Descriptor& folder, const std::filesystem::path& path) {
  const Descriptor opened(::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), path);
  if (opened.get() < 0) fail_with_errno(path, "open the folder", errno);
  // EINVAL: a file system that cannot flush a folder; nothing to be done about it.
  if (::fsync(opened.get()) != 0 && errno != EINVAL) fail_with_errno(path, "flush the folder", errno);
}

const FileAt& with_a_name(const FileAt& file) {
  require(file.path().has_filename(), file.string(), ": want the name of a file to write, got a folder");
  return file;
}

}  // namespace

AtomicFile::AtomicFile(const FileAt& file)
    : path_(with_a_name(file).path()),
      folder_(open_parent(file, /*make=*/true)),
      temporary_(as_text(".", path_.filename().string(), ".tmp.", ::getpid())) {
  ::unlinkat(folder_.get(), temporary_.c_str(), 0);  // whatever a stranger put there, or a killed process of our number
  descriptor_ = ::openat(folder_.get(), temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail_with_errno(path_, "write", errno);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlinkat(folder_.get(), temporary_.c_str(), 0);
}

void AtomicFile::write(const void* bytes, size_t count) {
  if (descriptor_ < 0) throw std::logic_error("AtomicFile: write() after commit() or a failure");
  if (!write_all(descriptor_, bytes, count)) give_up("write");
}

void AtomicFile::commit() {
  if (descriptor_ < 0) throw std::logic_error("AtomicFile: commit() after commit() or a failure");
  if (::fsync(descriptor_) != 0) give_up("write");
  if (::close(std::exchange(descriptor_, -1)) != 0) give_up("write");
  const bool renamed = ::renameat(folder_.get(), temporary_.c_str(), folder_.get(), path_.filename().c_str()) == 0;
  if (!renamed) give_up("put the finished file in place");
  flush_folder(folder_, path_);
}

void AtomicFile::give_up(const char* doing) {
  const int error = errno;
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  ::unlinkat(folder_.get(), temporary_.c_str(), 0);
  fail_with_errno(path_, doing, error);
}

void write_file(const FileAt& at, std::string_view text) {
  AtomicFile file(at);
  file.write(text);
  file.commit();
}

namespace {

std::string read_all(Descriptor file, const FileAt& at, uint64_t max_bytes) {
  const uint64_t size = file_size(file, at.path());
  require(size <= max_bytes, at.string(), ": want at most ", max_bytes, " bytes, got ", size);

  // The size is a hint: pipes and files in /proc say 0, and a file may grow while it is read.
  constexpr size_t kStep = size_t{1} << 16;
  std::string text;
  for (size_t got = 0, step = size_t(size) + 1;; step = kStep) {
    text.resize(got + step);
    const size_t more = file.read(text.data() + got, step);
    got += more;
    require(got <= max_bytes, at.string(), ": want at most ", max_bytes, " bytes, got more");
    if (more == step) continue;
    text.resize(got);
    return text;
  }
}

}  // namespace

std::string read_file(const FileAt& file, uint64_t max_bytes) { return read_all(open_to_read(file), file, max_bytes); }

std::string first_bytes(const FileAt& at, size_t count) try {
  Descriptor file = open_to_read(at);
  std::string bytes(count, '\0');
  bytes.resize(file.read(bytes.data(), count));
  return bytes;
} catch (const UserError&) {
  return "";
}

std::string read_file_or_pipe(const FileAt& file, uint64_t max_bytes) {
  return read_all(open_file_or_pipe(file), file, max_bytes);
}

}  // namespace glassbox
