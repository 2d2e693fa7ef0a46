/// Where a file is: a path, or a name beneath a folder that strangers may have filled.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace glassbox {

class Descriptor;

/// A path the user gave is followed wherever its links lead. A part of a run folder is opened from that folder's own
/// descriptor, step by step, and a link on the way is an error: a run that was handed in can hold a log.txt that leads
/// to a file of its reader's.
class FileAt {
 public:
  FileAt(std::filesystem::path path) : path_(std::move(path)) {}  // NOLINT: wherever a path serves, this does
  FileAt(const char* path) : path_(path) {}                       // NOLINT
  FileAt(const std::string& path) : path_(path) {}                // NOLINT

  /// `relative` ("plots/loss.png", without "..") beneath the open `folder`, which messages call `path`. Throws
  /// std::logic_error for a name that could lead out of it.
  static FileAt beneath(std::shared_ptr<const Descriptor> folder, const std::filesystem::path& path,
                        const std::filesystem::path& relative);

  const std::filesystem::path& path() const { return path_; }  ///< for messages
  std::string string() const { return path_.string(); }

  const std::shared_ptr<const Descriptor>& root() const { return root_; }  ///< none: a path like any other
  const std::filesystem::path& relative() const { return relative_; }      ///< beneath root()

 private:
  std::filesystem::path path_, relative_;
  std::shared_ptr<const Descriptor> root_;
};

/// True if anything is there, beneath a run folder also a link. Throws UserError for a link on the way from its
/// root, and if it cannot be told.
bool exists(const FileAt& file);

}  // namespace glassbox
