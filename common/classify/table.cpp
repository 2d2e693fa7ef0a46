#include "common/classify/table.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <sstream>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/posix.h"
#include "common/base/shown.h"
#include "common/classify/class_names.h"
#include "common/classify/row_numbers.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

constexpr size_t kMostText = size_t{512} << 20;  // a CSV of MNIST has 110 MB

const CsvOptions kNoHeader = {"comma", "no"};

/// The classes of a table, and the class of each row: int64 [rows].
struct Labels {
  std::vector<std::string> classes;
  torch::Tensor targets;
};

void require_label(const std::string& cell, const std::string& source, int64_t line) {
  if (!is_missing(cell)) return;
  const bool blank = without_blanks(cell).empty();
  fail(source, ", line ", line, ": want a label, got ", blank ? "nothing" : in_quotes(cell),
       "; fill it in or take the row out", blank ? "" : ", or rename a class that is called so");
}

Labels read_labels(const CsvTable& table, size_t column, const std::string& source) {
  Labels labels = {{}, torch::empty({int64_t(table.rows())}, torch::kInt64)};
  int64_t* target = labels.targets.data_ptr<int64_t>();
  std::map<std::string, int64_t> known;  // by value, numbered as they come
  for (size_t i = 0; i < table.rows(); ++i) {
    const std::string cell = table.cell(i, column);
    require_label(cell, source, table.line(i));
    const std::string name(without_blanks(cell));
    target[i] = known.emplace(value_of(cell), int64_t(known.size())).first->second;
    if (size_t(target[i]) == labels.classes.size()) labels.classes.push_back(name);
    std::string& shortest = labels.classes[size_t(target[i])];
    if (std::pair(name.size(), name) < std::pair(shortest.size(), shortest)) shortest = name;
  }
  const std::vector<std::string> as_they_came = labels.classes;
  sort_classes(labels.classes);
  std::map<std::string, int64_t> sorted;
  for (const std::string& name : labels.classes) sorted.emplace(name, int64_t(sorted.size()));
  for (size_t i = 0; i < table.rows(); ++i) target[i] = sorted.at(as_they_came[size_t(target[i])]);
  return labels;
}

/// The columns called `wanted`, or all but the label's.
std::vector<size_t> choose_features(const CsvTable& table, size_t label, const std::vector<std::string>& wanted,
                                    const std::string& source) {
  std::vector<size_t> columns;
  for (const std::string& name : wanted) {
    columns.push_back(table.column(name, source));
    require(columns.back() != label, source, ": want columns without the label in data.columns, got ", in_quotes(name));
  }
  for (size_t column = 0; column < table.columns() && wanted.empty(); ++column) {
    if (column != label) columns.push_back(column);
  }
  require(!columns.empty(), source, ": want at least one column beside the label, got none; columns are separated by ",
          "commas, semicolons or tabs (data.separator)");
  return columns;
}

void require_classes(const std::vector<std::string>& classes, size_t rows, const std::string& source) {
  require(classes.size() >= 2, source, ": want at least two classes in the label column, got one (",
          in_quotes(classes.front()), "); choose another column with data.label");
  require(classes.size() <= std::max<size_t>(2, rows / 2), source, ": the label column has ", classes.size(),
          " different values in ", rows,
          " rows, which looks like a measurement; choose another column with data.label");
}

std::string reading_of(const CsvTable& table) {
  const char separator = table.separator();
  return as_text("first line: ", table.header().empty() ? "a sample" : "names", "; separated by ",
                 separator == ','   ? "commas"
                 : separator == ';' ? "semicolons"
                                    : "tabs");
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

namespace {

/// The unpacked size of a gzip stream, or the first it reaches beyond `most`. Calls take(piece) for each piece.
template <typename Take>
size_t unpack(const fs::path& path, size_t most, const Take& take) {
  const gzFile file = gzdopen(open_to_read(path).release(), "rb");
  require(file != nullptr, "reading ", path.string(), ": there is no memory to unpack it");
  std::string piece(1 << 16, '\0');
  size_t size = 0;
  int count = 0;
  while (size <= most && (count = gzread(file, piece.data(), unsigned(piece.size()))) > 0) {
    size += size_t(count);
    take(std::string_view(piece.data(), size_t(count)));
  }
  const bool closed = gzclose(file) == Z_OK;
  require(size > most || (count == 0 && closed), "reading ", path.string(),
          ": the gzip stream is damaged or cut short; fetch it again with scripts/data.sh");
  return size;
}

}  // namespace

std::string read_text(const fs::path& path) {
  if (path.extension() != ".gz") return read_file(path, kMostText);
  // Measured first: a few megabytes may unpack to any number.
  const size_t size = unpack(path, kMostText, [](std::string_view) {});
  require(size <= kMostText, "reading ", path.string(), ": want at most ", bytes_text(kMostText),
          " of text when unpacked, got more");
  std::string text;
  text.reserve(size);
  unpack(path, size, [&](std::string_view piece) { text += piece; });
  return text;
}

torch::Tensor numbers_of(const CsvTable& table, const std::vector<size_t>& columns, const std::string& source) {
  constexpr double kLargest = std::numeric_limits<float>::max();  // the square of more could be beyond a double
  torch::Tensor numbers = torch::empty({int64_t(table.rows()), int64_t(columns.size())}, torch::kFloat64);
  double* at = numbers.data_ptr<double>();
  for (size_t i = 0; i < table.rows(); ++i) {
    const std::vector<std::string> row = table.row(i);
    for (const size_t column : columns) {
      const std::optional<double> number = to_number(row[column]);
      *at++ = number.value_or(0);
      if (number && std::abs(*number) <= kLargest) continue;
      const std::string where = as_text(source, ", line ", table.line(i), ", column ", shown(table.name(column)));
      parse_number(row[column], where);  // throws for what is no number
      fail(where, ": want a number within +-3.4e38, got ", row[column].substr(0, 60));
    }
  }
  return numbers;
}

CsvTable read_csv(const fs::path& path, const CsvOptions& options) {
  return parse_csv(read_text(path), path.string(), options);
}

LabelledDataset read_csv_dataset(const fs::path& path, const CsvOptions& options,
                                 const std::vector<std::string>& columns) {
  const std::string source = path.string();
  const CsvTable table = read_csv(path, options);
  const size_t label_column = table.column(options.label, source);
  Labels labels = read_labels(table, label_column, source);
  require_classes(labels.classes, table.rows(), source);
  const std::vector<size_t> features = choose_features(table, label_column, columns, source);
  torch::Tensor numbers = numbers_of(table, features, source);
  DatasetInfo info;
  info.name = path.stem().string();
  info.sample_shape = {int64_t(features.size())};
  for (const size_t column : features) info.columns.push_back(table.name(column));
  info.source = source;
  info.files = {path};
  info.reading = reading_of(table);
  for (const std::string& warning :
       {warn_of_row_numbers(table, features, numbers, source), warn_of_case(labels.classes)}) {
    if (!warning.empty()) info.warnings.push_back(warning);
  }
  info.classes = std::move(labels.classes);
  return LabelledDataset(std::move(numbers), std::move(labels.targets), std::move(info));
}

LabelledDataset read_sklearn_table(const std::string& name, const fs::path& path) {
  const std::string source = path.string();
  std::string text = read_text(path);
  const size_t first_end = text.find('\n');
  require(first_end != std::string::npos, source, ": want \"rows,columns,class names\" in the first line, got no line");
  DatasetInfo info;
  info.name = name;
  std::istringstream first(text.substr(0, first_end));
  for (std::string cell; std::getline(first, cell, ',');) info.classes.push_back(cell);
  require(info.classes.size() >= 4, source, ": want \"rows,columns,class names\" in the first line, got \"",
          text.substr(0, std::min<size_t>(first_end, 60)), "\"");
  info.classes.erase(info.classes.begin(), info.classes.begin() + 2);

  text.erase(0, first_end);  // the rest of line 1 is blank
  const CsvTable table = parse_csv(std::move(text), source, kNoHeader);
  const size_t label_column = table.columns() - 1;
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
  const CsvTable table = read_csv(path, kNoHeader);
  require(table.columns() == 65, source, ": want 65 columns (8x8 pixels and the digit), got ", table.columns());
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
