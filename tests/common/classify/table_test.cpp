/// Tables: CSV files as data sets, and scikit-learn's classical sets.
#include "common/classify/table.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "common/base/atomic_file.h"
#include "tests/common/classify/samples.h"
#include "tests/common/expect_error.h"
#include "tests/common/real_data.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

using Texts = std::vector<std::string>;

class CsvDataset : public testing::Test {
 protected:
  LabelledDataset read(const std::string& text, const std::string& label = "-1", const Texts& columns = {}) {
    write_file(folder_ / "flowers.csv", text);
    return read_csv_dataset(folder_ / "flowers.csv", {"auto", "auto", label}, columns);
  }

  /// All that is warned of when these columns are read, and of what the labels say.
  std::string warnings_of(const std::string& text, const Texts& columns = {}) {
    const LabelledDataset data = read(text, "-1", columns);
    std::string all;
    for (const std::string& warning : data.info().warnings) all += warning + "\n";
    return all;
  }

  TempFolder folder_;
};

const char* const kFlowers =
    "length,kind,width\n"
    "1.5,rose,0.5\n"
    "2.5,aster,-1\n"
    "3.5,rose,1e2\n"
    "4.5,aster,7\n";

TEST_F(CsvDataset, TakesTheLabelColumnByName) {
  const LabelledDataset data = read(kFlowers, "kind");
  EXPECT_EQ(data.info().name, "flowers");
  EXPECT_EQ(data.info().columns, (Texts{"length", "width"}));
  EXPECT_EQ(data.info().classes, (Texts{"aster", "rose"}));  // sorted
  EXPECT_EQ(ints(data.targets()), (std::vector<int64_t>{1, 0, 1, 0}));
  EXPECT_EQ(doubles(inputs_of(data)), (std::vector<double>{1.5, 0.5, 2.5, -1, 3.5, 100, 4.5, 7}));
}

TEST_F(CsvDataset, TakesTheLabelColumnByIndex) {
  EXPECT_EQ(read(kFlowers, "1").info().classes, (Texts{"aster", "rose"}));
  EXPECT_EQ(read("a,1,2\nb,3,4\na,5,6\nb,7,8\n", "0").info().classes, (Texts{"a", "b"}));
  const LabelledDataset last = read("1,2,a\n3,4,b\n5,6,a\n7,8,b\n", "-1");
  EXPECT_EQ(last.info().classes, (Texts{"a", "b"}));
  EXPECT_EQ(last.info().columns, (Texts{"0", "1"}));  // without a header, their indices
}

TEST_F(CsvDataset, NumericClassesAreInNumericOrder) {
  const LabelledDataset data = read("x,y\n0,10\n0,9\n0,-1\n0,10\n0,9\n0,-1\n");
  EXPECT_EQ(data.info().classes, (Texts{"-1", "9", "10"}));
  EXPECT_EQ(ints(data.targets()), (std::vector<int64_t>{2, 1, 0, 2, 1, 0}));
}

TEST_F(CsvDataset, ARaggedRowIsNamedByItsLine) {
  EXPECT_ERROR_HAS(read("x,y\n1,a\n2,b\n3\n"), "flowers.csv, line 4: want 2 cells as in line 1, got 1");
}

TEST_F(CsvDataset, TextAmongNumbersIsNamedByLineAndColumn) {
  EXPECT_ERROR_HAS(read("width,height,kind\n1,2,a\n3,tall,b\n1,2,a\n1,2,b\n"), "flowers.csv, line 3, column height",
                   "want a finite number, got \"tall\"");
}

TEST_F(CsvDataset, NanInfinityAndNothingAreNoNumbers) {
  for (const std::string bad : {"nan", "NaN", "inf", "-inf", "1e999", ""}) {
    EXPECT_ERROR_HAS(read("x,y,kind\n1,2,a\n" + bad + ",4,b\n1,2,a\n1,2,b\n"), "line 3, column x");
  }
}

TEST_F(CsvDataset, ANumberTooLargeForAFloatIsRejected) {
  EXPECT_ERROR_HAS(read("x,kind\n1,b\n1e300,a\n2,a\n3,b\n"),
                   "flowers.csv, line 3, column x: want a number within +-3.4e38, got 1e300");
  EXPECT_ERROR_HAS(read("x,kind\n-3.5e38,a\n1,b\n2,a\n3,b\n"), "line 2, column x", "got -3.5e38");
  EXPECT_EQ(inputs_of(read("x,kind\n3.4e38,a\n1,b\n2,a\n3,b\n"))[0][0].item<double>(), 3.4e38);
}

TEST_F(CsvDataset, AMissingLabelColumnListsTheColumnsThereAre) {
  EXPECT_ERROR_HAS(read(kFlowers, "kinds"), "flowers.csv", "\"length\", \"kind\", \"width\"", "\"kinds\"",
                   "did you mean \"kind\"?");
  EXPECT_ERROR_HAS(read(kFlowers, "3"), "\"length\", \"kind\", \"width\"", "\"3\"");
}

TEST_F(CsvDataset, ARowWithoutALabelIsRejected) {
  EXPECT_ERROR_HAS(read("x,kind\n1,a\n2,b\n3,\n4,a\n5,b\n"), "flowers.csv, line 4", "want a label, got nothing");
}

TEST_F(CsvDataset, OneClassOnlyIsNothingToLearn) {
  EXPECT_ERROR_HAS(read("x,kind\n1,a\n2,a\n"), "want at least two classes in the label column, got one (\"a\")",
                   "data.label");
}

TEST_F(CsvDataset, ALabelThatLooksLikeAMeasurementIsRejected) {
  EXPECT_ERROR_HAS(read("x,y\n1,0.1\n2,0.2\n3,0.3\n4,0.4\n5,0.5\n6,0.6\n"),
                   "6 different values in 6 rows, which looks like a measurement", "data.label");
}

TEST_F(CsvDataset, BlanksAroundLabelsMakeNoNewClass) {
  EXPECT_EQ(read("x, kind\n1,a\n2, b\n3,a \n4,b\n", "kind").info().classes, (Texts{"a", "b"}));
}

TEST_F(CsvDataset, TwoColumnsOfOneNameAreRejected) {
  EXPECT_ERROR_HAS(read("x,x,kind\n1,2,a\n1,2,b\n1,2,a\n1,2,b\n"),
                   "flowers.csv: want a different name for each column, got \"x\" twice; rename one");
}

TEST_F(CsvDataset, EmptyFilesAreRejected) {
  EXPECT_ERROR_HAS(read(""), "flowers.csv: want at least one row of data, got an empty file");
  EXPECT_ERROR_HAS(read("x,kind\n"), "flowers.csv: want at least one row of data, got only the names of the columns");
}

TEST_F(CsvDataset, ALabelAloneIsNothingToLearnFrom) {
  EXPECT_ERROR_HAS(read("kind\na\nb\na\nb\n"), "want at least one column beside the label");
}

TEST_F(CsvDataset, AMissingFileIsTheUsersMistake) {
  EXPECT_ERROR_HAS(read_csv_dataset(folder_ / "none.csv"), "none.csv");
}

TEST_F(CsvDataset, AHeaderOfNumbersIsNoSample) {
  std::string samples;
  for (int i = 0; i < 12; ++i) samples += as_text(i * i, ",", i % 3, ",", -i, ",", i % 2, "\n");
  const LabelledDataset data = read("0,1,2,label\n" + samples);
  EXPECT_EQ(data.info().classes, (Texts{"0", "1"}));
  EXPECT_EQ(data.size(), 12);
  EXPECT_EQ(data.info().reading, "first line: names; separated by commas");
  EXPECT_EQ(read(samples).size(), 12);
  EXPECT_EQ(read(samples).info().reading, "first line: a sample; separated by commas");
}

TEST_F(CsvDataset, ASemicolonFileIsReadAndItsDecimalCommasAreRefusedByName) {
  EXPECT_EQ(read("x;kind\n1.5;a\n2;b\n3;a\n4;b\n").info().reading, "first line: names; separated by semicolons");
  EXPECT_ERROR_HAS(read("x;kind\n1,5;a\n2,5;b\n3;a\n4;b\n"), "flowers.csv, line 2, column x: want a finite number",
                   "got \"1,5\"; decimal commas are not read, save the table with decimal points");
}

TEST_F(CsvDataset, OnlyTheChosenColumnsAreRead) {
  const std::string text = "name,width,height,kind\nanna,1,2,a\nbob,3,4,b\neve,5,6,a\nkim,7,8,b\n";
  EXPECT_EQ(read(text, "-1", {"height", "1"}).info().columns, (Texts{"height", "width"}));
  EXPECT_EQ(read(text, "-1", {"-2"}).info().columns, Texts{"height"});
  EXPECT_ERROR_HAS(read(text), "line 2, column name: want a finite number, got \"anna\"");
  EXPECT_ERROR_HAS(read(text, "-1", {"hight"}), "did you mean \"height\"?");
  EXPECT_ERROR_HAS(read(text, "-1", {"width", "3"}), "want columns without the label in data.columns, got \"3\"");
}

TEST_F(CsvDataset, LargeNumbersKeepTheirDigits) {
  LabelledDataset data = read("id,kind\n16777216,a\n16777217,b\n16777218,a\n16777219,b\n");
  data = data.normalised_by({16777216}, {1});
  EXPECT_EQ(doubles(data.batch(torch::arange(4)).input), (std::vector<double>{0, 1, 2, 3}));
}

TEST_F(CsvDataset, EqualNumbersAreOneClass) {
  const LabelledDataset data = read("x,kind\n1,1.0\n2,01\n3,1\n4,2.50\n5,2.5\n6,\"2.5 \"\n");
  EXPECT_EQ(data.info().classes, (Texts{"1", "2.5"}));  // by the shortest spelling
  EXPECT_EQ(ints(data.targets()), (std::vector<int64_t>{0, 0, 0, 1, 1, 1}));
}

TEST_F(CsvDataset, NoBreakSpacesMakeNoNewClass) {
  EXPECT_EQ(read("x,kind\n1,a\n2,\"b\xC2\xA0\"\n3,\xC2\xA0"
                 "a\n4,b\n")
                .info()
                .classes,
            (Texts{"a", "b"}));
}

TEST_F(CsvDataset, NotAvailableIsNoClass) {
  for (const std::string na : {"NA", "NaN", "n/a", "null", "?"}) {
    EXPECT_ERROR_HAS(read("x,kind\n1,a\n2,b\n3," + na + "\n4,a\n5,b\n"),
                     "flowers.csv, line 4: want a label, got \"" + na + "\"; fill it in or take the row out");
  }
}

TEST_F(CsvDataset, ClassesThatDifferInCaseAloneAreWarnedOf) {
  EXPECT_NE(warnings_of("x,kind\n1,Rose\n2,rose\n3,rose\n4,Rose\n").find("\"Rose\" and \"rose\""), std::string::npos);
}

/// Twelve rows of two classes, in front of each its number from `first` on.
std::string numbered(const std::string& header, int first) {
  std::string text = header;
  for (int i = 0; i < 12; ++i) text += as_text(first + i, ",", i * i, ",", -i, ",", i < 6 ? "a" : "b", "\n");
  return text;
}

TEST_F(CsvDataset, RowNumbersAreWarnedOfWithTheFlagThatLeavesThemOut) {
  const std::string file = (folder_ / "flowers.csv").string();
  EXPECT_EQ(warnings_of(numbered("id,width,height,kind\n", 1)),
            file +
                ": the column \"id\" (index 0) looks like row numbers, from which a network learns the order of the "
                "file; to leave that out: --set 'data.columns=[\"width\",\"height\"]'\n");
  EXPECT_NE(warnings_of(numbered("", 0)).find("the column (index 0) looks"), std::string::npos);
  EXPECT_NE(warnings_of(numbered("", 0)).find("--set 'data.columns=[1,2]'"), std::string::npos);
  EXPECT_NE(warnings_of(numbered(",width,it's,kind\n", 7)).find("\"\" (index 0)"), std::string::npos);  // no name
  EXPECT_NE(warnings_of(numbered(",width,it's,kind\n", 7)).find("data.columns=[1,2]"), std::string::npos);
}

TEST_F(CsvDataset, WhatIsLeftOutOrCountsNotIsNotWarnedOf) {
  EXPECT_EQ(warnings_of(numbered("id,width,height,kind\n", 1), {"width", "height"}), "");
  EXPECT_EQ(warnings_of(numbered("id,width,height,kind\n", 7)), "");
  EXPECT_EQ(warnings_of("x,kind\n1,a\n2,b\n3,a\n4,b\n"), "");  // too short to tell
}

void write_gzip(const std::filesystem::path& path, const std::string& text) {
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), unsigned(text.size()));
  gzclose(file);
}

/// `rows` rows of 64 pixels and a digit.
std::string digit_rows(int rows, const std::string& pixel) {
  std::string text;
  for (int row = 0; row < rows; ++row) {
    for (int i = 0; i < 64; ++i) text += (i == 0 ? pixel : std::to_string((row + i) % 17)) + ",";
    text += std::to_string(row % 10) + "\n";
  }
  return text;
}

TEST_F(CsvDataset, IsReadPackedToo) {
  write_gzip(folder_ / "flowers.csv.gz", kFlowers);
  EXPECT_EQ(read_csv_dataset(folder_ / "flowers.csv.gz", {"auto", "auto", "kind"}).size(), 4);
}

TEST(Digits8x8, ReadsPixelsFromZeroToSixteen) {
  const TempFolder folder;
  write_gzip(folder / "digits.csv.gz", digit_rows(20, "5"));
  const LabelledDataset data = read_digits8x8(folder / "digits.csv.gz");
  EXPECT_EQ(inputs_of(data).sizes(), (std::vector<int64_t>{20, 1, 8, 8}));
  EXPECT_EQ(data.info().pixel_max, 16);
  EXPECT_EQ(inputs_of(data)[3][0][0][0].item<int>(), 5);
  EXPECT_EQ(inputs_of(data)[3][0][1][0].item<int>(), 11);  // row 3, pixel 8: 3 + 8
  EXPECT_EQ(data.targets()[13].item<int64_t>(), 3);
  // A batch divides by 16: pixel 5 is 0.3125.
  EXPECT_FLOAT_EQ(data.batch(torch::tensor({0}, torch::kInt64)).input[0][0][0][0].item<float>(), 0.3125f);
}

TEST(Digits8x8, RejectsPixelsOutOfRangeAndOtherWidths) {
  const TempFolder folder;
  write_file(folder / "digits.csv", digit_rows(3, "17"));
  EXPECT_ERROR_HAS(read_digits8x8(folder / "digits.csv"), "want pixels from 0 to 16, got 0 to 17");
  write_file(folder / "digits.csv", "1,2,3\n4,5,6\n");
  EXPECT_ERROR_HAS(read_digits8x8(folder / "digits.csv"), "want 65 columns", "got 3");
}

TEST(Digits8x8, ATruncatedGzipStreamIsDamaged) {
  const TempFolder folder;
  write_gzip(folder / "digits.csv.gz", digit_rows(50, "5"));
  const std::string whole = read_file(folder / "digits.csv.gz");
  write_file(folder / "digits.csv.gz",
             whole.substr(0, whole.size() - 9));  // 8 bytes of checksum and length, and one more
  EXPECT_ERROR_HAS(read_digits8x8(folder / "digits.csv.gz"), "gzip stream is damaged or cut short", "scripts/data.sh");
}

TEST(SklearnTable, TakesTheClassNamesFromTheFirstLine) {
  const TempFolder folder;
  write_file(folder / "iris.csv", "4,2,setosa,virginica\n1,2,0\n3,4,1\n5,6,1\n7,8,0\n");
  const LabelledDataset data = read_sklearn_table("iris", folder / "iris.csv");
  EXPECT_EQ(data.info().classes, (Texts{"setosa", "virginica"}));
  EXPECT_EQ(data.info().sample_shape, (std::vector<int64_t>{2}));
  EXPECT_EQ(ints(data.targets()), (std::vector<int64_t>{0, 1, 1, 0}));
}

TEST(SklearnTable, RejectsAnotherFirstLineAndLabelsOutOfRange) {
  const TempFolder folder;
  write_file(folder / "iris.csv", "x,y\n1,2\n");
  EXPECT_ERROR_HAS(read_sklearn_table("iris", folder / "iris.csv"), "rows,columns,class names", "\"x,y\"");
  write_file(folder / "iris.csv", "2,2,setosa,virginica\n1,2,0\n3,4,2\n");
  EXPECT_ERROR_HAS(read_sklearn_table("iris", folder / "iris.csv"),
                   (folder / "iris.csv").string() + ": want labels 0 to 1, got 2", "scripts/data.sh");
}

TEST(SklearnTable, NamesTheLineOfTheFile) {
  const TempFolder folder;
  write_file(folder / "iris.csv", "2,2,setosa,virginica\n1,2,0\n3,x,1\n");
  EXPECT_ERROR_HAS(read_sklearn_table("iris", folder / "iris.csv"), "line 3", "\"x\"");
}

TEST(RealTables, IrisHasFiftyOfEachKind) {
  SKIP_WITHOUT("iris", "iris.csv");
  const LabelledDataset data = read_sklearn_table("iris", real_file("iris", "iris.csv"));
  EXPECT_EQ(class_counts(data), (std::vector<int64_t>{50, 50, 50}));
  EXPECT_EQ(data.info().classes, (Texts{"setosa", "versicolor", "virginica"}));
  EXPECT_EQ(data.info().sample_shape, (std::vector<int64_t>{4}));
}

TEST(RealTables, WineHasThreeKinds) {
  SKIP_WITHOUT("wine", "wine.csv");
  const LabelledDataset data = read_sklearn_table("wine", real_file("wine", "wine.csv"));
  EXPECT_EQ(class_counts(data), (std::vector<int64_t>{59, 71, 48}));
  EXPECT_EQ(data.info().sample_shape, (std::vector<int64_t>{13}));
}

TEST(RealTables, BreastCancerHas212MalignantAnd357Benign) {
  SKIP_WITHOUT("breast_cancer", "breast_cancer.csv");
  const LabelledDataset data = read_sklearn_table("breast_cancer", real_file("breast_cancer", "breast_cancer.csv"));
  EXPECT_EQ(class_counts(data), (std::vector<int64_t>{212, 357}));
  EXPECT_EQ(data.info().classes, (Texts{"malignant", "benign"}));
  EXPECT_EQ(data.info().sample_shape, (std::vector<int64_t>{30}));
}

TEST(RealTables, Digits8x8Are1797) {
  SKIP_WITHOUT("digits8x8", "digits.csv");
  const LabelledDataset data = read_digits8x8(real_file("digits8x8", "digits.csv"));
  EXPECT_EQ(data.size(), 1797);
  EXPECT_EQ(class_counts(data), (std::vector<int64_t>{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}));
  EXPECT_EQ(inputs_of(data).max().item<int>(), 16);
}

}  // namespace
}  // namespace glassbox
