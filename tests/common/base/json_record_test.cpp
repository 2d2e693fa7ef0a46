/// Records from disk: every field has a type and a range, and a mistake names both.
#include "common/base/json_record.h"

#include <cmath>

#include "common/base/atomic_file.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"

namespace glassbox {
namespace {

JsonRecord record(const std::string& text) { return JsonRecord::from_text(text, "x.json"); }

TEST(JsonRecord, ReadsWhatIsThere) {
  const JsonRecord r = record(R"({"t": "a", "n": 2.5, "w": -3, "f": true, "z": null, "o": {"k": 1}, "l": [1, null],
                                  "c": [0, 7], "p": [["a", 1]], "r": [{"k": 2}]})");
  EXPECT_EQ(r.text("t", ""), "a");
  EXPECT_EQ(r.text("none", "default"), "default");
  EXPECT_EQ(r.number("n"), 2.5);
  EXPECT_EQ(r.whole("w", -5, 5), -3);
  EXPECT_TRUE(r.flag("f"));
  EXPECT_TRUE(std::isnan(r.number_or_nan("z")));
  EXPECT_EQ(r.object("o").whole("k", 0, 9), 1);
  EXPECT_TRUE(std::isnan(r.numbers("l", 2).at(1)));
  EXPECT_EQ(r.wholes("c", 2), (std::vector<int64_t>{0, 7}));
  EXPECT_EQ(r.pairs("p").at(0).first, "a");
  EXPECT_EQ(r.objects("r", 1).at(0).whole("k", 0, 9), 2);
}

TEST(JsonRecord, NamesFileFieldAndRange) {
  const JsonRecord r =
      record(R"({"n": "x", "w": 9223372036854775808, "h": 2.5, "o": [], "l": [1, "a"], "c": [-1], "p": [[1, 2]]})");
  EXPECT_ERROR_HAS(r.number("n"), "x.json: n: want a number", "got \"x\" (string)");
  EXPECT_ERROR_HAS(r.number("none"), "x.json: none: want a number, got nothing");
  EXPECT_ERROR_HAS(r.whole("w", 0, 9), "w: want a whole number from 0 to 9");
  EXPECT_ERROR_HAS(r.whole("w", 0, std::numeric_limits<int64_t>::max()), "w: want a whole number");
  EXPECT_ERROR_HAS(r.whole("h", 0, 9), "h: want a whole number");
  EXPECT_ERROR_HAS(r.text("h", ""), "h: want text");
  EXPECT_ERROR_HAS(r.object("o"), "o: want an object");
  EXPECT_ERROR_HAS(r.numbers("l", 5), "l: want a list of numbers");
  EXPECT_ERROR_HAS(r.numbers("l", 1), "l: want a list of at most 1 numbers");
  EXPECT_ERROR_HAS(r.wholes("c", 5), "c: want a list of whole numbers");
  EXPECT_ERROR_HAS(r.pairs("p"), "p: want a list of [text, number]");
  EXPECT_ERROR_HAS(r.flag("h"), "h: want true or false");
}

TEST(JsonRecord, IsStrictAndBounded) {
  EXPECT_ERROR_HAS(record("[]"), "x.json: want a JSON object, got [] (list)");
  EXPECT_ERROR_HAS(record(std::string(300'000, '[')), "want at most 64 levels of nesting");
  EXPECT_ERROR_HAS(record(R"({"a": 1, "a": 2})"), "is given twice");
  TempFolder temp;
  write_file(temp / "x", "{" + std::string(2'000'000, ' ') + "}");
  EXPECT_ERROR_HAS(JsonRecord::from_file(temp / "x"), "want at most 1048576 bytes");
}

}  // namespace
}  // namespace glassbox
