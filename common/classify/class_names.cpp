#include "common/classify/class_names.h"

#include <algorithm>
#include <map>

#include "common/base/csv_cells.h"
#include "common/base/error.h"

namespace glassbox {
namespace {

std::string in_small_letters(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
  return text;
}

}  // namespace

void sort_classes(std::vector<std::string>& classes) {
  std::sort(classes.begin(), classes.end());
  const auto is_number = [](const std::string& name) { return to_number(name).has_value(); };
  if (!std::all_of(classes.begin(), classes.end(), is_number)) return;
  std::stable_sort(classes.begin(), classes.end(),
                   [](const auto& a, const auto& b) { return *to_number(a) < *to_number(b); });
}

std::string warn_of_case(const std::vector<std::string>& classes) {
  std::map<std::string, std::string> seen;
  std::string pairs;
  constexpr size_t kLongest = 500;
  for (const std::string& name : classes) {
    const auto [twin, is_new] = seen.emplace(in_small_letters(name), name);
    if (!is_new && pairs.size() < kLongest)
      pairs += as_text(pairs.empty() ? "" : ", ", in_quotes(twin->second), " and ", in_quotes(name));
  }
  if (pairs.empty()) return "";
  return "classes that differ in case alone: " + pairs + "; if they are one class, spell them alike";
}

std::string warn_of_untrained(const std::vector<std::string>& classes, const std::vector<int64_t>& counts) {
  constexpr size_t kMost = 10;
  std::string names;
  size_t found = 0;
  for (size_t i = 0; i < classes.size(); ++i) {
    if (counts[i] > 0 || ++found > kMost) continue;
    names += (names.empty() ? "" : ", ") + in_quotes(classes[i]);
  }
  if (found == 0) return "";
  return as_text(found == 1 ? "class " : "classes ", names, found > kMost ? as_text(", ... (", found, " in all)") : "",
                 found == 1 ? " has" : " have", " no sample in the training part and cannot be learned; add samples, ",
                 "or choose the others with data.keep_classes");
}

}  // namespace glassbox
