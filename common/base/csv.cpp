#include "common/base/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <system_error>

#include "common/base/config.h"
#include "common/base/error.h"

namespace glassbox {
namespace {

std::string_view trim(std::string_view text) {
  const char* blanks = " \t";
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

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

/// Throws UserError naming the line of the first NUL byte or the first that is no UTF-8.
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

/// The text in quotes, cut where it is too long for a message.
std::string in_quotes(std::string_view text) {
  constexpr size_t kMost = 60;
  return text.size() <= kMost ? as_text('"', text, '"') : as_text('"', text.substr(0, kMost), "...\"");
}

/// Walks through the text cell by cell; a quoted cell may hold commas, line ends and doubled quotes.
class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& source) : text_(text), source_(source) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") text_.remove_prefix(3);  // the mark Excel puts in front of UTF-8
  }

  bool at_end() const { return at_ == text_.size(); }
  int64_t line() const { return line_; }

  /// The next row; {} for a blank line.
  std::vector<std::string> row() {
    if (skip_blank_line()) return {};
    std::vector<std::string> cells;
    do {
      cells.push_back(!at_end() && text_[at_] == '"' ? quoted_cell() : plain_cell());
    } while (skip_comma());
    skip_line_end();
    return cells;
  }

 private:
  std::string plain_cell() {
    const size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string cell(trim(text_.substr(at_, end - at_)));
    at_ = end;
    return cell;
  }

  std::string quoted_cell() {
    const int64_t opened = line_;
    std::string cell;
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
    require(at_end() || text_.find_first_of(",\r\n", at_) == at_, source_, ", line ", line_,
            ": want a comma or the end of the line after a closing quote; a quote inside a cell is written twice");
    return cell;
  }

  bool skip_blank_line() {
    const size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    if (!trim(text_.substr(at_, end - at_)).empty()) return false;
    at_ = end;
    skip_line_end();
    return true;
  }

  bool skip_comma() {
    const bool comma = !at_end() && text_[at_] == ',';
    if (comma) ++at_;
    return comma;
  }

  void skip_line_end() {
    if (!at_end() && text_[at_] == '\r') ++at_;
    if (!at_end() && text_[at_] == '\n') ++at_;
    ++line_;
  }

  std::string_view text_;
  const std::string& source_;
  size_t at_ = 0;
  int64_t line_ = 1;
};

/// The number in `cell`, nan and inf included; inf for one beyond a double's range; nothing if the cell is no number.
std::optional<double> to_number(std::string_view cell) {
  cell = trim(cell);
  if (cell.size() > 1 && cell[0] == '+' && cell[1] != '-') cell.remove_prefix(1);
  double value = 0;
  const char* end = cell.data() + cell.size();
  const auto [stop, error] = std::from_chars(cell.data(), end, value);  // unlike strtod, the same in every locale
  if (error == std::errc::invalid_argument || stop != end) return std::nullopt;
  return error == std::errc() ? value : std::numeric_limits<double>::infinity();
}

bool is_header(const std::vector<std::string>& cells) {
  const auto is_number = [](const std::string& cell) { return to_number(cell).has_value(); };
  return std::none_of(cells.begin(), cells.end(), is_number);
}

std::string names_of(const std::vector<std::string>& header) {
  std::string names;
  for (const std::string& name : header) names += (names.empty() ? "" : ", ") + in_quotes(name);
  return names;
}

}  // namespace

size_t CsvTable::column(const std::string& name, const std::string& source) const {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found != header.end()) {
    require(std::find(found + 1, header.end(), name) == header.end(), source, ": want one column called ",
            in_quotes(name), ", got several; rename them, or give the place of the column");
    return size_t(found - header.begin());
  }
  const size_t width = rows.empty() ? header.size() : rows[0].size();
  if (name == "-1" && width > 0) return width - 1;
  size_t place = 0;
  const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), place);
  if (error == std::errc() && stop == name.data() + name.size() && place < width) return place;

  const std::string near = nearest_name(name, header);
  fail(source, ": want a column", header.empty() ? "" : " out of " + names_of(header),
       as_text(header.empty() ? " " : ", or ", "0 to ", int64_t(width) - 1, ", or -1 for the last"), ", got ",
       in_quotes(name), near.empty() ? "" : "; did you mean " + in_quotes(near) + "?");
}

CsvTable parse_csv(std::string_view text, const std::string& source) {
  check_is_text(text, source);
  CsvTable table;
  size_t width = 0;
  int64_t first_line = 0;
  for (CsvReader reader(text, source); !reader.at_end();) {
    const int64_t line = reader.line();
    std::vector<std::string> cells = reader.row();
    if (cells.empty()) continue;
    if (width == 0) {
      width = cells.size();
      first_line = line;
      if (is_header(cells)) {
        table.header = std::move(cells);
        continue;
      }
    }
    require(cells.size() == width, source, ", line ", line, ": want ", width, " cells as in line ", first_line,
            ", got ", cells.size());
    table.rows.push_back(std::move(cells));
    table.lines.push_back(line);
  }
  require(!table.rows.empty(), source, ": want at least one row of data, got ",
          table.header.empty() ? "an empty file" : "only the names of the columns");
  return table;
}

double parse_number(const std::string& cell, const std::string& where) {
  const std::optional<double> value = to_number(cell);
  if (value && std::isfinite(*value)) return *value;
  if (trim(cell).empty()) fail(where, ": want a number, got nothing");
  fail(where, ": want a finite number, got ", in_quotes(cell));
}

}  // namespace glassbox
