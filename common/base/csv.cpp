#include "common/base/csv.h"

#include <algorithm>
#include <limits>

#include "common/base/config.h"
#include "common/base/csv_guess.h"
#include "common/base/csv_reader.h"
#include "common/base/error.h"

namespace glassbox {
namespace {

const std::string kReadBefore = "a table";  // names the source where nothing can fail any more

std::string list_of(const std::vector<std::string>& names) {
  constexpr size_t kMost = 12;
  std::string list;
  for (size_t i = 0; i < std::min(names.size(), kMost); ++i) list += (i == 0 ? "" : ", ") + in_quotes(names[i]);
  return names.size() > kMost ? list + ", ..." : list;
}

char separator_of(const CsvOptions& options, std::string_view text) {
  for (const char known : {',', ';', '\t'}) {
    if (options.separator == separator_name(known)) return known;
  }
  return guess_separator(text);
}

}  // namespace

std::vector<std::string> CsvTable::row(size_t i) const {
  std::vector<std::string> cells(columns_);
  CsvReader(text_, separator_, kReadBefore, starts_[i].offset).row(cells);
  return cells;
}

std::string CsvTable::cell(size_t i, size_t column) const {
  std::vector<std::string> cells(column + 1);
  CsvReader(text_, separator_, kReadBefore, starts_[i].offset).row(cells, column + 1);
  return cells[column];
}

std::string CsvTable::name(size_t column) const { return header_.empty() ? std::to_string(column) : header_[column]; }

size_t CsvTable::column(const std::string& wanted, const std::string& source) const {
  return find_column(wanted, header_, columns_, source);
}

void CsvTable::find_rows(const std::string& source) {
  std::vector<std::string> cells;
  for (CsvReader reader(text_, separator_, source); !reader.at_end();) {
    if (reader.skip_blank_line()) continue;
    const Start start = {uint32_t(reader.offset()), uint32_t(reader.line())};
    const size_t count = reader.row(cells);
    if (starts_.empty()) columns_ = count;
    require(count == columns_, source, ", line ", start.line, ": want ", columns_, " cells as in line ",
            starts_.empty() ? start.line : starts_[0].line, ", got ", count);
    require((starts_.size() + 1) * columns_ <= kMostCells, source, ": want at most ", kMostCells,
            " cells, got more than ", starts_.size(), " rows of ", columns_);
    starts_.push_back(start);
  }
  require(!starts_.empty(), source, ": want at least one row of data, got an empty file");
}

void CsvTable::take_header(const std::string& source) {
  header_ = row(0);
  for (std::string& name : header_) {  // spreadsheets break lines in them
    for (char& letter : name) letter = static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
  }
  starts_.erase(starts_.begin());
  require(!starts_.empty(), source, ": want at least one row of data, got only the names of the columns");
}

CsvTable parse_csv(std::string text, const std::string& source, const CsvOptions& options) {
  require(text.size() < std::numeric_limits<uint32_t>::max(), source, ": want less than 4 GB of text, got ",
          text.size(), " bytes");
  if (text.compare(0, 3, "\xEF\xBB\xBF") == 0) text.erase(0, 3);  // the mark Excel puts in front of UTF-8
  check_is_text(text, source);
  CsvTable table;
  table.text_ = std::move(text);
  table.separator_ = separator_of(options, table.text_);
  table.find_rows(source);
  const bool has_header = options.header == "auto" ? first_row_is_header(table, options) : options.header == "yes";
  if (has_header) table.take_header(source);
  return table;
}

size_t find_column(const std::string& wanted, const std::vector<std::string>& names, size_t count,
                   const std::string& source) {
  const auto found = std::find(names.begin(), names.end(), wanted);
  if (found != names.end()) {
    require(std::find(found + 1, names.end(), wanted) == names.end(), source, ": want one column called ",
            in_quotes(wanted), ", got several; rename them, or give the index of the column");
    return size_t(found - names.begin());
  }
  if (const auto index = to_index(wanted, count)) return *index;
  const std::string near = nearest_name(wanted, names);
  fail(source, ": want a column", names.empty() ? " " : " out of " + list_of(names) + ", or ", "0 to ",
       int64_t(count) - 1, ", or -1 for the last, got ", in_quotes(wanted),
       near.empty() ? "" : "; did you mean " + in_quotes(near) + "?");
}

}  // namespace glassbox
