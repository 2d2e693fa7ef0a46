/// Tables of numbers with a label column: CSV files and scikit-learn's classical sets.
#pragma once

#include <filesystem>
#include <string>

#include "common/base/csv.h"
#include "common/classify/labelled.h"

namespace glassbox {

/// A CSV file as a data set. `label` is the name of the label's column or its place ("0", "-1" = the last); all other
/// columns are numbers. Classes are the label's different values, in numeric order if all are numbers. Throws UserError
/// (file, line, column) for text or NaN in a number, a label column that is missing, fewer than two classes.
LabelledDataset read_csv_dataset(const std::filesystem::path& path, const std::string& label);

/// A whole text file; with the ending .gz it is gzip. Throws UserError if it cannot be read or is cut short.
std::string read_text(const std::filesystem::path& path);

/// The number columns of `table`, float64 [rows, columns], in the order of `columns`; missing columns throw UserError.
torch::Tensor numbers_of(const CsvTable& table, const std::vector<size_t>& columns, const std::string& source);

/// iris, wine, breast_cancer: scikit-learn's files, whose first line is "rows,columns,class names...".
LabelledDataset read_sklearn_table(const std::string& name, const std::filesystem::path& path);

/// digits8x8: scikit-learn's digits.csv.gz, the 1,797 test images of UCI's optdigits, 8x8 pixels from 0 to 16, the
/// digit last.
LabelledDataset read_digits8x8(const std::filesystem::path& path);

}  // namespace glassbox
