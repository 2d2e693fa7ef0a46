#include <sys/wait.h>
#include <torch/cuda.h>
#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "apps/doctor/checks.h"
#include "common/base/error.h"
#include "common/report/format.h"
#include "common/run/threads.h"

namespace glassbox::doctor {
namespace fs = std::filesystem;
namespace {

struct Answer {
  int exit_code = 127;
  std::string first_line;
};

/// Asks the shell; stderr is part of the answer.
Answer ask(const std::string& command) {
  Answer answer;
  FILE* pipe = popen(("(" + command + ") 2>&1").c_str(), "r");
  if (pipe == nullptr) return answer;
  std::string text;
  char chunk[256];
  while (std::fgets(chunk, sizeof chunk, pipe) != nullptr) text += chunk;
  const int status = pclose(pipe);
  answer.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  answer.first_line = text.substr(0, text.find('\n'));
  return answer;
}

std::string built_with() {
#if defined(__clang__)
  return as_text("Clang ", __clang_major__, ".", __clang_minor__, ".", __clang_patchlevel__);
#else
  return as_text("GCC ", __GNUC__, ".", __GNUC_MINOR__, ".", __GNUC_PATCHLEVEL__);
#endif
}

/// "c++ (Debian 12.2.0-14) 12.2.0" -> "12.2.0": the last word that begins with a digit and has a dot.
std::string version_in(const std::string& text) {
  std::string version;
  std::istringstream words(text);
  for (std::string each; words >> each;) {
    if (std::isdigit(static_cast<unsigned char>(each[0])) && each.find('.') != std::string::npos) version = each;
  }
  return version;
}

std::string major(const std::string& version) { return version.substr(0, version.find('.')); }

}  // namespace

Finding check_compiler() {
  const Answer compiler = ask("${CXX:-c++} --version");
  return judge_compiler(compiler.exit_code == 0 ? compiler.first_line : "", built_with());
}

Finding judge_compiler(const std::string& on_path, const std::string& built) {
  if (on_path.empty()) return {Level::kFail, "compiler", "none on PATH; built with " + built, "scripts/setup.sh"};
  const std::string found = on_path + "; built with " + built;
  const std::string built_version = version_in(built);
  if (major(version_in(on_path)) == major(built_version)) return {Level::kOk, "compiler", found};
  return {Level::kWarn, "compiler", found + ", another one", "cmake --preset release --fresh && cmake --build build"};
}

Finding check_torch() {
  const std::string cuda =
      torch::cuda::is_available() ? as_text(torch::cuda::device_count(), " CUDA devices") : "no CUDA";
  return {Level::kOk, "LibTorch", torch_version() + ", " + cuda};
}

double measure_gflops(int64_t threads) {
  set_threads(threads);
  const c10::InferenceMode no_graph;
  const int64_t n = 1024;
  const torch::Tensor a = torch::ones({n, n}), b = torch::ones({n, n});
  torch::Tensor product = torch::mm(a, b);  // the first call wakes the threads and is not counted
  double best_s = 1e9;
  for (int repeat = 0; repeat < 7; ++repeat) {
    const auto start = std::chrono::steady_clock::now();
    torch::mm_out(product, a, b);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    best_s = std::min(best_s, took.count());
  }
  return 2.0 * double(n * n * n) / best_s / 1e9;
}

Finding judge_blas(const Blas& blas, double gflops_one, double gflops_all, int64_t threads) {
  std::ostringstream speed;
  speed << std::lround(gflops_one) << " GFLOP/s with 1 thread";
  if (threads > 1) speed << ", " << std::lround(gflops_all) << " with " << threads;
  const std::string found = blas.name + " (" + blas.file + "), " + speed.str();
  if (!blas.recommended) {
    return {Level::kWarn, "BLAS", found + "; " + blas.remedy, "scripts/setup.sh && cmake --build build"};
  }
  if (threads > 1 && gflops_all < 1.2 * gflops_one) {
    return {Level::kWarn, "BLAS", found + "; the threads hardly help: other programs may be using the cores",
            "top  (and end what need not run)"};
  }
  return {Level::kOk, "BLAS", found};
}

double parse_quota(const std::string& cpu_max) {
  std::istringstream words(cpu_max);
  std::string quota;
  double period = 0;
  if (!(words >> quota >> period) || quota == "max" || period <= 0) return 0;
  return std::max(0.0, std::strtod(quota.c_str(), nullptr) / period);
}

double read_quota() {
  double smallest = 0;
  const auto take = [&](double quota) {
    if (quota > 0 && (smallest == 0 || quota < smallest)) smallest = quota;
  };
  const auto text_of = [](const fs::path& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
  };
  std::ifstream groups("/proc/self/cgroup");  // "0::/user.slice" (v2), "1:cpu,cpuacct:/docker/..." (v1)
  for (std::string line; std::getline(groups, line);) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool v2 = controllers == ",,", v1 = controllers.find(",cpu,") != std::string::npos;
    const fs::path root = v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu";
    for (fs::path group = fs::path(line.substr(second + 1)).relative_path();; group = group.parent_path()) {
      const fs::path folder = root / group;
      if (v2) take(parse_quota(text_of(folder / "cpu.max")));
      if (v1) take(parse_quota(text_of(folder / "cpu.cfs_quota_us") + " " + text_of(folder / "cpu.cfs_period_us")));
      if (group.empty()) break;
    }
  }
  return smallest;
}

Finding judge_threads(int64_t cores, double quota) {
  const std::string found = as_text(cores, cores == 1 ? " core" : " cores", ", as many threads");
  if (quota == 0 || quota >= double(cores)) return {Level::kOk, "threads", found};
  const int64_t fits = std::max<int64_t>(1, int64_t(quota));
  return {Level::kWarn, "threads",
          as_text(found, ", but a quota of ", format_number(quota),
                  " cores (cgroup); more threads than that wait for each other"),
          as_text("build/bin/mlp train --threads ", fits, " --config FILE")};
}

Finding judge_openmp(int64_t cores, int64_t given, const std::string& limit) {
  const std::string found = as_text("gives ", given, given == 1 ? " thread" : " threads");
  if (given >= cores) return {Level::kOk, "OpenMP", found};
  return {Level::kWarn, "OpenMP",
          as_text(found, " for ", cores, " cores", limit.empty() ? "" : ", because of " + limit),
          limit.empty() ? "ulimit -u unlimited  (OpenMP could not start more threads)"
                        : "unset " + limit.substr(0, limit.find('='))};
}

Finding judge_disk(const fs::path& folder, uint64_t free_bytes) {
  const std::string name = "disk " + folder.string();
  const std::string found = format_number(double(free_bytes) / 1e9, 3) + " GB free";
  const std::string remedy = "du -sh " + (folder / "*").string() + " | sort -h  (and rm -r what is not needed)";
  if (free_bytes < 200'000'000) return {Level::kFail, name, found + ", want 0.2 GB", remedy};
  if (free_bytes < 2'000'000'000)
    return {Level::kWarn, name, found + ", want 2 GB for a few runs and data sets", remedy};
  return {Level::kOk, name, found};
}

Finding check_disk(const fs::path& folder) {
  std::error_code problem;
  fs::path there = fs::absolute(folder, problem);
  while (!problem && !fs::exists(there) && there.has_relative_path()) there = there.parent_path();
  const fs::space_info space = fs::space(there, problem);
  if (problem) return {Level::kWarn, "disk " + folder.string(), problem.message(), "df -h " + there.string()};
  return judge_disk(folder, space.available);
}

Finding judge_display(const std::string& display, const std::string& wayland) {
  if (!wayland.empty()) return {Level::kOk, "display", "WAYLAND_DISPLAY=" + wayland};
  if (!display.empty()) return {Level::kOk, "display", "DISPLAY=" + display};
  return {Level::kOk, "display", "none: reports and images are files; windows cannot be opened"};
}

Finding check_sandbox() {
  if (ask("command -v bwrap").exit_code != 0) {
    return {Level::kWarn, "sandbox", "no bubblewrap; only grading needs it", "apt-get install bubblewrap"};
  }
  const Answer tried = ask("bwrap --ro-bind / / true");
  if (tried.exit_code == 0) return {Level::kOk, "sandbox", ask("bwrap --version").first_line};
  return {Level::kWarn, "sandbox", "bubblewrap does not work here (" + tried.first_line + "); only grading needs it",
          "sysctl -w kernel.unprivileged_userns_clone=1  (as root, outside of containers)"};
}

}  // namespace glassbox::doctor
