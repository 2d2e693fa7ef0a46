/// Data that is damaged, missing or not what it says: exit 2, one clear message, nothing written.
#include "common/base/error.h"
#include "tests/e2e/desk.h"

namespace glassbox::e2e {
namespace {

const char* const kTrainImages = "train-images-idx3-ubyte";
const char* const kTrainLabels = "train-labels-idx1-ubyte";

class IdxErrors : public Desk {
 protected:
  IdxErrors() { images(); }

  /// Training with `bytes` as `file` is refused; then the good file is put back.
  void expect_file_refused(const std::string& file, const std::string& bytes, const Words& texts) const {
    const std::string good = read("data/mnist/" + file);
    write("data/mnist/" + file, bytes);
    expect_refused(Words{"train", "--config", "images.json"} + kOwnData, texts);
    write("data/mnist/" + file, good);
  }

  std::string train_images() const { return read(fs::path("data/mnist") / kTrainImages); }
};

TEST_F(IdxErrors, CutShort) {
  const std::string good = train_images();
  for (const size_t size : {size_t{0}, size_t{3}, size_t{9}, size_t{16}, good.size() - 1}) {
    expect_file_refused(kTrainImages, good.substr(0, size), {"data/mnist/train-images-idx3-ubyte: want "});
  }
  expect_file_refused(kTrainImages, good + "x", {kTrainImages, ": want 47040 bytes after the header, got more"});
  expect_file_refused("t10k-labels-idx1-ubyte", "", {"t10k-labels-idx1-ubyte: want an idx file"});
}

TEST_F(IdxErrors, WrongMagicAndAbsurdSizes) {
  std::string wrong = train_images();
  wrong[2] = 13;  // float32
  expect_file_refused(kTrainImages, wrong, {kTrainImages, "begins with 00 00 08", "got 00 00 0d 03"});
  expect_file_refused(kTrainImages, "GIF89a and so on", {kTrainImages, "got 47 49 46 38"});
  expect_file_refused(kTrainImages, idx_bytes({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, {}),
                      {kTrainImages, "want at most 2^31 bytes"});
  expect_file_refused(kTrainImages, idx_bytes({60000, 28, 28}, {1, 2, 3}),
                      {kTrainImages, "want 47040000 bytes", "is the file complete?"});
  expect_file_refused(kTrainImages, idx_bytes({0, 28, 28}, {}), {kTrainImages, "want sizes >= 1, got 0"});
  expect_file_refused(kTrainImages, "\x1f\x8b\x08 no gzip stream", {kTrainImages, "gzip"});
}

TEST_F(IdxErrors, PartsThatDoNotFit) {
  expect_file_refused(kTrainLabels, idx_bytes({59}, std::vector<uint8_t>(59)),
                      {kTrainLabels, "want 60 labels, one for each image of train-images-idx3-ubyte, got 59"});
  expect_file_refused(kTrainLabels, idx_bytes({60, 1}, std::vector<uint8_t>(60)), {kTrainLabels, "want labels [N]"});
  expect_file_refused(kTrainImages, idx_bytes({60, 27, 28}, std::vector<uint8_t>(60 * 27 * 28)),
                      {kTrainImages, "want images [N, 28, 28], got [60, 27, 28]"});
  std::vector<uint8_t> labels(60);
  labels[59] = 10;
  expect_file_refused(kTrainLabels, idx_bytes({60}, labels),
                      {kTrainLabels, "want labels 0 to 9, got 10", "scripts/data.sh"});
}

TEST_F(IdxErrors, NotThere) {
  expect_refused({"train", "--config", "images.json", "--data", "nowhere"},
                 {"data set mnist: not found in nowhere/mnist", "fetch it with: scripts/data.sh mnist"});
  fs::remove(here_ / "data/mnist/t10k-labels-idx1-ubyte");
  expect_refused(Words{"train", "--config", "images.json"} + kOwnData,
                 {"t10k-labels-idx1-ubyte", "no such file", "scripts/data.sh"});
}

class CsvErrors : public Desk {
 protected:
  /// `changes` go to the "data" section.
  void expect_csv_refused(const std::string& text, const Words& texts, const Words& changes = {}) const {
    write("bad.csv", text);
    table_config("bad.csv");
    expect_refused(Words{"train", "--config", "table.json"} + changes, texts);
  }
};

TEST_F(CsvErrors, RowsAndNumbers) {
  table();
  const std::string good = read("table.csv");
  expect_csv_refused(good + "1,2\n", {"bad.csv, line 62: want 3 cells as in line 1, got 2"});
  expect_csv_refused(good + "1,2,3,4\n", {"bad.csv, line 62: want 3 cells as in line 1, got 4"});
  expect_csv_refused(good + "1,tall,round\n", {"bad.csv, line 62, column height: want a finite number, got \"tall\""});
  expect_csv_refused(good + "1,,round\n", {"bad.csv, line 62, column height: want a number, got nothing"});
  expect_csv_refused(good + "nan,1,round\n", {"bad.csv, line 62, column width: want a finite number, got \"nan\""});
  expect_csv_refused(good + "1,-inf,round\n", {"bad.csv, line 62, column height: want a finite number, got \"-inf\""});
  expect_csv_refused(good + "1,1e300,round\n",
                     {"bad.csv, line 62, column height: want a number within +-3.4e38, got 1e300"});
  expect_csv_refused(good + "1,2,rund\xE9\n", {"bad.csv, line 62: want text in UTF-8"});
  expect_csv_refused(good + "1,\"2,round\n", {"bad.csv, line 62: want a closing quote"});
  expect_csv_refused(good + std::string("1,\0,round\n", 10), {"bad.csv, line 62: want text, got a NUL byte"});
}

TEST_F(CsvErrors, LabelsAndRowsThatAreMissing) {
  table();
  const std::string good = read("table.csv");
  expect_csv_refused("", {"bad.csv: want at least one row of data, got an empty file"});
  expect_csv_refused("width,height,kind\n",
                     {"bad.csv: want at least one row of data, got only the names of the columns"});
  expect_csv_refused(
      good, {"want a column out of \"width\", \"height\", \"kind\"", "got \"kinds\"", "did you mean \"kind\"?"},
      {"--set", "data.label=kinds"});
  expect_csv_refused(good, {"the label column has 60 different values"}, {"--set", "data.label=width"});
  expect_csv_refused("a,b,kind\n1,2,x\n3,4,x\n5,6,x\n",
                     {"bad.csv: want at least two classes in the label column, got one (\"x\")"});
  expect_csv_refused("a,b,kind\n1,2,x\n3,4,y\n", {"want at least one sample in each part"});
  expect_csv_refused("kind\nx\ny\nx\ny\n", {"bad.csv: want at least one column beside the label"});
  expect_refused({"train", "--config", "table.json", "--set", "data.path=nowhere.csv"},
                 {"nowhere.csv", "No such file"});
  expect_refused({"train", "--config", "table.json", "--set", "data.path=tmp"}, {"tmp: want a file, got a folder"});
}

TEST_F(CsvErrors, DecimalCommasAndMissingLabels) {
  expect_csv_refused("width;height;kind\n1,5;2;a\n2;3;b\n", {"bad.csv, line 2, column width", "decimal commas"});
  expect_csv_refused("width,height,kind\n1,2,a\n2,3,NA\n", {"bad.csv, line 3: want a label, got \"NA\""});
}

class OddTables : public Desk {
 protected:
  /// What a dry run says about the table.
  std::string said(const std::string& text, const Words& changes = {}) const {
    write("odd.csv", text);
    table_config("odd.csv");
    const Ended ended = mlp(Words{"train", "--config", "table.json", "--dry-run", "--threads", "1"} + changes);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.err;
  }

  static void expect_in(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << "want " << part << " in\n" << text;
  }
};

TEST_F(OddTables, TheOpeningBlockSaysHowTheFirstLineWasRead) {
  std::string samples;
  for (int i = 0; i < 60; ++i) samples += as_text(i * 7 % 60, ",", i % 7, ",", i % 2, "\n");
  const std::string block = said("0,1,label\n" + samples);
  expect_in(block, "2 classes");
  expect_in(block, "first line: names; separated by commas");
  expect_in(said(samples, {"--set", "data.header=no"}), "first line: a sample");
}

TEST_F(OddTables, RowNumbersAreLeftOutByTheFlagThatTheWarningNames) {
  std::string text = ",width,kind\n";
  for (int i = 0; i < 60; ++i) text += as_text(i, ",", i % 7, ",", i % 2, "\n");
  expect_in(said(text), "warning: odd.csv: the column \"\" (index 0) looks like row numbers");
  expect_in(said(text), "--set 'data.columns=[\"width\"]'");
  EXPECT_EQ(said(text, {"--set", "data.columns=[\"width\"]"}).find("warning: odd.csv"), std::string::npos);
}

TEST_F(OddTables, AClassWithoutATrainingSampleIsWarnedOf) {
  std::string text = "width,height,kind\n";
  for (int i = 0; i < 60; ++i) text += as_text(i * 7 % 60, ",", i % 7, ",", i == 59 ? "rare" : "common", "\n");
  text += "1,2,common\n";
  expect_in(said(text, {"--set", "data.val_share=0.5"}), "warning: class \"rare\" has no sample in the training part");
}

TEST_F(OddTables, ATemporaryFolderThatIsNotThereIsNamed) {
  table_config(table());
  Surroundings around = this->around();
  around.environment["TMPDIR"] = "/nonexistent";
  expect_message(run("mlp", {"train", "--config", "table.json", "--dry-run"}, around),
                 {"TMPDIR: want a folder for temporary files, got /nonexistent"});
}

class PredictErrors : public Desk {};

TEST_F(PredictErrors, ImagesThatAreNone) {
  bring_trained("images");
  const Words predict = {"predict", "--run", "run"};
  write("text.png", "These are only words.\n");
  write("empty.png", "");
  write("cut.pgm", "P5 40 30 255\nabc");
  write("blank.pgm", "P5 40 30 255\n" + std::string(40 * 30, '\xff'));
  write("folder/notes.txt", "no image");
  expect_refused(predict + Words{"text.png"}, {"text.png: want an image (PNG, JPEG, BMP, WebP, TIFF, PNM or JPEG "
                                               "2000), got a file of 22 bytes"});
  expect_refused(predict + Words{"empty.png"}, {"empty.png: want an image", "got a file of 0 bytes"});
  expect_refused(predict + Words{"cut.pgm"}, {"reading cut.pgm: want an image"});
  const std::string longer_than_any_name(300, 'x');
  expect_refused(predict + Words{longer_than_any_name}, {longer_than_any_name, "File name too long"});
  expect_refused(predict + Words{"blank.pgm"}, {"blank.pgm: nothing stands out from the background"});
  expect_refused(predict + Words{"nowhere.png"}, {"nowhere.png: no such file or folder"});
  expect_refused(predict + Words{"folder"}, {"folder: want at least one image in this folder, got 1 .txt"});
}

TEST_F(PredictErrors, RowsThatDoNotFit) {
  bring_trained("table");
  const Words predict = {"predict", "--run", "run"};
  write("three.csv", "1,2,3\n");
  write("named.csv", "width,size\n1,2\n");
  write("nan.csv", "1,nan\n");
  write("huge.csv", "1,1e300\n");
  write("empty.csv", "");
  write("image.csv", std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16));
  expect_refused(predict + Words{"three.csv"}, {"three.csv: want 2 columns, as in training", "got 3"});
  expect_refused(predict + Words{"named.csv"},
                 {"named.csv: want a column out of \"width\", \"size\"", "got \"height\""});
  expect_refused(predict + Words{"nan.csv"}, {"nan.csv, line 1, column 1: want a finite number, got \"nan\""});
  expect_refused(predict + Words{"huge.csv"}, {"huge.csv, line 1, column 1: want a number within +-3.4e38, got 1e300"});
  expect_refused(predict + Words{"empty.csv"}, {"empty.csv: want at least one row of data"});
  expect_refused(predict + Words{"image.csv"}, {"image.csv, line "});
  expect_refused(predict + Words{"nowhere.csv"}, {"nowhere.csv"});
  expect_refused(predict + Words{"tmp"}, {"tmp: want a file, got a folder"});
}

TEST_F(PredictErrors, ExplainTakesNoInput) {
  bring_trained("moons");
  expect_refused({"explain", "--run", "run", "x.png"}, {"explain: takes no input, got \"x.png\""});
}

}  // namespace
}  // namespace glassbox::e2e
