/// How wide texts are.
#include "common/report/font.h"

#include <gtest/gtest.h>

namespace glassbox {
namespace {

TEST(TextWidth, GrowsWithLettersSizeAndWeightAndCountsTheWiderLanguage) {
  EXPECT_GT(text_width("ww", 10), text_width("ii", 10));
  EXPECT_NEAR(text_width("loss", 20), 2 * text_width("loss", 10), 1e-9);
  EXPECT_GT(text_width("loss", 10, /*bold=*/true), text_width("loss", 10));
  EXPECT_NEAR(text_width("损失", 10), 20, 1e-9);
  EXPECT_EQ(text_width({"i", "损失"}, 10), text_width("损失", 10));
  EXPECT_EQ(text_width({"mmmmm", "损"}, 10), text_width("mmmmm", 10));
}

TEST(FitText, CutsWholeCharactersOfEachLanguage) {
  EXPECT_EQ(fit_text("loss", 10, 100).en, "loss");
  const Text cut = fit_text({"a long sentence", "训练集上的损失"}, 10, 45);
  EXPECT_EQ(cut.zh, "训练集...");  // 3 x 10, and 3 x 3.2 for the dots
  EXPECT_EQ(cut.en.substr(0, 3), "a l");
  EXPECT_LE(text_width(cut, 10), 45);
  EXPECT_EQ(fit_text("m\xff", 10, 100).en, "m\xff");  // what fits stays as it is
  EXPECT_EQ(fit_text("mmmm", 10, 0).en, "...");
}

}  // namespace
}  // namespace glassbox
