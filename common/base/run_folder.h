/// The folder a run leaves behind: config, environment, metrics, checkpoints, plots, report.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

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

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(const std::string& relative) const { return path_ / relative; }
  bool has(const std::string& relative) const { return std::filesystem::exists(file(relative)); }

  std::filesystem::path last() const { return file("checkpoints/last.safetensors"); }
  std::filesystem::path best() const { return file("checkpoints/best.safetensors"); }
  std::filesystem::path state() const { return file("checkpoints/state.safetensors"); }

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
  explicit RunFolder(std::filesystem::path path);
  void lock();

  std::filesystem::path path_;
  int lock_ = -1;  // file descriptor that holds the flock
};

}  // namespace glassbox
