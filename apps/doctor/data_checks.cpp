#include <algorithm>
#include <set>
#include <sstream>

#include "apps/doctor/checks.h"
#include "common/base/atomic_file.h"
#include "common/base/checksum.h"
#include "common/base/error.h"

namespace glassbox::doctor {
namespace fs = std::filesystem;
namespace {

bool is_sum(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// "60c917758ef9": enough of a sum to tell it from others.
std::string brief(const std::string& sum) { return sum.substr(0, 12) + "..."; }

/// What is wrong with one file; empty if nothing is.
std::string problem_of(const fs::path& path, const std::string& file, const Sums& sums) {
  const auto [first, last] = sums.equal_range(file);
  if (!fs::exists(path)) {
    const bool unpacked = path.extension() == ".gz" && fs::exists(fs::path(path).replace_extension());
    return unpacked ? "" : file + ": missing";
  }
  const std::string got = sha256_of_file(path);
  std::string wanted;
  for (auto sum = first; sum != last; ++sum) {
    if (sum->second == got) return "";
    wanted += (wanted.empty() ? "" : " or ") + brief(sum->second);
  }
  return file + ": want sha256 " + wanted + ", got " + brief(got);
}

/// True if one of the files is in `folder`, packed or not.
bool has_any(const fs::path& folder, const Sums& sums) {
  return std::any_of(sums.begin(), sums.end(), [&](const auto& sum) {
    const fs::path path = folder / sum.first;
    return fs::exists(path) || (path.extension() == ".gz" && fs::exists(fs::path(path).replace_extension()));
  });
}

std::string set_of(const std::string& file) { return file.substr(0, file.find('/')); }

/// fashion-mnist is fashion_mnist.
std::string underscored(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// Folders that are there, each once, whatever way it was named.
std::vector<fs::path> distinct(const std::vector<fs::path>& folders) {
  std::vector<fs::path> result;
  std::set<fs::path> seen;
  for (const fs::path& folder : folders) {
    std::error_code problem;
    const fs::path real = fs::canonical(folder, problem);
    if (!problem && fs::is_directory(real) && seen.insert(real).second) result.push_back(folder);
  }
  return result;
}

std::vector<fs::path> sets_in(const fs::path& folder) {
  std::vector<fs::path> sets;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory() && entry.path().filename().string().front() != '.') sets.push_back(entry.path());
  }
  std::sort(sets.begin(), sets.end());
  return sets;
}

}  // namespace

Sums parse_sums(const std::string& text, const std::string& source) {
  Sums sums;
  std::istringstream lines(text);
  int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::string sum = line.substr(0, 64);
    // Two spaces, or a space and "*" for a file that was read in binary mode.
    const bool good = is_sum(sum) && line.size() > 66 && line[64] == ' ' && (line[65] == ' ' || line[65] == '*');
    require(good, source, ":", number, ": want 64 hex digits, two spaces and a file's name, got \"", line.substr(0, 80),
            "\"");
    sums.emplace(line.substr(66), sum);
  }
  return sums;
}

Sums sums_of_set(const Sums& all, const std::string& set) {
  Sums own;
  for (const auto& [file, sum] : all) {
    if (file.rfind(set + "/", 0) == 0) own.emplace(file.substr(set.size() + 1), sum);
  }
  return own;
}

Finding check_set(const std::string& name, const fs::path& folder, const Sums& sums, const std::string& remedy) {
  std::vector<std::string> problems;
  int64_t files = 0;
  for (auto each = sums.begin(); each != sums.end(); each = sums.upper_bound(each->first)) {
    ++files;
    const std::string problem = problem_of(folder / each->first, each->first, sums);
    if (!problem.empty()) problems.push_back(problem);
  }
  if (problems.empty()) {
    return {Level::kOk, name,
            as_text(files, files == 1 ? " file" : " files", ", checksums right (", folder.string(), ")")};
  }
  const std::string more = problems.size() > 1 ? as_text(" and ", problems.size() - 1, " more") : "";
  return {Level::kFail, name, (folder / problems.front()).string() + more, remedy};
}

/// A set that is there: one that scripts/data.sh fetches (`ours`), or one with a list of its own.
static Finding check_found(const std::string& name, const fs::path& set, const Sums& known, bool ours) {
  const std::string list = (set / "SHA256SUMS").string();
  const std::string remedy = ours ? "scripts/data.sh " + name + " --to " + set.parent_path().string()
                                  : "(cd " + set.string() + " && sha256sum -c SHA256SUMS)  and copy those files again";
  try {
    const Sums sums = ours ? sums_of_set(known, name) : parse_sums(read_file(list), list);
    return check_set("data " + name, set, sums, remedy);
  } catch (const UserError& problem) {  // a file or a list that cannot be read is one finding, not the end
    return {Level::kFail, "data " + name, problem.what(), remedy};
  }
}

std::vector<Finding> check_data(const std::vector<fs::path>& folders, const Sums& known) {
  std::vector<Finding> findings;
  std::set<std::string> found;
  for (const fs::path& folder : distinct(folders)) {
    for (const fs::path& set : sets_in(folder)) {
      const std::string name = underscored(set.filename().string());
      const bool ours = has_any(set, sums_of_set(known, name));  // else it is another set of that name
      if (ours) found.insert(name);
      if (ours || fs::exists(set / "SHA256SUMS")) findings.push_back(check_found(name, set, known, ours));
    }
  }
  std::string missing;
  for (const auto& [file, sum] : known) {
    if (found.insert(set_of(file)).second) missing += " " + set_of(file);
  }
  if (!missing.empty() && findings.empty()) {
    findings.push_back({Level::kWarn, "data", "not fetched:" + missing, "scripts/data.sh digits"});
  } else if (!missing.empty()) {
    findings.push_back({Level::kOk, "data", "not fetched:" + missing + " (scripts/data.sh NAME fetches one)"});
  }
  return findings;
}

}  // namespace glassbox::doctor
