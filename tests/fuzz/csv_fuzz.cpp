/// Any text as a CSV file.
#include <string>

#include "common/base/csv.h"
#include "common/base/error.h"
#include "tests/fuzz/expect.h"

namespace glassbox {
namespace {

void add_row(std::string& text, const std::vector<std::string>& cells) {
  for (size_t i = 0; i < cells.size(); ++i) {
    text += i == 0 ? "\"" : ",\"";
    for (char c : cells[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    text += '"';
  }
  text += "\r\n";
}

void try_numbers(const CsvTable& table) {
  for (size_t i = 0; i < table.rows(); ++i) {
    try {
      const double number = parse_number(table.cell(i, 0), "x.csv");
      expect(number - number == 0, "a number that was read is finite");
    } catch (const UserError&) {
    }
  }
}

void try_csv(std::string_view bytes) {
  const CsvTable table = parse_csv(std::string(bytes), "x.csv");
  expect(table.rows() > 0 && table.columns() > 0, "a table has a cell");
  std::string text;
  if (!table.header().empty()) add_row(text, table.header());
  for (size_t i = 0; i < table.rows(); ++i) {
    const std::vector<std::string> row = table.row(i);
    expect(row.size() == table.columns(), "every row is as long as the first");
    expect(row.back() == table.cell(i, row.size() - 1), "a cell is that of its row");
    add_row(text, row);
  }
  const CsvTable again = parse_csv(text, "y.csv", {"comma", table.header().empty() ? "no" : "yes"});
  expect(again.header() == table.header() && again.rows() == table.rows(), "a table written with quotes is read again");
  for (size_t i = 0; i < table.rows(); ++i) expect(again.row(i) == table.row(i), "with the same cells");
  try_numbers(table);
  // Last, for several columns may be called "-1", which is an error.
  expect(table.column("-1", "x.csv") < table.columns(), "a column that was found exists");
}

}  // namespace
}  // namespace glassbox

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  try {
    glassbox::try_csv({reinterpret_cast<const char*>(data), size});
  } catch (const glassbox::UserError&) {
  }
  return 0;
}
