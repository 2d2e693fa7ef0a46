#include "common/cli/verb.h"

#include <algorithm>
#include <stdexcept>

namespace glassbox {

Flag text_flag(const std::string& name, const std::string& value_name, const std::string& help) {
  return {name, value_name, help};
}

Flag choice_flag(const std::string& name, const std::string& value_name, const std::vector<std::string>& choices,
                 const std::string& help) {
  return {name, value_name, help, Flag::Kind::text, choices};
}

Flag number_flag(const std::string& name, const std::string& value_name, const std::string& help, int64_t low,
                 int64_t high) {
  return {name, value_name, help, Flag::Kind::number, {}, low, high};
}

Flag numbers_flag(const std::string& name, const std::string& value_name, const std::string& help, int64_t low,
                  int64_t high) {
  return {name, value_name, help, Flag::Kind::numbers, {}, low, high};
}

Flag on_off_flag(const std::string& name, const std::string& help, const std::string& short_name) {
  Flag flag = {name, "", help, Flag::Kind::on_off};
  flag.short_name = short_name;
  return flag;
}

Flag required(Flag flag, const std::string& wanted) {
  flag.wanted = wanted.empty() ? "--" + flag.name + " " + flag.value_name : wanted;
  return flag;
}

std::vector<Flag> all_flags(const Program& program) {
  std::vector<Flag> all;
  const auto add = [&](const Flag& flag) {
    const auto same = std::find_if(all.begin(), all.end(), [&](const Flag& other) { return other.name == flag.name; });
    if (same == all.end()) {
      all.push_back(flag);
    } else if (same->kind != flag.kind || same->repeated != flag.repeated) {
      throw std::logic_error(program.name + ": two kinds of flag are called --" + flag.name);
    }
  };
  for (const Verb& verb : program.verbs) {
    for (const Flag& flag : verb.flags) add(flag);
  }
  for (const Flag& flag : program.flags) add(flag);
  return all;
}

std::string enumerated(const std::vector<std::string>& words, const std::string& last) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : i + 1 == words.size() ? last : ", ") + words[i];
  return text;
}

}  // namespace glassbox
