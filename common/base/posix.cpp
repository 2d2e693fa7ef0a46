#include "common/base/posix.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "common/base/error.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

std::string remedy(int error) {
  switch (error) {
    case ENOSPC: return "; the disk is full: free some space, or write to another disk";
    case EDQUOT: return "; your disk quota is used up: delete files you no longer need, or write to another disk";
    case EFBIG: return "; it would be larger than this shell allows: raise the limit with ulimit -f";
    case EACCES:
    case EPERM: return "; check the permissions of the file and its folder";
    case EROFS: return "; write to a folder that is not mounted read-only";
    case ENOENT: return "; check the spelling of the path";
    case EMFILE: return "; raise the limit with ulimit -n";
    default: return "";
  }
}

const char* kind_of(mode_t mode) {
  if (S_ISREG(mode)) return "a file";
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISLNK(mode)) return "a link, which may lead anywhere; put there what it leads to";
  if (S_ISFIFO(mode)) return "a pipe; write it to a file first";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

struct Missing : UserError {
  using UserError::UserError;
};

/// What `name` in `folder` is, of a link the link itself; 0 if it is not there. Throws UserError if that cannot be
/// told.
mode_t mode_of(const Descriptor& folder, const std::string& name, const fs::path& path) {
  struct stat info = {};
  if (::fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) return info.st_mode;
  if (errno != ENOENT && errno != ENOTDIR) fail_with_errno(path, "look at it", errno);
  return 0;
}

/// The folder `name` in `folder`, which is no link; with `make` it is made if it is missing.
Descriptor step_into(const Descriptor& folder, const std::string& name, const fs::path& path, bool make) {
  if (make && ::mkdirat(folder.get(), name.c_str(), 0777) != 0 && errno != EEXIST)
    fail_with_errno(path, "make the folder", errno);
  Descriptor next(::openat(folder.get(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), path);
  if (next.get() >= 0) return next;
  if (errno == ENOENT) throw Missing(path.string() + ": no such folder");
  const int error = errno;
  const mode_t mode = mode_of(folder, name, path);
  require(mode == 0 || S_ISDIR(mode), path.string(), ": want a folder, got ", kind_of(mode));
  fail_with_errno(path, "open the folder", error);
}

int open_at(const FileAt& file, int flags) {
  flags |= O_NONBLOCK | O_NOCTTY | O_CLOEXEC;  // to open a pipe is otherwise to wait for its other end
  if (file.root() == nullptr) return ::open(file.path().c_str(), flags, 0666);
  const Descriptor folder = open_parent(file, (flags & O_CREAT) != 0);
  return ::openat(folder.get(), file.path().filename().c_str(), flags | O_NOFOLLOW, 0666);
}

struct stat status_of(const Descriptor& file, const fs::path& path) {
  struct stat info = {};
  if (::fstat(file.get(), &info) != 0) fail_with_errno(path, "read", errno);
  return info;
}

/// The file's mode, of a link beneath a root the link's own; 0 if it is not there.
mode_t mode_at(const FileAt& file) try {
  struct stat info = {};
  if (file.root() != nullptr) return mode_of(open_parent(file, /*make=*/false), file.path().filename(), file.path());
  if (::stat(file.path().c_str(), &info) == 0) return info.st_mode;
  if (errno != ENOENT && errno != ENOTDIR) fail_with_errno(file.path(), "look at it", errno);
  return 0;
} catch (const Missing&) {
  return 0;
}

}  // namespace

FileAt FileAt::beneath(std::shared_ptr<const Descriptor> folder, const fs::path& path, const fs::path& relative) {
  bool fine = !relative.empty() && relative.is_relative();
  for (const fs::path& part : relative) fine = fine && part != ".." && part != "." && !part.empty();
  if (!fine) throw std::logic_error("FileAt::beneath: want a name in the folder, got " + relative.string());
  FileAt file(path / relative);
  file.relative_ = relative;
  file.root_ = std::move(folder);
  return file;
}

bool exists(const FileAt& file) { return mode_at(file) != 0; }

void fail_with_errno(const fs::path& path, const std::string& doing, int error) {
  fail(path.string(), ": cannot ", doing, ": ", std::generic_category().message(error), remedy(error));
}

Descriptor::~Descriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
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

void Descriptor::seek(uint64_t offset) {
  if (::lseek(descriptor_, off_t(offset), SEEK_SET) < 0) fail_with_errno(path_, "read", errno);
}

Descriptor open_folder(const fs::path& path) {
  Descriptor folder(::open(path.empty() ? "." : path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), path);
  if (folder.get() < 0) fail_with_errno(path, "open the folder", errno);
  return folder;
}

Descriptor open_parent(const FileAt& file, bool make) {
  const fs::path parent = file.path().parent_path();
  if (file.root() == nullptr) {
    std::error_code error;
    if (make && !parent.empty()) fs::create_directories(parent, error);
    if (error) fail_with_errno(parent, "make the folder", error.value());
    return open_folder(parent);
  }
  Descriptor folder(::openat(file.root()->get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC), parent);
  if (folder.get() < 0) fail_with_errno(parent, "open the folder", errno);
  for (const fs::path& part : file.relative().parent_path()) folder = step_into(folder, part, parent, make);
  return folder;
}

Descriptor open_regular(const FileAt& file, int flags, const std::string& doing) {
  Descriptor opened(open_at(file, flags), file.path());
  const int error = errno;
  struct stat info = {};
  info.st_mode = opened.get() < 0 ? mode_at(file) : 0;
  if (opened.get() >= 0) info = status_of(opened, file.path());
  require(info.st_mode == 0 || S_ISREG(info.st_mode), file.string(), ": want a file, got ", kind_of(info.st_mode));
  if (opened.get() < 0) fail_with_errno(file.path(), doing, error);
  const bool writes = (flags & O_ACCMODE) != O_RDONLY;
  require(file.root() == nullptr || !writes || info.st_nlink == 1, file.string(),
          ": want a file of the run alone, got one with a second name elsewhere (a hard link); replace it by a copy");
  return opened;
}

Descriptor open_file_or_pipe(const FileAt& file) {
  Descriptor opened(open_at(file, O_RDONLY), file.path());
  const bool is_pipe = opened.get() >= 0 && S_ISFIFO(status_of(opened, file.path()).st_mode);
  if (!is_pipe) return open_to_read(file);
  ::fcntl(opened.get(), F_SETFL, 0);  // from now on read() waits for its writer, if it has one
  return opened;
}

Descriptor open_to_read(const FileAt& file) { return open_regular(file, O_RDONLY, "read"); }

uint64_t file_size(const Descriptor& file, const fs::path& path) { return uint64_t(status_of(file, path).st_size); }

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
