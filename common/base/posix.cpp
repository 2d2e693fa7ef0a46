#include "common/base/posix.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "common/base/error.h"

namespace glassbox {
namespace {

std::string remedy(int error) {
  switch (error) {
    case ENOSPC: return "; the disk is full: free some space, or write to another disk";
    case EDQUOT: return "; your disk quota is used up: delete files you no longer need, or write to another disk";
    case EACCES:
    case EPERM: return "; check the permissions of the file and its folder";
    case EROFS: return "; write to a folder that is not mounted read-only";
    case ENOENT: return "; check the spelling of the path";
    case EMFILE: return "; raise the limit with ulimit -n";
    default: return "";
  }
}

}  // namespace

void fail_with_errno(const std::filesystem::path& path, const std::string& doing, int error) {
  fail(path.string(), ": cannot ", doing, ": ", std::generic_category().message(error), remedy(error));
}

Descriptor::Descriptor(const std::filesystem::path& path, int flags, const std::string& doing)
    : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) fail_with_errno(path, doing, errno);
}

Descriptor::~Descriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

int Descriptor::release() { return std::exchange(descriptor_, -1); }

size_t Descriptor::read(void* to, size_t count) {
  size_t done = 0;
  while (done < count) {
    const ssize_t got = ::read(descriptor_, static_cast<char*>(to) + done, count - done);
    if (got == 0) break;
    if (got > 0) done += size_t(got);
    if (got < 0 && errno != EINTR) fail_with_errno(path_, "read", errno);
  }
  return done;
}

Descriptor open_to_read(const std::filesystem::path& path) {
  std::error_code ignored;
  require(!std::filesystem::is_directory(path, ignored), path.string(), ": want a file, got a folder");
  return Descriptor(path, O_RDONLY, "read");
}

uint64_t file_size(const Descriptor& file, const std::filesystem::path& path) {
  struct stat info = {};
  if (::fstat(file.get(), &info) != 0) fail_with_errno(path, "read", errno);
  return S_ISREG(info.st_mode) ? uint64_t(info.st_size) : 0;
}

bool write_all(int descriptor, const void* bytes, size_t count) {
  const char* from = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t written = ::write(descriptor, from, count);
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) {
      from += written;
      count -= size_t(written);
    }
  }
  return true;
}

}  // namespace glassbox
