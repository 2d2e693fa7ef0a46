/// Tables of numbers with a label column: CSV files and scikit-learn's classical sets.
#pragma once

#include <filesystem>
#include <string>

#include "common/base/csv.h"
#include "common/classify/labelled.h"

namespace glassbox {

/// A whole text file; with the ending .gz it is gzip. Throws UserError if it cannot be read or is cut short.
std::string read_text(const std::filesystem::path& path);

/// A table from a file, plain or .gz.
CsvTable read_csv(const std::filesystem::path& path, const CsvOptions& options = {});

/// A CSV file as a data set. `columns`, by name or index, are what the network sees; none = all but the label's. They
/// are numbers. Classes are the label's different values, in numeric order if all are numbers: equal numbers are one
/// class, by the shortest spelling. info().reading and warnings say what was decided and what looks like a mistake.
/// Throws UserError (file, line, column) for text or NaN in a number, a missing label, fewer than two classes.
LabelledDataset read_csv_dataset(const std::filesystem::path& path, const CsvOptions& options = {},
                                 const std::vector<std::string>& columns = {});

/// These columns of `table` as float64 [rows, columns], in the order of `columns`. Throws UserError (line, column).
torch::Tensor numbers_of(const CsvTable& table, const std::vector<size_t>& columns, const std::string& source);

/// iris, wine, breast_cancer: scikit-learn's files, whose first line is "rows,columns,class names...".
LabelledDataset read_sklearn_table(const std::string& name, const std::filesystem::path& path);

/// digits8x8: scikit-learn's digits.csv.gz, the 1,797 test images of UCI's optdigits, 8x8 pixels from 0 to 16, the
/// digit last.
LabelledDataset read_digits8x8(const std::filesystem::path& path);

}  // namespace glassbox
