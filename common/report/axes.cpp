#include "common/report/axes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <stdexcept>

#include "common/report/format.h"

namespace glassbox {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kSmallestRange = 1e-9;  // of the magnitude; below it doubles cannot tell the ticks apart

/// The power of ten times 1, 2 or 5 nearest above `rough`.
double nice_step(double rough) {
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

std::string tick_label(double value, double step, double largest) {
  char text[64];
  const double digits_behind = -std::floor(std::log10(step) + 1e-9);
  if (largest < 1e6 && step >= 0.9e-4) {
    if (step >= 1) return format_count(std::llround(value));
    std::snprintf(text, sizeof text, "%.*f", int(digits_behind), value);
    return text;
  }
  if (std::abs(value) < step / 2) return "0";
  const double digits = std::floor(std::log10(std::abs(value)) + 1e-9) + digits_behind + 1;
  return format_number(value, int(std::clamp(digits, 1.0, 12.0)));
}

/// Room for ticks around values that are (nearly) all the same.
void widen(double& low, double& high) {
  const double magnitude = std::max(std::abs(low), std::abs(high));
  if (high / 2 - low / 2 > 0.5 * std::max(kSmallestRange * magnitude, 1e-290)) return;
  const double room = magnitude > 1e-280 ? 0.1 * magnitude : 1;
  low = std::max(low - room, -kLargest);
  high = std::min(high + room, kLargest);
}

}  // namespace

Ticks nice_ticks(double low, double high, int wanted, bool whole) {
  if (!(low <= high) || !std::isfinite(low) || !std::isfinite(high) || wanted < 2)
    throw std::logic_error("nice_ticks: want finite low <= high and at least 2 ticks");
  if (!whole || low != high) widen(low, high);
  double step = high > low ? nice_step(high / (wanted - 1) - low / (wanted - 1)) : 1;
  if (whole) step = std::max(step, 1.0);

  Ticks ticks;
  const double first = std::floor(low / step + 1e-9), last = std::ceil(high / step - 1e-9);
  const double largest = std::max(std::abs(low), std::abs(high));
  const auto count = int(last - first) + 1;  // counted, not compared: beyond 2^53 one more is the same double
  for (int i = 0; i < count; ++i) {
    const double at = std::clamp((first + i) * step, -kLargest, kLargest);
    ticks.at.push_back(at);
    ticks.labels.push_back(tick_label(at, step, largest));
  }
  // Rounding must not leave the extreme values a hair outside.
  ticks.at.front() = std::min(ticks.at.front(), low);
  ticks.at.back() = std::max(ticks.at.back(), high);
  return ticks;
}

Ticks log_ticks(double low, double high) {
  if (!(low >= 1 / kLargestDrawn) || !(low <= high) || high > kLargestDrawn)
    throw std::logic_error("log_ticks: want 1e-300 <= low <= high <= 1e300");
  const int first = int(std::floor(std::log10(low))), last = int(std::ceil(std::log10(high)));
  const int stride = std::max(1, (last - first + 5) / 6);
  const std::vector<double> factors = last - first <= 2 ? std::vector<double>{1, 2, 5} : std::vector<double>{1};
  std::vector<double> candidates;
  for (int exponent = first; exponent < last + stride; exponent += stride) {
    for (double factor : factors) candidates.push_back(factor * std::pow(10, exponent));
  }
  candidates.push_back(std::pow(10, last + 1));

  size_t begin = 0, end = 1;
  while (begin + 1 < candidates.size() && candidates[begin + 1] <= low) ++begin;
  while (end < candidates.size() && (candidates[end - 1] < high || end < begin + 2)) ++end;
  Ticks ticks;
  for (size_t i = begin; i < end; ++i) {
    ticks.at.push_back(candidates[i]);
    ticks.labels.push_back(format_number(candidates[i], 1));
  }
  ticks.at.front() = std::min(ticks.at.front(), low);
  return ticks;
}

Ticks only_within(const Ticks& ticks, double low, double high) {
  Ticks inside;
  const double slack = 1e-9 * (high - low);
  for (size_t i = 0; i < ticks.at.size(); ++i) {
    if (ticks.at[i] < low - slack || ticks.at[i] > high + slack) continue;
    inside.at.push_back(ticks.at[i]);
    inside.labels.push_back(ticks.labels[i]);
  }
  return inside;
}

double Axis::place(double value) const {
  const auto scaled = [&](double v) { return log ? std::log10(v) : v; };
  if (!(high > low)) return (from + to) / 2;
  return from + (to - from) * ((scaled(value) - scaled(low)) / (scaled(high) - scaled(low)));
}

}  // namespace glassbox
