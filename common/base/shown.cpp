#include "common/base/shown.h"

#include <utf8cpp/utf8.h>

namespace glassbox {
namespace {

/// Nothing of it is seen, but a terminal or an eye is misled.
bool is_unprintable(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 || turns_direction(code);
}

std::string escaped(char32_t code) {
  char text[16];
  std::snprintf(text, sizeof text, code < 0x100 ? "\\x%02x" : "\\u%04x", unsigned(code));
  return text;
}

enum class Newlines { kEscaped, kKept, kKeptBeforeIndented };

std::string cleaned(std::string_view text, size_t most, Newlines newlines) {
  std::string clean;
  size_t characters = 0;
  for (auto at = text.begin(); at != text.end(); ++characters) {
    if (characters == most) return clean + "...";
    const auto here = at;
    char32_t code = 0;
    try {
      code = utf8::next(at, text.end());
    } catch (const utf8::exception&) {
      clean += escaped(static_cast<unsigned char>(*here));
      at = here + 1;
      continue;
    }
    const bool indented = text.end() - at >= 2 && *at == ' ' && at[1] == ' ';
    const bool line_ends =
        code == '\n' && (newlines == Newlines::kKept || (newlines == Newlines::kKeptBeforeIndented && indented));
    if (is_unprintable(code) && !line_ends) {
      clean += escaped(code);
    } else {
      clean.append(here, at);
    }
  }
  return clean;
}

}  // namespace

bool turns_direction(char32_t code) { return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069); }

std::string shown(std::string_view text, size_t most) { return cleaned(text, most, Newlines::kEscaped); }

bool is_plain(std::string_view text) { return shown(text, text.size() + 1) == text; }

std::string printable(std::string_view text) { return cleaned(text, text.size() + 1, Newlines::kKept); }

std::string printable_message(std::string_view text) {
  return cleaned(text, text.size() + 1, Newlines::kKeptBeforeIndented);
}

std::string without_controls_in_json(std::string_view json) {
  std::string clean;
  clean.reserve(json.size());
  for (auto at = json.begin(); at != json.end();) {
    const auto here = at;
    const char32_t code = utf8::next(at, json.end());
    char text[16];
    if (code >= 0x7F && is_unprintable(code)) {
      std::snprintf(text, sizeof text, "\\u%04x", unsigned(code));
      clean += text;
    } else {
      clean.append(here, at);
    }
  }
  return clean;
}

std::string Problems::text() const {
  std::string text;
  for (const std::string& line : lines_) text += "\n  " + line;
  if (count_ > lines_.size()) text += as_text("\n  and ", count_ - lines_.size(), " more");
  return text;
}

}  // namespace glassbox
