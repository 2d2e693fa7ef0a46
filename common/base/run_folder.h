/// The folder a run leaves behind: config, environment, metrics, checkpoints, plots, report. Its path may be a link;
/// what is in it is opened beneath it and may be none (file_at.h).
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/file_at.h"

namespace glassbox {

class RunFolder {
 public:
  /// Makes a new folder: `wanted`, or wanted-2, wanted-3, ... if that exists and is not empty. Nothing is overwritten.
  /// Throws UserError if it cannot be made.
  static RunFolder create(const std::filesystem::path& wanted);

  /// A folder an earlier run left. Throws UserError if `path` has no config.json.
  /// With `to_continue` it is locked too (flock): a second process that continues the same run gets a UserError. The
  /// temporary files that a killed process left in it are removed then.
  static RunFolder open(const std::filesystem::path& path, bool to_continue);

  /// Removes those folders of ours in `parent` whose name begins with `prefix` and that nobody holds the lock of: what
  /// killed dry runs left.
  static void remove_abandoned(const std::filesystem::path& parent, const std::string& prefix);

  const std::filesystem::path& path() const { return path_; }
  FileAt file(const std::string& relative) const;
  bool has(const std::string& relative) const { return exists(file(relative)); }

  /// The path of a run in this one (a sweep's). Throws UserError if a link or a file has its name.
  std::filesystem::path part(const std::string& name) const;

  FileAt last() const { return file("checkpoints/last.safetensors"); }
  FileAt best() const { return file("checkpoints/best.safetensors"); }
  FileAt state() const { return file("checkpoints/state.safetensors"); }

  /// The text of config.json, environment.json or another record: at most 4 MB, else UserError.
  std::string read(const std::string& relative) const;

  /// Writes `text` atomically at `relative`.
  void write(const std::string& relative, std::string_view text) const;

  /// Adds a line to log.txt.
  void log(const std::string& line) const;

  /// Adds one JSON object as a line of metrics.jsonl and flushes it to the disk.
  void append_metrics(const std::string& json_line) const;

  /// The lines of metrics.jsonl; a last line cut short by a kill is left out.
  std::vector<std::string> metrics() const;

  /// Keeps only the given lines of metrics.jsonl (a resumed run repeats what came after its state was saved).
  void replace_metrics(const std::vector<std::string>& lines) const;

  /// The same three for any file of one JSON object a line. Not flushed: what the machine loses when it loses its
  /// power is an image, not a result.
  void append_line(const std::string& relative, const std::string& json_line) const;
  std::vector<std::string> lines(const std::string& relative) const;
  void replace_lines(const std::string& relative, const std::vector<std::string>& lines) const;

  RunFolder(RunFolder&& other) noexcept;
  RunFolder& operator=(RunFolder&& other) noexcept;
  ~RunFolder();

 private:
  /// Opens the folder that is there.
  explicit RunFolder(std::filesystem::path path);
  void lock();

  std::filesystem::path path_;
  std::shared_ptr<const Descriptor> root_;
  int lock_ = -1;  // file descriptor that holds the flock
};

}  // namespace glassbox
