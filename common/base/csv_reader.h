/// Private to csv.cpp: walks through a table's text cell by cell.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace glassbox {

const char* separator_name(char separator);  ///< comma, semicolon, tab

/// Throws UserError naming the line of the first NUL byte or the first that is no UTF-8.
void check_is_text(std::string_view text, const std::string& source);

constexpr size_t kMostColumns = 100'000, kMostCells = 100'000'000;

/// A quoted cell may hold separators, line ends and doubled quotes.
class CsvReader {
 public:
  /// Begins at byte `offset`, the first of a line. `text` and `source` must outlive the reader.
  CsvReader(std::string_view text, char separator, const std::string& source, size_t offset = 0)
      : text_(text), separator_(separator), source_(source), at_(offset) {}

  bool at_end() const { return at_ == text_.size(); }
  size_t offset() const { return at_; }
  int64_t line() const { return line_; }  ///< from 1, which is where it began

  bool skip_blank_line();

  /// Reads up to `most` cells of the row into `cells`, which keeps its size if that is larger, and returns how many.
  /// Throws UserError for an unclosed quote, text after a closing one, and more than kMostColumns cells.
  size_t row(std::vector<std::string>& cells, size_t most = std::numeric_limits<size_t>::max());

 private:
  static bool ends_line(char c) { return c == '\r' || c == '\n'; }
  bool ends_cell(char c) const { return c == separator_ || ends_line(c); }
  void read_cell(std::string& cell);
  void read_quoted_cell(std::string& cell);
  bool skip_separator();
  void skip_line_end();

  std::string_view text_;
  char separator_;
  const std::string& source_;
  size_t at_;
  int64_t line_ = 1;
};

}  // namespace glassbox
