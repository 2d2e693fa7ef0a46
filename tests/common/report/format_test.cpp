/// Numbers as people read them, and the text of a progress bar.
#include "common/report/format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "common/report/progress.h"

namespace glassbox {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(FormatPercent, TakesAFractionAndHasTwoDecimals) {
  EXPECT_EQ(format_percent(0.964), "96.40 %");
  EXPECT_EQ(format_percent(1), "100.00 %");
  EXPECT_EQ(format_percent(0), "0.00 %");
  EXPECT_EQ(format_percent(0.12345, 1), "12.3 %");
  EXPECT_EQ(format_percent(0.5, 0), "50 %");
  EXPECT_EQ(format_percent(-0.031), "-3.10 %");
}

TEST(FormatPercent, NeverSaysMinusZero) { EXPECT_EQ(format_percent(-0.0000001), "0.00 %"); }

TEST(FormatSeconds, GoesFromMillisecondsToDays) {
  EXPECT_EQ(format_seconds(0), "0 s");
  EXPECT_EQ(format_seconds(0.0008), "0.8 ms");
  EXPECT_EQ(format_seconds(0.035), "35 ms");
  EXPECT_EQ(format_seconds(0.8), "0.8 s");
  EXPECT_EQ(format_seconds(12), "12 s");
  EXPECT_EQ(format_seconds(72), "1 min 12 s");
  EXPECT_EQ(format_seconds(125), "2 min 05 s");
  EXPECT_EQ(format_seconds(2 * 3600 + 5 * 60), "2 h 05 min");
  EXPECT_EQ(format_seconds(3 * 86400 + 4 * 3600), "3 d 4 h");
}

TEST(FormatSeconds, CarriesWhenRoundingFillsAUnit) {
  EXPECT_EQ(format_seconds(0.0999), "0.1 s");
  EXPECT_EQ(format_seconds(9.96), "10 s");
  EXPECT_EQ(format_seconds(59.7), "1 min 00 s");
  EXPECT_EQ(format_seconds(3599.6), "1 h 00 min");
  EXPECT_EQ(format_seconds(86399), "1 d 0 h");
}

TEST(FormatClock, CountsDown) {
  EXPECT_EQ(format_clock(12.4), "0:12");
  EXPECT_EQ(format_clock(59.6), "1:00");
  EXPECT_EQ(format_clock(3665), "1:01:05");
  EXPECT_EQ(format_clock(-3), "0:00");
}

TEST(FormatCount, SeparatesThousands) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_count(1234567), "1,234,567");
  EXPECT_EQ(format_count(-123456), "-123,456");
  EXPECT_EQ(format_count(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(FormatNumber, KeepsSignificantDigits) {
  EXPECT_EQ(format_number(0.123456), "0.1235");
  EXPECT_EQ(format_number(3), "3");
  EXPECT_EQ(format_number(1.5), "1.5");
  EXPECT_EQ(format_number(100), "100");
  EXPECT_EQ(format_number(12345.6), "12346");  // digits before the point are never hidden
  EXPECT_EQ(format_number(0.0001), "0.0001");
  EXPECT_EQ(format_number(0.00001), "1e-5");
  EXPECT_EQ(format_number(1234567), "1.235e6");
  EXPECT_EQ(format_number(999999.9), "1e6");
  EXPECT_EQ(format_number(-0.5), "-0.5");
}

TEST(Format, WhatIsNotFiniteIsNotAvailable) {
  for (double value : {kNan, kInfinity, -kInfinity}) {
    EXPECT_EQ(format_percent(value), "n/a");
    EXPECT_EQ(format_seconds(value), "n/a");
    EXPECT_EQ(format_clock(value), "n/a");
    EXPECT_EQ(format_number(value), "n/a");
  }
}

TEST(Format, SurvivesTheLargestNumbers) {
  for (double value : {1e308, -1e308, 5e-324}) {
    EXPECT_FALSE(format_percent(value).empty());
    EXPECT_FALSE(format_seconds(value).empty());
    EXPECT_FALSE(format_clock(value).empty());
    EXPECT_FALSE(format_number(value, 17).empty());
  }
}

const BarLook kPlain{60, /*utf8=*/false, /*color=*/false};

TEST(ProgressText, IsLabelBarPercentDetails) {
  // 59 columns - "epoch 3/10" - 2 - "   50 %  loss 0.1" leaves 30 for the bar.
  EXPECT_EQ(progress_text(0.5, "epoch 3/10", "loss 0.1", kPlain),
            "epoch 3/10  ###############...............   50 %  loss 0.1");
}

TEST(ProgressText, NeverFillsTheLastColumn) {
  for (int columns = 1; columns < 120; ++columns) {
    BarLook look = kPlain;
    look.columns = columns;
    const std::string text = progress_text(0.3, "epoch 3/10", "loss 0.123  1,234 samples/s  0:12 left", look);
    EXPECT_LT(int(text.size()), columns);
  }
}

TEST(ProgressText, SaysHundredPercentOnlyAtTheEnd) {
  EXPECT_NE(progress_text(0.999, "", "", kPlain).find(" 99 %"), std::string::npos);
  EXPECT_NE(progress_text(1, "", "", kPlain).find("100 %"), std::string::npos);
  EXPECT_NE(progress_text(kNan, "", "", kPlain).find("  0 %"), std::string::npos);
}

TEST(ProgressText, HasEscapesOnlyWithColor) {
  BarLook look = kPlain;
  EXPECT_EQ(progress_text(0.5, "a", "b", look).find('\x1b'), std::string::npos);
  look.color = true;
  EXPECT_NE(progress_text(0.5, "a", "b", look).find('\x1b'), std::string::npos);
}

TEST(ProgressBar, IsSilentWhenStderrIsNoTerminalExceptForLines) {
  testing::internal::CaptureStderr();  // a file
  {
    ProgressBar bar(/*quiet=*/false);
    bar.show(0.5, "epoch 1/2", "loss 1");
    bar.line("epoch 1/2  loss 1.0");
    bar.show(0.9, "epoch 2/2", "loss 1");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "epoch 1/2  loss 1.0\n");
}

TEST(ProgressBar, SaysNothingWhenQuiet) {
  testing::internal::CaptureStderr();
  {
    ProgressBar bar(/*quiet=*/true);
    bar.show(0.5, "epoch 1/2", "loss 1");
    bar.line("epoch 1/2");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace glassbox
