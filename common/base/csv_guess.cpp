#include "common/base/csv_guess.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace glassbox {
namespace {

constexpr std::string_view kSeparators = ",;\t";

/// How many cells there are, and how many hold no other separator.
struct Cells {
  int all = 0, clean = 0;
  double fraction() const { return all == 0 ? 0 : double(clean) / all; }
};

/// The cells of the first ten lines, if `separator` cuts them. What is in quotes separates nothing.
Cells cut(std::string_view text, char separator) {
  Cells cells;
  bool quoted = false, clean = true;
  size_t begin = 0;
  int lines = 0;
  for (size_t i = 0; i <= text.size() && lines < 10; ++i) {
    const char c = i < text.size() ? text[i] : '\n';
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c != separator && c != '\n') {
      clean = clean && kSeparators.find(c) == std::string_view::npos;
      continue;
    }
    const std::string_view cell = text.substr(begin, i - begin);
    const bool blank_line = c == '\n' && without_blanks(cell).empty();
    if (!blank_line) cells = {cells.all + 1, cells.clean + (clean || has_decimal_comma(cell))};
    if (c == '\n') ++lines;
    clean = true;
    begin = i + 1;
  }
  return cells;
}

bool is_number(std::string_view cell) { return to_number(cell).has_value() || has_decimal_comma(cell); }

/// The labels of all rows but the first.
struct OtherLabels {
  bool has_the_first = false, are_numbers = true, repeat = true;
};

OtherLabels other_labels(const CsvTable& table, size_t column, const std::string& first) {
  OtherLabels others;
  std::map<std::string, int64_t> counts;
  const std::string value = value_of(first);
  for (size_t i = 1; i < table.rows() && !others.has_the_first; ++i) {
    const std::string cell = table.cell(i, column);
    if (is_missing(cell)) continue;
    others.are_numbers = others.are_numbers && is_number(cell);
    others.has_the_first = value_of(cell) == value;
    ++counts[value_of(cell)];
  }
  others.repeat = std::all_of(counts.begin(), counts.end(), [](const auto& each) { return each.second > 1; });
  return others;
}

/// At least three numbers, each as much above the one before, words and empty cells aside: 0,1,2 or 1990,1992,1994.
bool goes_up_in_equal_steps(const std::vector<std::string>& cells) {
  std::vector<double> numbers;
  for (const std::string& cell : cells) {
    if (const auto number = to_number(cell)) numbers.push_back(*number);
  }
  if (numbers.size() < 3) return false;
  const double step = numbers[1] - numbers[0];
  for (size_t i = 1; i < numbers.size(); ++i) {
    if (!(std::abs(numbers[i] - numbers[i - 1] - step) <= 1e-9 * std::abs(numbers[i]))) return false;
  }
  return step > 0;
}

/// Whether the row has all names that are asked for. Names that are indices are those of a table without a header too,
/// unless the row has more cells than that.
bool has_names(const std::vector<std::string>& row, const std::vector<std::string>& names) {
  bool only_indices = true;
  for (size_t i = 0; i < names.size(); ++i) {
    if (std::find(row.begin(), row.end(), names[i]) == row.end()) return false;
    only_indices = only_indices && names[i] == std::to_string(i);
  }
  return !only_indices || row.size() > names.size();
}

bool has_a_cell_twice(const std::vector<std::string>& row) {
  std::set<std::string> seen;
  return std::any_of(row.begin(), row.end(),
                     [&](const std::string& cell) { return !cell.empty() && !seen.insert(cell).second; });
}

}  // namespace

char guess_separator(std::string_view text) {
  char best = kSeparators[0];
  for (const char separator : kSeparators) {
    if (cut(text, separator).fraction() > cut(text, best).fraction()) best = separator;
  }
  return best;
}

bool first_row_is_header(const CsvTable& table, const CsvOptions& options) {
  const std::vector<std::string> row = table.row(0);
  if (std::none_of(row.begin(), row.end(), is_number)) return true;
  if (!options.names.empty()) return has_names(row, options.names);
  const auto label = to_index(options.label, table.columns());
  if (!label) return std::find(row.begin(), row.end(), options.label) != row.end();
  const std::string& cell = row[*label];
  if (is_missing(cell) || has_a_cell_twice(row) || table.rows() == 1) return false;

  const OtherLabels others = other_labels(table, *label, cell);
  if (others.has_the_first) return false;
  if (!is_number(cell) && (others.are_numbers || others.repeat)) return true;
  return goes_up_in_equal_steps(row);
}

}  // namespace glassbox
