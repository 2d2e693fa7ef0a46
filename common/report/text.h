/// A text of a page in two languages, which the reader chooses between.
#pragma once

#include <string>
#include <utility>

namespace glassbox {

/// A single string (a name, a number) is the same in both.
struct Text {
  std::string en, zh;

  Text() = default;
  Text(const char* both) : Text(std::string(both)) {}
  Text(const std::string& both) : en(both), zh(both) {}
  Text(std::string english, std::string chinese) : en(std::move(english)), zh(std::move(chinese)) {}

  bool same() const { return en == zh; }
  bool empty() const { return en.empty() && zh.empty(); }
};

/// Both languages side by side, sentence after sentence.
inline Text operator+(const Text& a, const Text& b) { return {a.en + b.en, a.zh + b.zh}; }

}  // namespace glassbox
