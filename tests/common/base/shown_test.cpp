/// Foreign text on the terminal.
#include "common/base/shown.h"

#include <gtest/gtest.h>

namespace glassbox {
namespace {

TEST(Shown, LeavesPlainTextOfAnyLanguage) {
  for (const char* text : {"", "plain", "Größe", "类别", "שלום", "a\\b \"c\""}) {
    EXPECT_EQ(shown(text), text);
    EXPECT_TRUE(is_plain(text));
  }
}

TEST(Shown, WritesWhatWouldMisleadAsItsNumber) {
  EXPECT_EQ(shown("B  99 %\nerror: fake"), "B  99 %\\x0aerror: fake");
  EXPECT_EQ(shown("\x1b[2J\x07\x7f"), "\\x1b[2J\\x07\\x7f");
  EXPECT_EQ(shown("\xC2\x9B"
                  "31m"),
            "\\x9b31m");  // the one-character escape of C1
  EXPECT_EQ(shown("a\u202Eb\u2028"), "a\\u202eb\\u2028");
  EXPECT_EQ(shown(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(shown("\xff\xc3"), "\\xff\\xc3");
  EXPECT_FALSE(is_plain("a\n") || is_plain("\u2066") || is_plain("\xff"));
}

TEST(Shown, CutsByCharactersNotByBytes) {
  EXPECT_EQ(shown("abcdef", 3), "abc...");
  EXPECT_EQ(shown("äöüß", 4), "äöüß");
  EXPECT_EQ(shown("äöüß", 2), "äö...");
}

TEST(Printable, KeepsLinesAndNothingElse) {
  EXPECT_EQ(printable("a\nb\t\x1b"), "a\nb\\x09\\x1b");
  EXPECT_EQ(printable_message("error\n  one\nerror: fake"), "error\n  one\\x0aerror: fake");
}

TEST(ControlsInJson, StayTheSameValue) {
  EXPECT_EQ(without_controls_in_json("{\"a\": \"\u202E\xC2\x9B\x7f ä\"}"), "{\"a\": \"\\u202e\\u009b\\u007f ä\"}");
}

TEST(Problems, NamesTwentyAndCountsTheRest) {
  Problems problems;
  EXPECT_TRUE(problems.empty());
  for (int i = 1; i <= 25; ++i) problems.add("problem ", i);
  EXPECT_EQ(problems.count(), 25U);
  EXPECT_NE(problems.text().find("\n  problem 20\n  and 5 more"), std::string::npos) << problems.text();
}

}  // namespace
}  // namespace glassbox
