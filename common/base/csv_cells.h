/// What a cell of a table says: a number, a missing value, text; and what is only its dress.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace glassbox {

/// `text` (UTF-8) without the blanks at both ends: spaces and tabs, and the no-break, thin, ideographic and zero-width
/// spaces that come with text copied from pages and spreadsheets.
std::string_view without_blanks(std::string_view text);

/// The number in `cell`, nan and inf included; inf for one beyond a double's range; nothing if the cell is no number.
std::optional<double> to_number(std::string_view cell);

/// Nothing, NA, N/A, NaN, null, ? and the like, in capitals or not: how programs write that a value is not known.
bool is_missing(std::string_view cell);

/// "3,5" or "1.234,5": a number as it is written in much of Europe.
bool has_decimal_comma(std::string_view cell);

/// What `cell` stands for: without its blanks, and a number in its shortest spelling, so that 1, 1.0 and 01 are one
/// value. Numbers from 2^53 on stay as they are: two of them may be one double.
std::string value_of(std::string_view cell);

/// `text` as an index below `count`; from the end if negative: -1 is the last. Nothing if it is none.
std::optional<size_t> to_index(std::string_view text, size_t count);

/// `cell` as a finite number. Throws UserError naming `where` for text, nan, inf, or nothing.
double parse_number(std::string_view cell, const std::string& where);

/// The text in quotes, cut where it is too long for a message.
std::string in_quotes(std::string_view text);

}  // namespace glassbox
