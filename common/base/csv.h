/// Tables as text (CSV, RFC 4180): quotes, doubled quotes, CRLF; separated by commas, semicolons or tabs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/csv_cells.h"

namespace glassbox {

/// How a file is to be read; "auto" is decided by looking at it.
struct CsvOptions {
  std::string separator = "auto";  ///< comma, semicolon, tab
  std::string header = "auto";     ///< yes: the first line names the columns; no: it is a sample
  std::string label = "-1";        ///< the label's column, by name or index, whose cells tell a header from a sample
  std::vector<std::string> names = {};  ///< of columns that are looked for: a first line with all of them is a header
};

/// A table in memory: its text once, and where each row begins (8 bytes a row). A row is cut into cells when it is
/// asked for, so that a table takes about as much memory as its file.
class CsvTable {
 public:
  size_t rows() const { return starts_.size(); }
  size_t columns() const { return columns_; }
  const std::vector<std::string>& header() const { return header_; }  ///< names of the columns; empty = there are none
  char separator() const { return separator_; }

  std::vector<std::string> row(size_t i) const;             ///< the cells of row i, columns() in number
  std::string cell(size_t i, size_t column) const;          ///< takes as long as the row up to there
  int64_t line(size_t i) const { return starts_[i].line; }  ///< the line in the file where row i begins, from 1
  std::string name(size_t column) const;                    ///< its name in the header, else its index

  /// The column called `wanted`: see find_column().
  size_t column(const std::string& wanted, const std::string& source) const;

 private:
  struct Start {
    uint32_t offset, line;
  };
  friend CsvTable parse_csv(std::string text, const std::string& source, const CsvOptions& options);
  void find_rows(const std::string& source);
  void take_header(const std::string& source);

  std::string text_;
  std::vector<Start> starts_;
  std::vector<std::string> header_;
  size_t columns_ = 0;
  char separator_ = ',';
};

/// Reads `text` (UTF-8, less than 4 GB). Blanks around a cell without quotes are no part of it. Blank lines are
/// skipped. `source` names the file in messages. Throws UserError (file, line) for ragged rows, an unclosed quote, text
/// after a closing quote, bytes that are no UTF-8, NUL bytes, or no row.
CsvTable parse_csv(std::string text, const std::string& source, const CsvOptions& options = {});

/// The index of the column called `wanted` out of `names` (may be empty) and `count` columns; else `wanted` is an
/// index, from 0, or from the end: -1 is the last. Throws UserError with the names there are, or if several have that
/// name.
size_t find_column(const std::string& wanted, const std::vector<std::string>& names, size_t count,
                   const std::string& source);

}  // namespace glassbox
