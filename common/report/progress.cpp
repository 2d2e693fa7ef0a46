#include "common/report/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace glassbox {
namespace {

constexpr auto kBetweenFrames = std::chrono::milliseconds(100);
constexpr int kLongestBar = 30, kShortestBar = 5;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// POSIX's order: the first of these that is set decides.
bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string value = environment(name);
    if (!value.empty())
      return value.find("UTF-8") != std::string::npos || value.find("utf8") != std::string::npos ||
             value.find("utf-8") != std::string::npos;
  }
  return false;
}

/// Asked for every frame: people resize their windows.
BarLook look_of_terminal() {
  BarLook look;
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) look.columns = size.ws_col;
  look.utf8 = locale_is_utf8();
  look.color = environment("NO_COLOR").empty();
  return look;
}

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

int columns_of(const std::string& text) { return int(std::count_if(text.begin(), text.end(), begins_character)); }

std::string first_columns(const std::string& text, int columns) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (begins_character(text[i]) && columns-- <= 0) return text.substr(0, i);
  }
  return text;
}

std::string repeat(const char* piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

std::string bar(double fraction, int columns, const BarLook& look) {
  const int done = int(std::lround(fraction * columns));
  std::string full = repeat(look.utf8 ? "━" : "#", done), rest = repeat(look.utf8 ? "─" : ".", columns - done);
  if (!look.color) return full + rest;
  return "\x1b[36m" + full + "\x1b[0m\x1b[2m" + rest + "\x1b[0m";
}

}  // namespace

std::string progress_text(double fraction, const std::string& label, const std::string& details, const BarLook& look) {
  fraction = std::isfinite(fraction) ? std::clamp(fraction, 0.0, 1.0) : 0;
  char percent[16];
  std::snprintf(percent, sizeof percent, "%3d %%", int(std::floor(fraction * 100)));  // 100 % only when all is done
  const std::string after = std::string("  ") + percent + (details.empty() ? "" : "  " + details);

  const int width = look.columns - 1, room = width - columns_of(label) - 2 - columns_of(after);
  const int columns = std::min(room, kLongestBar);
  if (columns < kShortestBar) return first_columns(label + after, std::max(width, 0));
  return label + "  " + bar(fraction, columns, look) + after;
}

ProgressBar::ProgressBar(bool quiet)
    : quiet_(quiet), live_(!quiet && isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb") {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::show(double fraction, const std::string& label, const std::string& details) {
  if (!live_) return;
  const auto now = std::chrono::steady_clock::now();
  if (drawn_ && now - last_ < kBetweenFrames) return;
  last_ = now;
  drawn_ = true;
  const std::string frame = "\r\x1b[K" + progress_text(fraction, label, details, look_of_terminal());
  std::fputs(frame.c_str(), stderr);
  std::fflush(stderr);
}

void ProgressBar::clear() {
  if (!drawn_) return;
  drawn_ = false;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

void ProgressBar::line(const std::string& text) {
  clear();
  if (quiet_) return;
  std::fputs((text + "\n").c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace glassbox
