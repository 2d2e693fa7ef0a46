/// A small check that text is well-formed XML: tags nest, attributes are quoted, no stray < or &.
#pragma once

#include <cctype>
#include <string>
#include <vector>

namespace glassbox {

/// "" if `text` is well-formed (elements, attributes, the five entities we write), else what is wrong with it.
inline std::string xml_problem(const std::string& text) {
  std::vector<std::string> open;
  for (size_t at = 0; at < text.size();) {
    const char letter = text[at];
    if (static_cast<unsigned char>(letter) < 0x20 && !std::isspace(static_cast<unsigned char>(letter)))
      return "control character";
    if (letter == '&') {
      const std::string entity = text.substr(at, text.find(';', at) - at + 1);
      bool known = false;
      for (const char* name : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) known |= entity == name;
      if (!known) return "unknown entity at " + text.substr(at, 20);
    }
    if (letter != '<') {
      ++at;
      continue;
    }
    const size_t end = text.find('>', at);
    if (end == std::string::npos) return "tag without end";
    const std::string tag = text.substr(at + 1, end - at - 1);
    size_t quotes = 0;
    for (char c : tag) quotes += c == '"';
    if (quotes % 2 != 0 || tag.find('<') != std::string::npos) return "broken tag <" + tag + ">";
    const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
    if (tag[0] == '/') {
      if (open.empty() || open.back() != tag.substr(1)) return "<" + tag + "> closes nothing";
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(name);
    }
    at = end + 1;
  }
  return open.empty() ? "" : "<" + open.back() + "> is never closed";
}

}  // namespace glassbox
