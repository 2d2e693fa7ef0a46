#include "apps/doctor/checks.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "common/base/atomic_file.h"
#include "common/base/json_text.h"
#include "common/data/find.h"
#include "common/run/threads.h"

namespace glassbox::doctor {
namespace fs = std::filesystem;
namespace {

const char* word(Level level) { return level == Level::kOk ? "ok" : level == Level::kWarn ? "warn" : "fail"; }

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string findings_text(const std::vector<Finding>& findings) {
  size_t width = 0;
  for (const Finding& each : findings) width = std::max(width, each.name.size());
  std::string text;
  for (const Finding& each : findings) {
    std::string line = word(each.level);
    line.resize(6, ' ');
    line += each.name;
    line.resize(6 + width + 2, ' ');
    text += line + each.found + (each.remedy.empty() ? "" : "; mend it with: " + each.remedy) + "\n";
  }
  return text;
}

std::string as_json(const std::vector<Finding>& findings) {
  nlohmann::ordered_json checks = nlohmann::ordered_json::array();
  for (const Finding& each : findings) {
    checks.push_back(
        {{"check", each.name}, {"level", word(each.level)}, {"found", each.found}, {"remedy", each.remedy}});
  }
  return json_text({{"app", "doctor"}, {"failed", any_failed(findings)}, {"checks", checks}});
}

bool any_failed(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& each) { return each.level == Level::kFail; });
}

std::vector<Finding> examine(const fs::path& data) {
  std::vector<Finding> findings;
  findings.push_back(check_compiler());
  findings.push_back(check_torch());
  const int64_t cores = core_count(), given = usable_threads();
  const double alone = measure_gflops(1), together = given > 1 ? measure_gflops(given) : alone;
  findings.push_back(judge_blas(find_blas(), alone, together, given));
  findings.push_back(judge_threads(cores, read_quota()));
  findings.push_back(judge_openmp(cores, given, thread_limit()));
  findings.push_back(judge_display(variable("DISPLAY"), variable("WAYLAND_DISPLAY")));
  findings.push_back(check_sandbox());
  const std::vector<fs::path> folders = data_folders(data);
  findings.push_back(check_disk("runs"));
  findings.push_back(check_disk(data.empty() ? "data" : data));

  Sums known;
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);  // build/bin/doctor of a checkout
  const fs::path beside = program.parent_path().parent_path().parent_path() / "scripts/data.sha256";
  for (const fs::path& list : {fs::path("scripts/data.sha256"), beside}) {
    if (known.empty() && fs::exists(list)) known = parse_sums(read_file(list), list.string());
  }
  for (Finding& each : check_data(folders, known)) findings.push_back(std::move(each));
  return findings;
}

}  // namespace glassbox::doctor
