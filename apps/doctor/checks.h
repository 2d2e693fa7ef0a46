/// What doctor looks at. Each check is one finding; what is not well comes with the command that mends it.
/// The functions that look at this machine take no argument or a folder; the others judge what they are given.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/run/environment.h"

namespace glassbox::doctor {

enum class Level { kOk, kWarn, kFail };  ///< warn: works, but slowly or not all of it

struct Finding {
  Level level = Level::kOk;
  std::string name, found;
  std::string remedy = {};  ///< a command; empty only if all is well
};

/// A row of aligned columns, the remedy last: "fail  data/iris  iris.csv: want ...; mend it with: scripts/data.sh
/// iris".
std::string findings_text(const std::vector<Finding>& findings);
std::string as_json(const std::vector<Finding>& findings);
bool any_failed(const std::vector<Finding>& findings);

/// Everything below, in the order a build and a training need it. `data` as in data_folders().
std::vector<Finding> examine(const std::filesystem::path& data);

// The tools.

/// on_path: first line of `c++ --version`, empty if there is none. built_with: "GCC 12.2.0".
Finding judge_compiler(const std::string& on_path, const std::string& built_with);
Finding check_compiler();
Finding check_torch();

/// Billions of additions and multiplications a second in a product of two float32 matrices of 1024 x 1024, the best of
/// a few. Leaves LibTorch with `threads` threads.
double measure_gflops(int64_t threads);
/// gflops: of one thread, and of `threads` threads.
Finding judge_blas(const Blas& blas, double gflops_one, double gflops_all, int64_t threads);

// The machine.

/// Cores' worth of time that a cgroup may use: "150000 100000" -> 1.5, "max 100000" -> 0 (no limit), as in cpu.max of
/// cgroup v2; v1's two files are given as "QUOTA PERIOD", quota -1 = no limit.
double parse_quota(const std::string& cpu_max);
/// The smallest quota on the way from this process's cgroup to the root; 0 = none.
double read_quota();
/// cores: that this process may use. quota: see parse_quota().
Finding judge_threads(int64_t cores, double quota);
/// given: threads that OpenMP gives when it is asked for `cores`. limit: see thread_limit().
Finding judge_openmp(int64_t cores, int64_t given, const std::string& limit);
Finding judge_disk(const std::filesystem::path& folder, uint64_t free_bytes);
/// The disk that `folder` is on or would be on.
Finding check_disk(const std::filesystem::path& folder);
/// display, wayland: the variables DISPLAY and WAYLAND_DISPLAY, empty if not set.
Finding judge_display(const std::string& display, const std::string& wayland);
/// Bubblewrap, in which grading runs what students hand in.
Finding check_sandbox();

// The data.

/// File -> the SHA-256 it may have. Two lines for one file: both are right.
using Sums = std::multimap<std::string, std::string>;

/// Lines as sha256sum writes them; "#" begins a comment. Throws UserError (source, line) for anything else.
Sums parse_sums(const std::string& text, const std::string& source);

/// Those of "SET/file", without "SET/".
Sums sums_of_set(const Sums& all, const std::string& set);

/// Compares the files of `folder` with `sums`. A packed file ("x.gz") may lie unpacked beside it or instead of it; what
/// was unpacked has no known sum. remedy: the command that fetches the set again.
Finding check_set(const std::string& name, const std::filesystem::path& folder, const Sums& sums,
                  const std::string& remedy);

/// One finding a set in `folders`: by the sums in scripts/data.sha256 (`known`), else by SHA256SUMS in the set's
/// folder; then one for the sets of `known` that are nowhere.
std::vector<Finding> check_data(const std::vector<std::filesystem::path>& folders, const Sums& known);

}  // namespace glassbox::doctor
