/// Numbers as people read them, the same in the terminal and on the page. What is not finite reads "n/a".
#pragma once

#include <cstdint>
#include <string>

namespace glassbox {

std::string format_percent(double fraction, int decimals = 2);  ///< 0.964 -> "96.40 %"

/// "0.8 ms", "0.8 s", "12 s", "1 min 12 s", "2 min 05 s", "2 h 05 min", "3 d 4 h".
std::string format_seconds(double seconds);

std::string format_clock(double seconds);  ///< "0:12", "1:01:05"; for a time that counts down

std::string format_count(int64_t count);  ///< 1234567 -> "1,234,567"
std::string format_large(double count);   ///< the same without its fraction; from 1e15 on "1.235e15"

/// `digits` significant digits without trailing zeros: 0.12345 -> "0.1235", 1234567 -> "1.235e6", 3 -> "3".
std::string format_number(double value, int digits = 4);

}  // namespace glassbox
