#include "common/base/csv_cells.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "common/base/error.h"
#include "common/base/shown.h"

namespace glassbox {
namespace {

constexpr std::string_view kBlanks[] = {" ",
                                        "\t",
                                        "\xC2\xA0",       // no-break space
                                        "\xE2\x80\x89",   // thin space
                                        "\xE2\x80\x8B",   // zero-width space
                                        "\xE2\x80\xAF",   // narrow no-break space
                                        "\xE3\x80\x80",   // ideographic space
                                        "\xEF\xBB\xBF"};  // zero-width no-break space

/// An ASCII character that is seen: most cells begin and end with one.
bool is_plain(char c) { return c > ' ' && c < '\x7F'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string_view without_blanks(std::string_view text) {
  if (!text.empty() && is_plain(text.front()) && is_plain(text.back())) return text;
  for (size_t cut = 1; cut > 0;) {
    cut = 0;
    for (const std::string_view blank : kBlanks) {
      if (text.substr(0, blank.size()) == blank) text.remove_prefix(cut = blank.size());
      if (text.size() >= blank.size() && text.substr(text.size() - blank.size()) == blank) {
        text.remove_suffix(cut = blank.size());
      }
    }
  }
  return text;
}

std::optional<double> to_number(std::string_view cell) {
  cell = without_blanks(cell);
  if (cell.size() > 1 && cell[0] == '+' && cell[1] != '-') cell.remove_prefix(1);
  double value = 0;
  const char* end = cell.data() + cell.size();
  const auto [stop, error] = std::from_chars(cell.data(), end, value);  // unlike strtod, the same in every locale
  if (error == std::errc::invalid_argument || stop != end) return std::nullopt;
  return error == std::errc() ? value : std::numeric_limits<double>::infinity();
}

bool is_missing(std::string_view cell) {
  std::string small(without_blanks(cell));
  for (char& c : small) c = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
  constexpr std::string_view kKnown[] = {"", "?", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "#null!"};
  return std::find(std::begin(kKnown), std::end(kKnown), small) != std::end(kKnown);
}

bool has_decimal_comma(std::string_view cell) {
  cell = without_blanks(cell);
  if (!cell.empty() && (cell[0] == '-' || cell[0] == '+')) cell.remove_prefix(1);
  const size_t comma = cell.find(',');
  if (comma == 0 || comma == std::string_view::npos || comma + 1 == cell.size()) return false;
  const std::string_view whole = cell.substr(0, comma), fraction = cell.substr(comma + 1);
  return is_digit(whole[0]) &&
         std::all_of(whole.begin(), whole.end(), [](char c) { return is_digit(c) || c == '.'; }) &&
         std::all_of(fraction.begin(), fraction.end(), is_digit);
}

std::string value_of(std::string_view cell) {
  constexpr double kExact = 9007199254740992;  // 2^53
  const std::optional<double> number = to_number(cell);
  if (!number || !(std::abs(*number) < kExact)) return std::string(without_blanks(cell));
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, *number + 0.0).ptr};  // + 0.0: -0 is 0
}

std::optional<size_t> to_index(std::string_view text, size_t count) {
  int64_t index = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  if (index < 0) index += int64_t(count);
  return index >= 0 && index < int64_t(count) ? std::optional<size_t>(index) : std::nullopt;
}

double parse_number(std::string_view cell, const std::string& where) {
  const std::optional<double> value = to_number(cell);
  if (value && std::isfinite(*value)) return *value;
  if (without_blanks(cell).empty()) fail(where, ": want a number, got nothing");
  fail(where, ": want a finite number, got ", in_quotes(cell),
       has_decimal_comma(cell) ? "; decimal commas are not read, save the table with decimal points" : "");
}

std::string in_quotes(std::string_view text) { return '"' + shown(text, 60) + '"'; }

}  // namespace glassbox
