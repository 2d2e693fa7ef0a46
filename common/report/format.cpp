#include "common/report/format.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "common/base/error.h"

namespace glassbox {
namespace {

constexpr const char* kNotANumber = "n/a";
constexpr double kEternity = 1e12;  // seconds; beyond it whole numbers of days say nothing

std::string fixed(double value, int decimals) {
  char text[400];  // the longest double has 309 digits before the point
  std::snprintf(text, sizeof text, "%.*f", std::clamp(decimals, 0, 40), value);
  const bool minus_zero = text[0] == '-' && std::string(text).find_first_of("123456789") == std::string::npos;
  return minus_zero ? text + 1 : text;
}

std::string two_digits(int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string without_trailing_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::string format_percent(double fraction, int decimals) {
  return std::isfinite(fraction) ? fixed(100 * fraction, decimals) + " %" : kNotANumber;
}

std::string format_seconds(double seconds) {
  if (!std::isfinite(seconds)) return kNotANumber;
  if (seconds < 0) return "-" + format_seconds(-seconds);
  if (seconds == 0) return "0 s";
  if (seconds > kEternity) return format_number(seconds) + " s";
  if (seconds < 0.0995) return format_number(1000 * seconds, 2) + " ms";
  if (seconds < 9.95) return fixed(seconds, 1) + " s";
  if (seconds < 59.5) return fixed(seconds, 0) + " s";

  const int64_t whole = std::llround(seconds), minutes = std::llround(seconds / 60),
                hours = std::llround(seconds / 3600);
  if (whole < 3600) return as_text(whole / 60, " min ", two_digits(whole % 60), " s");
  if (minutes < 24 * 60) return as_text(minutes / 60, " h ", two_digits(minutes % 60), " min");
  return as_text(hours / 24, " d ", hours % 24, " h");
}

std::string format_clock(double seconds) {
  if (!std::isfinite(seconds) || seconds > kEternity) return kNotANumber;
  const int64_t whole = std::llround(std::max(seconds, 0.0));
  const std::string tail = ":" + two_digits(whole % 60);
  if (whole < 3600) return std::to_string(whole / 60) + tail;
  return as_text(whole / 3600, ":", two_digits(whole / 60 % 60), tail);
}

std::string format_count(int64_t count) {
  std::string text = std::to_string(count);
  const size_t first_digit = count < 0 ? 1 : 0;
  for (size_t at = text.size(); at > first_digit + 3;) text.insert(at -= 3, ",");
  return text;
}

std::string format_large(double count) {
  return std::abs(count) < 1e15 ? format_count(int64_t(count)) : format_number(count);
}

std::string format_number(double value, int digits) {
  if (!std::isfinite(value)) return kNotANumber;
  if (value == 0) return "0";
  const int precision = std::clamp(digits, 1, 17) - 1;
  char scientific[64];
  std::snprintf(scientific, sizeof scientific, "%.*e", precision, value);  // rounds first: 999999.9 has exponent 6

  const std::string text = scientific;
  const size_t e = text.find('e');
  const int exponent = std::atoi(text.c_str() + e + 1);
  if (exponent >= -4 && exponent < 6) return without_trailing_zeros(fixed(value, precision - exponent));
  return without_trailing_zeros(text.substr(0, e)) + "e" + std::to_string(exponent);
}

}  // namespace glassbox
