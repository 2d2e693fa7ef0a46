#include "common/classify/row_numbers.h"

#include <algorithm>

#include "common/base/error.h"

namespace glassbox {
namespace {

bool counts_rows(const torch::Tensor& column) {
  constexpr int64_t kFewest = 10;  // 0, 1, 2 may be anything
  const auto at = column.accessor<double, 1>();
  if (at.size(0) < kFewest || (at[0] != 0 && at[0] != 1)) return false;
  for (int64_t i = 1; i < at.size(0); ++i) {
    if (at[i] != at[0] + double(i)) return false;
  }
  return true;
}

bool has_no_name(const CsvTable& table, size_t column) {
  if (table.header().empty()) return false;
  return table.name(column).empty() || table.name(column).rfind("Unnamed: ", 0) == 0;  // as pandas calls it
}

/// data.columns for these columns: by name where that is short, plain and unmistakable, else by index.
std::string columns_flag(const CsvTable& table, const std::vector<size_t>& columns) {
  constexpr size_t kMostNames = 12;
  const auto& header = table.header();
  const bool by_name = columns.size() <= kMostNames && std::all_of(columns.begin(), columns.end(), [&](size_t column) {
                         const std::string name = table.name(column);
                         return !name.empty() && name.find_first_of("'\"\\\n") == std::string::npos &&
                                std::count(header.begin(), header.end(), name) == 1;
                       });
  std::string list;
  for (const size_t column : columns) {
    list += as_text(list.empty() ? "" : ",", by_name ? '"' + table.name(column) + '"' : std::to_string(column));
  }
  return "--set 'data.columns=[" + list + "]'";
}

constexpr size_t kLongestList = 500, kLongestFlag = 5000;  // characters

}  // namespace

std::string warn_of_row_numbers(const CsvTable& table, const std::vector<size_t>& columns, const torch::Tensor& numbers,
                                const std::string& source) {
  std::string names;
  std::vector<size_t> others;
  for (size_t j = 0; j < columns.size(); ++j) {
    if (!has_no_name(table, columns[j]) && !counts_rows(numbers.select(1, int64_t(j)))) {
      others.push_back(columns[j]);
      continue;
    }
    if (names.size() > kLongestList) continue;
    const std::string name = table.header().empty() ? "" : in_quotes(table.name(columns[j])) + " ";
    names += as_text(names.empty() ? "" : ", ", name, "(index ", columns[j], ")");
  }
  if (names.empty()) return "";
  std::string flag = others.empty() ? "" : "; to leave that out: " + columns_flag(table, others);
  if (flag.size() > kLongestFlag) flag = "; leave it out with data.columns";
  return as_text(source, ": the ", columns.size() - others.size() == 1 ? "column " : "columns ", names,
                 columns.size() - others.size() == 1 ? " looks" : " look",
                 " like row numbers, from which a network learns the order of the file", flag);
}

}  // namespace glassbox
