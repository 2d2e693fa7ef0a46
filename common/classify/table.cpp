#include "common/classify/table.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

#include "common/base/atomic_file.h"
#include "common/base/error.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

bool is_number(const std::string& text) {
  try {
    parse_number(text, "");
    return true;
  } catch (const UserError&) {
    return false;
  }
}

/// The different values of a column: in numeric order if all are numbers, else in that of the alphabet.
std::vector<std::string> classes_of(const CsvTable& table, size_t column, const std::string& source) {
  std::set<std::string> values;
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const std::string& value = table.rows[i][column];
    const bool blank = value.find_first_not_of(" \t") == std::string::npos;
    require(!blank, source, ", line ", table.lines[i], ": want a label, got nothing; fill it in or take the row out");
    values.insert(value);
  }
  std::vector<std::string> classes(values.begin(), values.end());
  if (std::all_of(classes.begin(), classes.end(), is_number)) {
    std::stable_sort(classes.begin(), classes.end(),
                     [](const auto& a, const auto& b) { return parse_number(a, "") < parse_number(b, ""); });
  }
  return classes;
}

torch::Tensor labels_of(const CsvTable& table, size_t column, const std::vector<std::string>& classes) {
  std::map<std::string, int64_t> place;
  for (size_t i = 0; i < classes.size(); ++i) place[classes[i]] = int64_t(i);
  std::vector<int64_t> labels;
  for (const auto& row : table.rows) labels.push_back(place.at(row[column]));
  return torch::tensor(labels, torch::kInt64);
}

/// The number in `cell`, within the range of a float.
double parse_in_range(const std::string& cell, const std::string& where) {
  const double number = parse_number(cell, where);
  require(std::abs(number) <= double(std::numeric_limits<float>::max()), where, ": want a number within +-3.4e38, got ",
          cell.substr(0, 60));
  return number;
}

/// The files carry no names of their columns; these are those of the data sets' authors.
std::vector<std::string> column_names(const std::string& name, size_t count) {
  std::vector<std::string> names;
  if (name == "iris") names = {"sepal_length", "sepal_width", "petal_length", "petal_width"};
  if (name == "wine") {
    names = {"alcohol",       "malic_acid",  "ash",           "alcalinity_of_ash", "magnesium",
             "total_phenols", "flavanoids",  "nonflavanoids", "proanthocyanins",   "color_intensity",
             "hue",           "od280_od315", "proline"};
  }
  if (name == "breast_cancer") {
    for (const char* figure : {"mean", "error", "worst"}) {
      for (const char* property : {"radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity",
                                   "concave_points", "symmetry", "fractal_dimension"}) {
        names.push_back(std::string(figure) + "_" + property);
      }
    }
  }
  if (names.size() == count) return names;
  names.clear();
  for (size_t i = 1; i <= count; ++i) names.push_back("x" + std::to_string(i));
  return names;
}

}  // namespace

std::string read_text(const fs::path& path) {
  if (path.extension() != ".gz") return read_file(path);
  gzFile file = gzopen(path.c_str(), "rb");
  require(file != nullptr, "reading ", path.string(), ": cannot be opened");
  std::string text, piece(1 << 16, '\0');
  int count = 0;
  while ((count = gzread(file, piece.data(), unsigned(piece.size()))) > 0) text.append(piece, 0, size_t(count));
  const bool whole = count == 0 && gzclose(file) == Z_OK;
  require(whole, "reading ", path.string(),
          ": the gzip stream is damaged or cut short; fetch it again with scripts/data.sh");
  return text;
}

torch::Tensor numbers_of(const CsvTable& table, const std::vector<size_t>& columns, const std::string& source) {
  const auto rows = int64_t(table.rows.size()), width = int64_t(columns.size());
  torch::Tensor numbers = torch::empty({rows, width}, torch::kFloat64);
  auto at = numbers.accessor<double, 2>();
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < width; ++j) {
      const size_t column = columns[size_t(j)];
      const std::string name = table.header.empty() ? std::to_string(column) : table.header[column];
      at[i][j] = parse_in_range(table.rows[size_t(i)][column],
                                as_text(source, ", line ", table.lines[size_t(i)], ", column ", name));
    }
  }
  return numbers;
}

LabelledDataset read_csv_dataset(const fs::path& path, const std::string& label) {
  const std::string source = path.string();
  const CsvTable table = parse_csv(read_text(path), source);
  const size_t label_column = table.column(label, source);
  DatasetInfo info;
  info.name = path.stem().string();
  info.classes = classes_of(table, label_column, source);
  require(info.classes.size() >= 2, source, ": want at least two classes in the label column, got one (\"",
          info.classes.front(), "\"); choose another column with data.label");
  require(info.classes.size() <= std::max<size_t>(2, table.rows.size() / 2), source, ": the label column has ",
          info.classes.size(), " different values in ", table.rows.size(),
          " rows, which looks like a measurement; choose another column with data.label");
  std::vector<size_t> columns;
  for (size_t column = 0; column < table.rows.front().size(); ++column) {
    if (column == label_column) continue;
    columns.push_back(column);
    info.columns.push_back(table.header.empty() ? std::to_string(column) : table.header[column]);
  }
  require(!columns.empty(), source, ": want at least one column beside the label, got none");
  info.sample_shape = {int64_t(columns.size())};
  info.source = source;
  info.files = {path};
  return LabelledDataset(numbers_of(table, columns, source), labels_of(table, label_column, info.classes), info);
}

LabelledDataset read_sklearn_table(const std::string& name, const fs::path& path) {
  const std::string source = path.string(), text = read_text(path);
  const size_t first_end = text.find('\n');
  require(first_end != std::string::npos, source, ": want \"rows,columns,class names\" in the first line, got no line");
  DatasetInfo info;
  info.name = name;
  std::istringstream first(text.substr(0, first_end));
  for (std::string cell; std::getline(first, cell, ',');) info.classes.push_back(cell);
  require(info.classes.size() >= 4, source, ": want \"rows,columns,class names\" in the first line, got \"",
          text.substr(0, std::min<size_t>(first_end, 60)), "\"");
  info.classes.erase(info.classes.begin(), info.classes.begin() + 2);

  const CsvTable table = parse_csv(std::string_view(text).substr(first_end), source);  // the rest of line 1 is blank
  const size_t label_column = table.rows.front().size() - 1;
  std::vector<size_t> columns(label_column);
  std::iota(columns.begin(), columns.end(), size_t{0});
  info.columns = column_names(name, label_column);
  info.sample_shape = {int64_t(label_column)};
  info.source = "scikit-learn's copy of the UCI Machine Learning Repository";
  info.licence = "CC BY 4.0 (UCI), BSD-3-Clause (scikit-learn)";
  info.files = {path};
  return LabelledDataset(numbers_of(table, columns, source),
                         numbers_of(table, {label_column}, source).flatten().to(torch::kInt64), info);
}

LabelledDataset read_digits8x8(const fs::path& path) {
  const std::string source = path.string();
  const CsvTable table = parse_csv(read_text(path), source);
  require(table.rows.front().size() == 65, source, ": want 65 columns (8x8 pixels and the digit), got ",
          table.rows.front().size());
  std::vector<size_t> columns(64);
  for (size_t i = 0; i < 64; ++i) columns[i] = i;
  const torch::Tensor pixels = numbers_of(table, columns, source);
  require(pixels.min().item<double>() >= 0 && pixels.max().item<double>() <= 16, source,
          ": want pixels from 0 to 16, got ", pixels.min().item<double>(), " to ", pixels.max().item<double>());
  DatasetInfo info;
  info.name = "digits8x8";
  for (int digit = 0; digit < 10; ++digit) info.classes.push_back(std::to_string(digit));
  info.sample_shape = {1, 8, 8};
  info.pixel_max = 16;
  info.ink_box = 8;
  info.source = "scikit-learn's digits: the test part of optdigits (Alpaydin and Kaynak 1998)";
  info.licence = "CC BY 4.0 (UCI), BSD-3-Clause (scikit-learn)";
  info.files = {path};
  return LabelledDataset(pixels.to(torch::kUInt8).view({-1, 1, 8, 8}),
                         numbers_of(table, {64}, source).flatten().to(torch::kInt64), info);
}

}  // namespace glassbox
