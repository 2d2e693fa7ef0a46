#include "common/base/memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>

#include "common/base/error.h"

namespace glassbox {
namespace {

constexpr uint64_t kUnknown = std::numeric_limits<uint64_t>::max();

/// The first number of a file of the kernel's; kUnknown for "max" and for no file.
uint64_t number_in(const std::string& path) {
  std::ifstream file(path);
  uint64_t number = 0;
  return file >> number ? number : kUnknown;
}

/// The number behind `word` at the begin of a line; 0 if there is none.
uint64_t number_behind(const std::string& word, const std::string& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(word, 0) == 0) return std::strtoull(line.c_str() + word.size(), nullptr, 10);
  }
  return 0;
}

uint64_t available_on_machine() {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    uint64_t kilobytes = 0;
    if (std::sscanf(line.c_str(), "MemAvailable: %" SCNu64 " kB", &kilobytes) == 1) return kilobytes * 1024;
  }
  return kUnknown;
}

/// What is left to the control group (version 2) that this process is in, and to those above it.
uint64_t left_to_group() {
  std::ifstream groups("/proc/self/cgroup");
  uint64_t left = kUnknown;
  for (std::string line; std::getline(groups, line);) {
    if (line.rfind("0::/", 0) != 0) continue;
    for (std::string group = line.substr(3);; group.resize(group.rfind('/'))) {
      const std::string folder = "/sys/fs/cgroup" + group;
      const uint64_t most = number_in(folder + "/memory.max"), taken = number_in(folder + "/memory.current");
      const uint64_t cached = std::min(taken, number_behind("inactive_file ", folder + "/memory.stat"));
      if (most != kUnknown && taken != kUnknown) left = std::min(left, most - std::min(most, taken - cached));
      if (group.find('/') == std::string::npos || group == "/") break;
    }
  }
  return left;
}

/// What ulimit -v leaves.
uint64_t left_of_address_space() {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnknown;
  const uint64_t pages = number_in("/proc/self/statm");
  if (pages == kUnknown) return kUnknown;
  const uint64_t taken = pages * uint64_t(::sysconf(_SC_PAGESIZE));
  return limit.rlim_cur - std::min<uint64_t>(limit.rlim_cur, taken);
}

}  // namespace

uint64_t free_memory() { return std::min({available_on_machine(), left_to_group(), left_of_address_space()}); }

bool address_space_is_limited() { return left_of_address_space() != kUnknown; }

std::string bytes_text(uint64_t bytes) {
  char text[32];
  if (bytes < 1000) return as_text(bytes, " bytes");
  const double scaled = double(bytes);
  if (bytes < 1000'000)
    std::snprintf(text, sizeof text, "%.1f kB", scaled / 1e3);
  else if (bytes < 1000'000'000)
    std::snprintf(text, sizeof text, "%.1f MB", scaled / 1e6);
  else
    std::snprintf(text, sizeof text, "%.1f GB", scaled / 1e9);
  return text;
}

void require_memory(uint64_t bytes, const std::string& doing, const std::string& what) {
  const uint64_t most = free_memory();
  require(bytes <= most, doing, ": want at most ", bytes_text(most), " of memory, which is free here, got ",
          bytes_text(bytes), " for ", what);
}

}  // namespace glassbox
