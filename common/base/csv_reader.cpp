#include "common/base/csv_reader.h"

#include <algorithm>

#include "common/base/csv_cells.h"
#include "common/base/error.h"

namespace glassbox {
namespace {

/// How many bytes of `text` are whole characters of UTF-8 (Unicode 15.0, table 3-7: no overlong forms, no surrogates).
size_t utf8_bytes(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const auto first = static_cast<unsigned char>(text[at]);
    const size_t length = first < 0x80   ? 1
                          : first < 0xC2 ? 0
                          : first < 0xE0 ? 2
                          : first < 0xF0 ? 3
                          : first < 0xF5 ? 4
                                         : 0;
    if (length == 0 || length > text.size() - at) return at;
    for (size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      const int low = i > 1 ? 0x80 : first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
      const int high = i > 1 ? 0xBF : first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
      if (next < low || next > high) return at;
    }
    at += length;
  }
  return at;
}

/// The line in which byte `at` stands, from 1.
int64_t line_of(std::string_view text, size_t at) {
  return std::count(text.begin(), text.begin() + std::ptrdiff_t(at), '\n') + 1;
}

}  // namespace

void check_is_text(std::string_view text, const std::string& source) {
  const size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    fail(source, ", line ", line_of(text, nul), ": want text, got a NUL byte; is this a text file in UTF-8?");
  }
  const size_t bad = utf8_bytes(text);
  if (bad == text.size()) return;
  const auto byte = static_cast<unsigned char>(text[bad]);
  const char* const digits = "0123456789ABCDEF";
  fail(source, ", line ", line_of(text, bad), ": want text in UTF-8, got the byte 0x", digits[byte / 16],
       digits[byte % 16], "; save it as UTF-8");
}

const char* separator_name(char separator) {
  return separator == ',' ? "comma" : separator == ';' ? "semicolon" : "tab";
}

bool CsvReader::skip_blank_line() {
  size_t end = at_;
  while (end < text_.size() && !ends_line(text_[end]) && text_[end] != separator_) ++end;
  if (end < text_.size() && text_[end] == separator_) return false;
  if (!without_blanks(text_.substr(at_, end - at_)).empty()) return false;
  at_ = end;
  skip_line_end();
  return true;
}

size_t CsvReader::row(std::vector<std::string>& cells, size_t most) {
  size_t count = 0;
  do {
    if (count == most) return count;
    require(count < kMostColumns, source_, ", line ", line_, ": want at most ", kMostColumns, " columns, got more");
    if (count == cells.size()) cells.emplace_back();
    read_cell(cells[count++]);
  } while (skip_separator());
  skip_line_end();
  return count;
}

void CsvReader::read_cell(std::string& cell) {
  if (!at_end() && text_[at_] == '"') return read_quoted_cell(cell);
  size_t end = at_;
  while (end < text_.size() && !ends_cell(text_[end])) ++end;
  cell = without_blanks(text_.substr(at_, end - at_));
  at_ = end;
}

void CsvReader::read_quoted_cell(std::string& cell) {
  const int64_t opened = line_;
  cell.clear();
  for (++at_;; ++at_) {
    require(!at_end(), source_, ", line ", opened, ": want a closing quote, got the end of the file");
    const char c = text_[at_];
    if (c == '"') {
      if (at_ + 1 == text_.size() || text_[at_ + 1] != '"') break;
      ++at_;
    }
    if (c == '\n') ++line_;
    cell += c;
  }
  ++at_;
  require(at_end() || ends_cell(text_[at_]), source_, ", line ", line_, ": want a ", separator_name(separator_),
          " or the end of the line after a closing quote; a quote inside a cell is written twice");
}

bool CsvReader::skip_separator() {
  const bool more = !at_end() && text_[at_] == separator_;
  if (more) ++at_;
  return more;
}

void CsvReader::skip_line_end() {
  if (!at_end() && text_[at_] == '\r') ++at_;
  if (!at_end() && text_[at_] == '\n') ++at_;
  ++line_;
}

}  // namespace glassbox
