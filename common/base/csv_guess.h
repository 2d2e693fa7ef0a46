/// What a table does not say of itself: its separator, and whether its first line holds names or a sample.
#pragma once

#include <string_view>

#include "common/base/csv.h"

namespace glassbox {

/// ',', ';' or '\t': the one that cuts the first ten lines into the cleanest cells.
char guess_separator(std::string_view text);

/// Whether row 0 of `table`, read without a header, holds the names of the columns. It does
/// - if none of its cells is a number, or if the columns that options.label or options.names ask for are called so;
/// - if its label is found in no other row, and either is a word where all others are numbers or all repeat themselves,
///   or the numbers of the line go up in equal steps, as 0,1,2 and 1990,1991,1992 do.
bool first_row_is_header(const CsvTable& table, const CsvOptions& options);

}  // namespace glassbox
