/// Text of strangers on the terminal: names, cells, metadata, paths. A class may be called "B\nerror: fake", or hold
/// the bytes that clear the screen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace glassbox {

/// `text` on one line: control characters, line separators, overrides of the direction of writing, and bytes that
/// are no UTF-8 stand as "\x1b" or "\u202e"; behind `most` characters it is cut with "...".
std::string shown(std::string_view text, size_t most = 80);

/// True for the characters that override the direction of writing: what follows is shown backwards.
bool turns_direction(char32_t code);

/// True if shown() would change nothing but the length.
bool is_plain(std::string_view text);

/// Whole lines before they are printed: the same, but nothing is cut and a newline stays one.
std::string printable(std::string_view text);

/// A message before it is printed. A newline stays one only where the next line is indented, as in our own lists.
std::string printable_message(std::string_view text);

/// JSON that nlohmann wrote, with the control characters that it leaves (U+007F to U+009F and the like) as \uXXXX.
std::string without_controls_in_json(std::string_view json);

/// A list of what is wrong, for one message: the first twenty, and how many more there are.
class Problems {
 public:
  template <typename... Parts>
  void add(const Parts&... parts) {
    if (++count_ <= kShown) lines_.push_back(as_text(parts...));
  }
  bool empty() const { return count_ == 0; }
  size_t count() const { return count_; }
  std::string text() const;  ///< a line each, "\n  " in front

 private:
  static constexpr size_t kShown = 20;
  size_t count_ = 0;
  std::vector<std::string> lines_;
};

}  // namespace glassbox
