/// Comma-separated values (RFC 4180): quotes, doubled quotes, CRLF.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace glassbox {

struct CsvTable {
  std::vector<std::string> header;             ///< column names; empty if the first line holds a number
  std::vector<std::vector<std::string>> rows;  ///< every row as long as the header
  std::vector<int64_t> lines;                  ///< the line in the file where each row begins, from 1

  /// The column called `name` (or "0", "1", ... for its place; "-1" for the last).
  /// Throws UserError with the names there are, or if several columns have that name.
  size_t column(const std::string& name, const std::string& source) const;
};

/// Splits `text` (UTF-8). The first line is a header if none of its cells reads as a number; else it is data, so that
/// no sample is taken for names. Blanks and tabs around a cell without quotes are no part of it. Blank lines are
/// skipped. `source` names the file in messages. Throws UserError (file, line) for ragged rows, an unclosed quote, text
/// after a closing quote, bytes that are no UTF-8, NUL bytes, or no row.
CsvTable parse_csv(std::string_view text, const std::string& source);

/// `cell` as a finite number. Throws UserError naming `where` for text, nan, inf, or nothing.
double parse_number(const std::string& cell, const std::string& where);

}  // namespace glassbox
