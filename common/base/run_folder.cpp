#include "common/base/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/posix.h"

namespace glassbox {
namespace {

const char* const kLockName = ".lock";

/// True if `folder` holds nothing but, perhaps, the lock.
bool is_unused(const std::filesystem::path& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename() != kLockName) return false;
  }
  return !error;
}

/// Holds the flock of `folder`, or returns -1 if another process does. The kernel frees it when the process dies.
int try_lock(const RunFolder& folder) {
  const FileAt at = folder.file(kLockName);
  Descriptor file = open_regular(at, O_RDWR | O_CREAT, "lock the run folder");
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file.release();
  if (errno != EWOULDBLOCK) fail_with_errno(at.path(), "lock the run folder", errno);
  return -1;
}

/// True if `folder` is new or empty.
bool make_or_find_empty(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0777) == 0) return true;
  if (errno != EEXIST) fail_with_errno(folder, "make the run folder", errno);
  std::error_code ignored;
  return std::filesystem::is_directory(folder, ignored) && std::filesystem::is_empty(folder, ignored);
}

/// What AtomicFile left behind when its process was killed: ".NAME.tmp.PID" in `folder` and the folders in it. With the
/// lock held nobody else is writing them.
void remove_temporaries(const std::filesystem::path& folder, bool below = true) {
  std::error_code ignored;
  std::vector<std::filesystem::path> inside;
  for (std::filesystem::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored)) {
    inside.push_back(entry->path());
  }
  for (const std::filesystem::path& path : inside) {
    const std::string name = path.filename().string();
    const auto status = std::filesystem::symlink_status(path, ignored);
    const bool temporary = name[0] == '.' && name.find(".tmp.") != std::string::npos;
    if (temporary && std::filesystem::is_regular_file(status)) std::filesystem::remove(path, ignored);
    if (below && std::filesystem::is_directory(status)) remove_temporaries(path, /*below=*/false);
  }
}

/// `wanted` without ".", ".." and a slash at its end: "runs/x/" is "runs/x", "." the name of the folder we are in.
std::filesystem::path with_a_name(const std::filesystem::path& wanted) {
  if (wanted.empty()) return wanted;
  const auto plain = [](std::filesystem::path path) {
    path = path.lexically_normal();
    return path.has_filename() ? path : path.parent_path();
  };
  const std::filesystem::path path = plain(wanted), name = path.filename();
  return name.empty() || name == "." || name == ".." ? plain(std::filesystem::absolute(wanted)) : path;
}

void append_text_line(const FileAt& at, const std::string& line, bool flush) {
  const Descriptor file = open_regular(at, O_WRONLY | O_CREAT | O_APPEND, "write");
  const std::string text = line + "\n";  // in one write: lines of two threads do not mix
  if (!write_all(file.get(), text.data(), text.size())) fail_with_errno(at.path(), "write", errno);
  if (flush && ::fdatasync(file.get()) != 0) fail_with_errno(at.path(), "write", errno);
}

}  // namespace

RunFolder::RunFolder(std::filesystem::path path)
    : path_(std::move(path)), root_(std::make_shared<const Descriptor>(open_folder(path_))) {}

FileAt RunFolder::file(const std::string& relative) const { return FileAt::beneath(root_, path_, relative); }

std::filesystem::path RunFolder::part(const std::string& name) const {
  if (has(name)) open_parent(file(name + "/any"), /*make=*/false);
  return path_ / name;
}

RunFolder RunFolder::create(const std::filesystem::path& wanted) {
  const std::filesystem::path base = with_a_name(wanted);
  require(base.has_filename(), "the run folder: want a name, got \"", wanted.string(), '"');
  std::error_code error;
  std::filesystem::create_directories(base.has_parent_path() ? base.parent_path() : ".", error);
  if (error) fail_with_errno(base, "make the run folder", error.value());

  constexpr int kMostRuns = 100000;
  for (int number = 1; number <= kMostRuns; ++number) {
    const std::filesystem::path path = number == 1 ? base : std::filesystem::path(as_text(base.string(), "-", number));
    if (!make_or_find_empty(path)) continue;
    // Two processes may come this far with the same empty folder. One gets the lock, and the other moves on.
    RunFolder folder(path);
    folder.lock_ = try_lock(folder);
    if (folder.lock_ >= 0 && is_unused(path)) return folder;
  }
  fail(base.string(), ": want at most ", kMostRuns, " runs of this name; choose another name, or delete old runs");
}

RunFolder RunFolder::open(const std::filesystem::path& path, bool to_continue) {
  std::error_code ignored;
  require(std::filesystem::exists(path, ignored), path.string(),
          ": want the folder of an earlier run, got a path that does not exist; check its spelling");
  require(std::filesystem::is_directory(path, ignored), path.string(),
          ": want the folder of an earlier run, got a file");
  RunFolder folder(path);
  require(folder.has("config.json"), path.string(), ": want the folder of an earlier run, got one without config.json");
  if (to_continue) {
    folder.lock();
    remove_temporaries(path);
  }
  return folder;
}

void RunFolder::remove_abandoned(const std::filesystem::path& parent, const std::string& prefix) {
  std::error_code ignored;
  std::vector<std::filesystem::path> found;
  for (std::filesystem::directory_iterator entry(parent, ignored), end; entry != end; entry.increment(ignored)) {
    if (entry->path().filename().string().rfind(prefix, 0) == 0) found.push_back(entry->path());
  }
  for (const std::filesystem::path& path : found) {
    struct stat info = {};
    const bool ours = ::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid();
    if (!ours) continue;
    try {
      RunFolder folder(path);
      folder.lock_ = try_lock(folder);
      if (folder.lock_ >= 0) std::filesystem::remove_all(path, ignored);
    } catch (const UserError&) {
      // Not as we leave one: somebody else's business.
    }
  }
}

void RunFolder::lock() {
  lock_ = try_lock(*this);
  require(lock_ >= 0, path_.string(),
          ": want a run nobody is working on, got one that another process continues; wait for it, or stop it first");
}

std::string RunFolder::read(const std::string& relative) const { return read_file(file(relative), uint64_t{4} << 20); }

void RunFolder::write(const std::string& relative, std::string_view text) const { write_file(file(relative), text); }

void RunFolder::log(const std::string& line) const { append_text_line(file("log.txt"), line, /*flush=*/false); }

void RunFolder::append_metrics(const std::string& json_line) const {
  if (json_line.find('\n') != std::string::npos) throw std::logic_error("append_metrics: want one line, got several");
  append_text_line(file("metrics.jsonl"), json_line, /*flush=*/true);
}

std::vector<std::string> RunFolder::metrics() const { return lines("metrics.jsonl"); }

void RunFolder::replace_metrics(const std::vector<std::string>& lines) const { replace_lines("metrics.jsonl", lines); }

void RunFolder::append_line(const std::string& relative, const std::string& json_line) const {
  if (json_line.find('\n') != std::string::npos) throw std::logic_error("append_line: want one line, got several");
  append_text_line(file(relative), json_line, /*flush=*/false);
}

std::vector<std::string> RunFolder::lines(const std::string& relative) const {
  if (!has(relative)) return {};
  constexpr uint64_t kMostBytes = uint64_t{64} << 20;
  const std::string text = read_file(file(relative), kMostBytes);
  std::vector<std::string> found;
  for (size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    found.push_back(text.substr(begin, end - begin));
  }
  return found;
}

void RunFolder::replace_lines(const std::string& relative, const std::vector<std::string>& lines) const {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  write(relative, text);
}

RunFolder::RunFolder(RunFolder&& other) noexcept
    : path_(std::move(other.path_)), root_(std::move(other.root_)), lock_(std::exchange(other.lock_, -1)) {}

RunFolder& RunFolder::operator=(RunFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(root_, other.root_);
  std::swap(lock_, other.lock_);
  return *this;
}

RunFolder::~RunFolder() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace glassbox
