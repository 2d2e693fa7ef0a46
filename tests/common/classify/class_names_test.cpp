/// Names of classes: their order and what is warned of.
#include "common/classify/class_names.h"

#include <gtest/gtest.h>

namespace glassbox {
namespace {

using Names = std::vector<std::string>;

Names sorted(Names names) {
  sort_classes(names);
  return names;
}

TEST(SortClasses, NumbersAreInNumericOrderAndWordsInThatOfTheAlphabet) {
  EXPECT_EQ(sorted({"10", "9", "-1.5"}), (Names{"-1.5", "9", "10"}));
  EXPECT_EQ(sorted({"b", "10", "9", "a"}), (Names{"10", "9", "a", "b"}));
}

TEST(WarnOfCase, NamesThePairs) {
  EXPECT_EQ(warn_of_case({"Rose", "aster", "rose"}),
            "classes that differ in case alone: \"Rose\" and \"rose\"; if they are one class, spell them alike");
  EXPECT_EQ(warn_of_case({"rose", "roses"}), "");
}

TEST(WarnOfUntrained, NamesTheClassesWithoutASample) {
  EXPECT_EQ(warn_of_untrained({"a", "b"}, {1, 7}), "");
  EXPECT_EQ(warn_of_untrained({"a", "b"}, {9, 0}),
            "class \"b\" has no sample in the training part and cannot be learned; add samples, or choose the others "
            "with data.keep_classes");
  EXPECT_EQ(warn_of_untrained({"a", "b", "c"}, {0, 3, 0}).rfind("classes \"a\", \"c\" have no sample", 0), 0u);
  EXPECT_NE(warn_of_untrained(Names(12, "x"), std::vector<int64_t>(12)).find(", ... (12 in all) have"),
            std::string::npos);
}

}  // namespace
}  // namespace glassbox
