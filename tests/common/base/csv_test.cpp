/// CSV: what RFC 4180 allows is read, everything else is named with its line.
#include "common/base/csv.h"

#include "tests/common/expect_error.h"

namespace glassbox {
namespace {

using Row = std::vector<std::string>;

TEST(Csv, ReadsAHeaderAndRows) {
  const CsvTable table = parse_csv("width,height\n1,2\n3,4\n", "x.csv");
  EXPECT_EQ(table.header, (Row{"width", "height"}));
  EXPECT_EQ(table.rows, (std::vector<Row>{{"1", "2"}, {"3", "4"}}));
  EXPECT_EQ(table.lines, (std::vector<int64_t>{2, 3}));
}

TEST(Csv, ALineOfNumbersIsNoHeader) {
  EXPECT_TRUE(parse_csv("1,2\n3,4\n", "x.csv").header.empty());
  EXPECT_TRUE(parse_csv("5.1,3.5,setosa\n4.9,3.0,setosa\n", "x.csv").header.empty());  // one label
  EXPECT_TRUE(parse_csv("1,,3,\n", "x.csv").header.empty());                           // missing numbers
  EXPECT_TRUE(parse_csv("red,round,3\nblue,square,4\n", "x.csv").header.empty());      // a number among texts
  EXPECT_TRUE(parse_csv("a,b,1e999\n", "x.csv").header.empty());                       // too large, yet a number
}

TEST(Csv, ALineOfTextIsAHeader) {
  EXPECT_EQ(parse_csv("size,kind\n1,a\n", "x.csv").header.size(), 2u);
  EXPECT_EQ(parse_csv("size\n1\n", "x.csv").header, Row{"size"});
  EXPECT_EQ(parse_csv(",size\n0,1\n", "x.csv").header, (Row{"", "size"}));  // as pandas writes it
}

TEST(Csv, BlanksAroundPlainCellsAreNoPartOfThem) {
  const CsvTable table = parse_csv("width ,\t kind\n 1,\ta b \n2,\" b \"\n", "x.csv");
  EXPECT_EQ(table.header, (Row{"width", "kind"}));
  EXPECT_EQ(table.rows, (std::vector<Row>{{"1", "a b"}, {"2", " b "}}));  // quotes keep them
}

TEST(Csv, ReadsUtf8) {
  const std::string text = "caf\xC3\xA9,\xE2\x82\xAC,\xF0\x9F\x99\x82\n1,2,3\n";  // 2, 3 and 4 bytes
  EXPECT_EQ(parse_csv(text, "x.csv").header[0], "caf\xC3\xA9");
}

TEST(Csv, NamesTheLineOfBytesThatAreNotUtf8) {
  EXPECT_EQ(error_of([] { parse_csv("a,b\n1,caf\xE9\n", "x.csv"); }),
            "x.csv, line 2: want text in UTF-8, got the byte 0xE9; save it as UTF-8");
  for (const std::string bad : {"\xFF", "\x80", "\xC3", "\xC0\x80", "\xE2\x82", "\xE0\x80\x80", "\xED\xA0\x80",
                                "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3(", "\xF0\x9F\x99"}) {
    EXPECT_ERROR_HAS(parse_csv("a,b\n1,2\n3," + bad, "x.csv"), "x.csv, line 3: want text in UTF-8", "save it as UTF-8");
  }
}

TEST(Csv, ReadsQuotesDoubledQuotesCommasAndLineEndsInCells) {
  const CsvTable table = parse_csv("a,b\r\n\"x,\"\"y\"\"\",\"two\nlines\"\r\nlast,\"\"\r\n", "x.csv");
  EXPECT_EQ(table.rows, (std::vector<Row>{{"x,\"y\"", "two\nlines"}, {"last", ""}}));
  EXPECT_EQ(table.lines, (std::vector<int64_t>{2, 4}));
}

TEST(Csv, TheLastLineNeedsNoLineEnd) { EXPECT_EQ(parse_csv("1,2\n3,", "x.csv").rows[1], (Row{"3", ""})); }

TEST(Csv, SkipsBlankLinesAndTheByteOrderMark) {
  const CsvTable table = parse_csv("\xEF\xBB\xBFwidth,height\n\n  \n1,2\n\n", "x.csv");
  EXPECT_EQ(table.header[0], "width");
  EXPECT_EQ(table.lines, std::vector<int64_t>{4});
}

TEST(Csv, NamesTheLineOfARaggedRow) {
  EXPECT_EQ(error_of([] { parse_csv("a,b\n1,2\n\n1,2,3\n", "x.csv"); }),
            "x.csv, line 4: want 2 cells as in line 1, got 3");
}

TEST(Csv, NamesTheLineOfAnUnclosedQuote) {
  EXPECT_ERROR_HAS(parse_csv("a,b\n1,\"2\n3,4\n", "x.csv"), "x.csv, line 2: want a closing quote");
}

TEST(Csv, RejectsTextAfterAClosingQuote) {
  EXPECT_ERROR_HAS(parse_csv("a,b\n1,\"2\"x\n", "x.csv"), "x.csv, line 2: want a comma or the end of the line");
}

TEST(Csv, RejectsNulBytes) {
  EXPECT_ERROR_HAS(parse_csv(std::string_view("1,2\n3,\0", 7), "x.csv"), "x.csv, line 2", "NUL byte");
}

TEST(Csv, RejectsAFileWithoutRows) {
  EXPECT_ERROR_HAS(parse_csv("", "x.csv"), "x.csv: want at least one row of data, got an empty file");
  EXPECT_ERROR_HAS(parse_csv("\n \n", "x.csv"), "got an empty file");
  EXPECT_ERROR_HAS(parse_csv("a,b\n", "x.csv"), "got only the names of the columns");
}

TEST(CsvColumn, IsFoundByNameByPlaceAndFromTheEnd) {
  const CsvTable table = parse_csv("width,height,depth\n1,2,3\n", "x.csv");
  EXPECT_EQ(table.column("height", "x.csv"), 1u);
  EXPECT_EQ(table.column("0", "x.csv"), 0u);
  EXPECT_EQ(table.column("1", "x.csv"), 1u);
  EXPECT_EQ(table.column("-1", "x.csv"), 2u);
  EXPECT_EQ(parse_csv("1,2\n", "x.csv").column("-1", "x.csv"), 1u);
}

TEST(CsvColumn, SaysWhichColumnsThereAre) {
  const CsvTable table = parse_csv("width,height\n1,2\n", "x.csv");
  EXPECT_EQ(error_of([&] { static_cast<void>(table.column("heigth", "x.csv")); }),
            "x.csv: want a column out of \"width\", \"height\", or 0 to 1, or -1 for the last, got \"heigth\"; "
            "did you mean \"height\"?");
  for (const char* name : {"2", "-2", "", "1x", "99999999999999999999"}) {
    EXPECT_ERROR_HAS(table.column(name, "x.csv"), "want a column");
  }
  EXPECT_ERROR_HAS(parse_csv("1,2\n", "x.csv").column("a", "x.csv"), "x.csv: want a column 0 to 1, or -1");
}

TEST(CsvColumn, RejectsANameThatSeveralColumnsHave) {
  EXPECT_ERROR_HAS(parse_csv("a,b,a\n1,2,3\n", "x.csv").column("a", "x.csv"), "got several");
}

TEST(ParseNumber, ReadsWholeAndBrokenNumbers) {
  EXPECT_EQ(parse_number("3", "x"), 3);
  EXPECT_EQ(parse_number(" -2.5e-3 ", "x"), -0.0025);
  EXPECT_EQ(parse_number("+4", "x"), 4);
}

TEST(ParseNumber, RejectsTextNanInfAndNothing) {
  for (const char* cell : {"abc", "1x", "nan", "inf", "-inf", "1e999", "0x10", "1 2", "+-1", "+", "--1", "1,5"}) {
    EXPECT_ERROR_HAS(parse_number(cell, "x.csv, line 2"), "x.csv, line 2: want a finite number, got \"", cell);
  }
  EXPECT_ERROR_HAS(parse_number("", "x.csv, line 2"), "x.csv, line 2: want a number, got nothing");
  EXPECT_ERROR_HAS(parse_number("  ", "x.csv, line 2"), "got nothing");
}

}  // namespace
}  // namespace glassbox
