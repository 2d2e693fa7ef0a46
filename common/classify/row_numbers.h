/// Columns of a table that number its rows: a network would learn the order of the file from them.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "common/base/csv.h"

namespace glassbox {

/// A sentence with the flag that leaves them out, or nothing. `columns` are those of the table that are in `numbers`,
/// float64 [rows, columns]. A column looks like row numbers if it counts 0, 1, ... or 1, 2, ... through at least ten
/// rows, or has no name in a header.
std::string warn_of_row_numbers(const CsvTable& table, const std::vector<size_t>& columns, const torch::Tensor& numbers,
                                const std::string& source);

}  // namespace glassbox
