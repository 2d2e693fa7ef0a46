/// CSV: what RFC 4180 allows is read, everything else is named with its line.
#include "common/base/csv.h"

#include "tests/common/expect_error.h"

namespace glassbox {
namespace {

using Row = std::vector<std::string>;

std::vector<Row> rows_of(const CsvTable& table) {
  std::vector<Row> rows;
  for (size_t i = 0; i < table.rows(); ++i) rows.push_back(table.row(i));
  return rows;
}

std::vector<int64_t> lines_of(const CsvTable& table) {
  std::vector<int64_t> lines;
  for (size_t i = 0; i < table.rows(); ++i) lines.push_back(table.line(i));
  return lines;
}

bool has_header(const std::string& text, const CsvOptions& options = {}) {
  return !parse_csv(text, "x.csv", options).header().empty();
}

TEST(Csv, ReadsAHeaderAndRows) {
  const CsvTable table = parse_csv("width,height\n1,2\n3,4\n", "x.csv");
  EXPECT_EQ(table.header(), (Row{"width", "height"}));
  EXPECT_EQ(rows_of(table), (std::vector<Row>{{"1", "2"}, {"3", "4"}}));
  EXPECT_EQ(lines_of(table), (std::vector<int64_t>{2, 3}));
}

TEST(Csv, GivesSingleCellsAndTheNamesOfColumns) {
  const CsvTable table = parse_csv("width,height\n1,\"2,5\"\n3,4\n", "x.csv");
  EXPECT_EQ(table.columns(), 2u);
  EXPECT_EQ(table.cell(0, 1), "2,5");
  EXPECT_EQ(table.cell(1, 0), "3");
  EXPECT_EQ(table.name(1), "height");
  EXPECT_EQ(parse_csv("1,2\n3,4\n", "x.csv").name(1), "1");
}

TEST(CsvHeader, ASampleIsNone) {
  EXPECT_FALSE(has_header("1,2\n3,4\n"));
  EXPECT_FALSE(has_header("5.1,3.5,setosa\n4.9,3.0,setosa\n"));      // one label
  EXPECT_FALSE(has_header("1,,3,\n"));                               // missing numbers
  EXPECT_FALSE(has_header("red,round,3\nblue,square,4\n"));          // a number among texts
  EXPECT_FALSE(has_header("a,b,1e999\n"));                           // too large, yet a number
  EXPECT_FALSE(has_header("5,1;3,5;setosa\n4,9;3,0;virginica\n"));   // decimal commas
  EXPECT_FALSE(has_header("1,2,a\n3,4,b\n"));                        // each label is there once
  EXPECT_FALSE(has_header("1,2,3,a\n3,4,9,b\n2,2,2,b\n1,5,7,a\n"));  // another sample has its label
  EXPECT_FALSE(has_header("0,0.5,1,1\n3,4,9,0\n2,2,2,0\n1,5,7,1.0\n"));
}

TEST(CsvHeader, IsALineOfWords) {
  EXPECT_EQ(parse_csv("size,kind\n1,a\n", "x.csv").header().size(), 2u);
  EXPECT_EQ(parse_csv("size\n1\n", "x.csv").header(), Row{"size"});
  EXPECT_EQ(parse_csv(",size\n0,1\n", "x.csv").header(), (Row{"", "size"}));  // as pandas writes it
}

TEST(CsvHeader, MayHaveNumbersForNames) {
  const std::string samples = "0.5,1,2,0\n0.1,4,4,0\n3,5,9,1\n3,7,5,1\n";
  EXPECT_EQ(parse_csv("0,1,2,label\n" + samples, "x.csv").header(), (Row{"0", "1", "2", "label"}));
  EXPECT_TRUE(has_header("0,1,2,3\n" + samples));
  EXPECT_TRUE(has_header("1990,1991,1992,species\n1,2,3,ant\n4,5,6,ant\n7,8,9,bee\n1,2,2,bee\n"));
  EXPECT_TRUE(has_header("400.5,401,401.5,species\n1,2,3,ant\n4,5,6,bee\n7,8,9,bee\n"));  // steps; ant is there once
  EXPECT_TRUE(has_header(",0,1,2,label\n0,1,2,3,0\n1,4,5,6,0\n2,7,8,9,1\n"));             // as pandas writes it
  EXPECT_TRUE(has_header("label,7,3,5\n0,1,2,3\n0,4,4,4\n1,1,5,7\n", {"auto", "auto", "0"}));
  EXPECT_TRUE(has_header("7,species,3\n1,ant,3\n4,bee,6\n", {"auto", "auto", "species"}));  // it is asked for
}

TEST(CsvHeader, IsAsTheOptionSays) {
  EXPECT_TRUE(has_header("1,2\n3,4\n", {"auto", "yes"}));
  EXPECT_FALSE(has_header("size,kind\n1,a\n", {"auto", "no"}));
  EXPECT_ERROR_HAS(parse_csv("1,2\n", "x.csv", {"auto", "yes"}), "got only the names of the columns");
}

TEST(CsvHeader, HasTheColumnsThatAreLookedFor) {
  const CsvOptions years = {"auto", "auto", "", {"1990", "1992"}}, indices = {"auto", "auto", "", {"0", "1"}};
  EXPECT_TRUE(has_header("1990,1991,1992\n1,2,3\n", years));
  EXPECT_FALSE(has_header("1990,5\n1,2\n", years));
  EXPECT_FALSE(has_header("0,1\n1,1\n", indices));  // a sample of xor
  EXPECT_TRUE(has_header("0,1,label\n1,1,0\n", indices));
}

TEST(CsvSeparator, IsFound) {
  const std::vector<Row> want = {{"1.5", "2", "a"}, {"3", "4", "b"}};
  EXPECT_EQ(rows_of(parse_csv("x,y,kind\n1.5,2,a\n3,4,b\n", "x.csv")), want);
  EXPECT_EQ(rows_of(parse_csv("x;y;kind\n1.5;2;a\n3;4;b\n", "x.csv")), want);
  EXPECT_EQ(rows_of(parse_csv("x\ty\tkind\r\n1.5\t2\ta\r\n3\t4\tb\r\n", "x.csv")), want);
  EXPECT_EQ(rows_of(parse_csv("\"x\";\"y, in cm\";\"kind\"\n1.5;2;\"a\"\n3;4;\"b\"\n", "x.csv")), want);
  EXPECT_EQ(rows_of(parse_csv("x,y,kind\n1,2,a;b\n", "x.csv")), (std::vector<Row>{{"1", "2", "a;b"}}));
  EXPECT_EQ(rows_of(parse_csv("5,1;3,5;setosa\n", "x.csv")), (std::vector<Row>{{"5,1", "3,5", "setosa"}}));
  EXPECT_EQ(rows_of(parse_csv("width, cm\tkind\n1\ta\n", "x.csv")), (std::vector<Row>{{"1", "a"}}));
}

TEST(CsvSeparator, IsAsTheOptionSays) {
  EXPECT_EQ(parse_csv("1,2;3\n", "x.csv", {"comma", "auto"}).row(0), (Row{"1", "2;3"}));
  EXPECT_EQ(parse_csv("1,2;3\n", "x.csv", {"semicolon", "auto"}).row(0), (Row{"1,2", "3"}));
  EXPECT_EQ(parse_csv("1,2\t3\n", "x.csv", {"tab", "auto"}).row(0), (Row{"1,2", "3"}));
}

TEST(CsvSeparator, EmptyCellsBetweenTabsAreCells) {
  EXPECT_EQ(parse_csv("a\tb\tc\n\t\t\n1\t\t3\n", "x.csv").row(0), (Row{"", "", ""}));
}

TEST(Csv, BlanksAroundPlainCellsAreNoPartOfThem) {
  const CsvTable table = parse_csv("width ,\t kind\n 1,\ta b \n2,\" b \"\n", "x.csv");
  EXPECT_EQ(table.header(), (Row{"width", "kind"}));
  EXPECT_EQ(rows_of(table), (std::vector<Row>{{"1", "a b"}, {"2", " b "}}));  // quotes keep them
}

TEST(Csv, NoBreakAndWideSpacesAreBlanks) {
  const CsvTable table = parse_csv("\xC2\xA0width,kind\xE3\x80\x80\n\xC2\xA0 1 \xC2\xA0,a\xC2\xA0z\n", "x.csv");
  EXPECT_EQ(table.header(), (Row{"width", "kind"}));
  EXPECT_EQ(table.row(0), (Row{"1", "a\xC2\xA0z"}));
}

TEST(Csv, ReadsUtf8) {
  const std::string text = "caf\xC3\xA9,\xE2\x82\xAC,\xF0\x9F\x99\x82\n1,2,3\n";  // 2, 3 and 4 bytes
  EXPECT_EQ(parse_csv(text, "x.csv").header()[0], "caf\xC3\xA9");
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
  EXPECT_EQ(rows_of(table), (std::vector<Row>{{"x,\"y\"", "two\nlines"}, {"last", ""}}));
  EXPECT_EQ(lines_of(table), (std::vector<int64_t>{2, 4}));
}

TEST(Csv, TheLastLineNeedsNoLineEnd) { EXPECT_EQ(parse_csv("1,2\n3,", "x.csv").row(1), (Row{"3", ""})); }

TEST(Csv, SkipsBlankLinesAndTheByteOrderMark) {
  const CsvTable table = parse_csv("\xEF\xBB\xBFwidth,height\n\n  \n1,2\n\n", "x.csv");
  EXPECT_EQ(table.header()[0], "width");
  EXPECT_EQ(lines_of(table), std::vector<int64_t>{4});
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
  EXPECT_ERROR_HAS(parse_csv(std::string("1,2\n3,\0", 7), "x.csv"), "x.csv, line 2", "NUL byte");
}

TEST(Csv, RejectsAFileWithoutRows) {
  EXPECT_ERROR_HAS(parse_csv("", "x.csv"), "x.csv: want at least one row of data, got an empty file");
  EXPECT_ERROR_HAS(parse_csv("\n \n", "x.csv"), "got an empty file");
  EXPECT_ERROR_HAS(parse_csv("a,b\n", "x.csv"), "got only the names of the columns");
}

TEST(CsvColumn, IsFoundByNameByIndexAndFromTheEnd) {
  const CsvTable table = parse_csv("width,height,depth\n1,2,3\n", "x.csv");
  EXPECT_EQ(table.column("height", "x.csv"), 1u);
  EXPECT_EQ(table.column("0", "x.csv"), 0u);
  EXPECT_EQ(table.column("1", "x.csv"), 1u);
  EXPECT_EQ(table.column("-1", "x.csv"), 2u);
  EXPECT_EQ(table.column("-3", "x.csv"), 0u);
  EXPECT_EQ(parse_csv("1,2\n", "x.csv").column("-1", "x.csv"), 1u);
}

TEST(CsvColumn, SaysWhichColumnsThereAre) {
  const CsvTable table = parse_csv("width,height\n1,2\n", "x.csv");
  EXPECT_EQ(error_of([&] { static_cast<void>(table.column("heigth", "x.csv")); }),
            "x.csv: want a column out of \"width\", \"height\", or 0 to 1, or -1 for the last, got \"heigth\"; "
            "did you mean \"height\"?");
  for (const char* name : {"2", "-3", "", "1x", "99999999999999999999"}) {
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
  EXPECT_ERROR_HAS(parse_number("1.234,5", "x"), "decimal commas are not read, save the table with decimal points");
  EXPECT_ERROR_HAS(parse_number("", "x.csv, line 2"), "x.csv, line 2: want a number, got nothing");
  EXPECT_ERROR_HAS(parse_number("  ", "x.csv, line 2"), "got nothing");
}

TEST(ValueOf, EqualNumbersAreOneValue) {
  for (const char* cell : {"1", "1.0", "01", "+1", " 1 ", "1e0",
                           "\xC2\xA0"
                           "1"})
    EXPECT_EQ(value_of(cell), "1") << cell;
  EXPECT_EQ(value_of("-0.0"), "0");
  EXPECT_EQ(value_of(" a b\t"), "a b");
  EXPECT_NE(value_of("9007199254740993"), value_of("9007199254740992"));  // one double, two values
  EXPECT_EQ(value_of("inf"), "inf");
}

TEST(IsMissing, KnowsTheSpellingsOfPrograms) {
  for (const char* cell :
       {"", " ", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "?", "#N/A", "<NA>", "\xC2\xA0"}) {
    EXPECT_TRUE(is_missing(cell)) << cell;
  }
  for (const char* cell : {"0", "none", "a", "NAN1", "-"}) EXPECT_FALSE(is_missing(cell)) << cell;  // may be a class
}

}  // namespace
}  // namespace glassbox
