#include "common/base/strict_json.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/base/shown.h"

namespace glassbox {
namespace {

using nlohmann::json;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }  // in UTF-8

/// Throws UserError with line, column and a caret under the byte at `offset`.
[[noreturn]] void fail_at(std::string_view text, size_t offset, const std::string& source, const std::string& message) {
  // The end of the file is best shown as the end of the last line that says something.
  if (offset >= text.size()) {
    offset = text.size();
    while (offset > 0 && std::isspace(static_cast<unsigned char>(text[offset - 1]))) --offset;
  }
  const std::string_view before = text.substr(0, offset);
  const size_t begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const size_t end = std::min(text.find_first_of("\r\n", offset), text.size());

  // A long line is shown around the caret only. What a terminal cannot show becomes "?", tabs become blanks.
  constexpr size_t kMost = 70;
  const size_t from = std::max(begin, offset > kMost ? offset - kMost : 0), to = std::min(end, offset + kMost);
  std::string shown, caret;
  for (size_t i = from; i < to; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    shown += c == '\t' ? ' ' : (c < 32 || c >= 127) ? '?' : text[i];
    if (i < offset) caret += ' ';
  }
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto hidden = std::count_if(before.begin() + std::ptrdiff_t(begin), before.end(), continues_character);
  const auto column = std::ptrdiff_t(offset - begin) - hidden + 1;
  fail(source, ", line ", line, ", column ", column, ": ", message, "\n  ", shown, "\n  ", caret, "^");
}

/// What is usually behind a message of the parser.
std::string hint(const std::string& message) {
  const std::pair<const char*, const char*> hints[] = {
      {"unexpected end of input", "; is a bracket or a quote missing?"},
      {"object key - unexpected '}'", "; is there a comma too many before it?"},
      {"value - unexpected ']'", "; is there a comma too many before it?"},
      {"object key - invalid literal", "; names stand in double quotes"},
      {"value - invalid literal", "; texts stand in double quotes"},
      {"object - unexpected", "; is a comma missing before it?"},
      {"array - unexpected", "; is a comma missing before it?"},
  };
  for (const auto& [symptom, remedy] : hints) {
    if (message.find(symptom) != std::string::npos) return remedy;
  }
  return "";
}

/// nlohmann's message without its preamble "[json...] parse error at line 1, column 2: ".
std::string plain_message(const std::string& what) {
  std::string message = what.substr(what.find("] ") + 2);
  const size_t preamble = message.find(": ");
  if (message.rfind("parse error", 0) == 0 && preamble != std::string::npos) message.erase(0, preamble + 2);
  // The lexer quotes what it read last, which may be long and is shown above the caret anyway.
  message = message.substr(0, message.find("; last read"));
  return message + hint(message);
}

/// Hands the text to nlohmann's parser and remembers how far it has read.
class Cursor {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Cursor(const char* at, const char** seen) : at_(at), seen_(seen) {}
  reference operator*() const { return *at_; }
  Cursor& operator++() {
    *seen_ = ++at_;
    return *this;
  }
  Cursor operator++(int) {
    Cursor old = *this;
    ++*this;
    return old;
  }
  bool operator==(const Cursor& other) const { return at_ == other.at_; }
  bool operator!=(const Cursor& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** seen_;
};

/// Builds the value from the parser's events. The parser is not recursive and neither is this: depth costs no stack.
class Builder : public nlohmann::json_sax<json> {
 public:
  Builder(std::string_view text, const std::string& source) : text_(text), source_(source), seen_(text.data()) {}

  json build(JsonComments comments) {
    const char* end = text_.data() + text_.size();
    json::sax_parse(Cursor(text_.data(), &seen_), Cursor(end, &seen_), this, nlohmann::detail::input_format_t::json,
                    /*strict=*/true, comments == JsonComments::kAllowed);
    return std::move(root_);
  }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }  // never in text
  bool start_object(size_t) override { return open(json::object()); }
  bool start_array(size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    json& object = *open_.back();
    if (object.contains(name)) {
      const size_t quote = text_.rfind('"', seen() - 2);
      fail_at(text_, quote, source_, "field " + describe_name(name) + " is given twice in one object");
    }
    slot_ = &object[name];
    return true;
  }

  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    fail_at(text_, position > 0 ? position - 1 : 0, source_, plain_message(error.what()));
  }

 private:
  size_t seen() const { return size_t(seen_ - text_.data()); }

  bool add(json value) {
    if (!open_.empty() && open_.back()->is_array()) {
      open_.back()->push_back(nullptr);
      slot_ = &open_.back()->back();
    }
    *slot_ = std::move(value);
    return true;
  }

  bool open(json empty) {
    if (open_.size() == kDeepestJson) {
      fail_at(text_, seen() - 1, source_, as_text("want at most ", kDeepestJson, " levels of nesting, got more"));
    }
    add(std::move(empty));
    open_.push_back(slot_);
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  const std::string& source_;
  const char* seen_;
  json root_;
  json* slot_ = &root_;      // where the next value goes
  std::vector<json*> open_;  // the containers around it, outermost first; none of them moves while it is open
};

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

nlohmann::json parse_strict_json(std::string_view text, const std::string& source, JsonComments comments) {
  return Builder(text, source).build(comments);
}

std::string describe_json(const json& value) {
  if (value.is_null()) return "null";
  return as_text(shown(dump(value), 60), " (", value.is_array() ? "list" : value.type_name(), ")");
}

std::string describe_name(const std::string& name) {
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c < 128 && (std::isalnum(c) || c == '_' || c == '-' || c == '[' || c == ']');
  });
  return shown(plain ? name : dump(name), 60);
}

}  // namespace glassbox
