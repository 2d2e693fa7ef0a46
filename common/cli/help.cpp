#include "common/cli/help.h"

#include <algorithm>

namespace glassbox {
namespace {

std::string spelled(const Flag& flag) {
  const std::string value = flag.kind == Flag::Kind::on_off ? "" : " " + flag.value_name;
  return (flag.short_name.empty() ? "" : "-" + flag.short_name + ", ") + "--" + flag.name + value;
}

std::string meaning(const Flag& flag) {
  return flag.choices.empty() ? flag.help : enumerated(flag.choices, " or ") + ": " + flag.help;
}

size_t widest(const Program& program) {
  size_t width = 0;
  for (const Flag& flag : all_flags(program)) width = std::max(width, spelled(flag).size());
  return width;
}

/// "  --config FILE    the experiment"; further lines of `right` stand below its first.
std::string row(std::string left, const std::string& right, size_t width) {
  left.resize(std::max(width, left.size()), ' ');
  std::string text = "  " + left + "  ";
  for (const char c : right) text += c == '\n' ? "\n" + std::string(width + 4, ' ') : std::string(1, c);
  return text + "\n";
}

std::string rows_of(const InputWords& inputs, const std::vector<Flag>& flags, size_t width) {
  std::string text = inputs.name.empty() ? "" : row(inputs.name, inputs.what, width);
  for (const Flag& flag : flags) text += row(spelled(flag), meaning(flag), width);
  return text;
}

/// "mlp predict --run DIR INPUT...": what cannot be left out, and inputs that can in brackets.
std::string call_of(const Program& program, const Verb& verb) {
  std::string text = program.name + " " + verb.name;
  for (const Flag& flag : verb.flags) {
    if (!flag.wanted.empty()) text += " " + spelled(flag);
  }
  if (verb.inputs.name.empty()) return text;
  return text + (verb.inputs.required ? " " + verb.inputs.name : " [" + verb.inputs.name + "]");
}

std::string help_of_verb(const Program& program, const Verb& verb) {
  return call_of(program, verb) + ": " + verb.help + "\n" + rows_of(verb.inputs, verb.flags, widest(program));
}

/// One line for the flags that every verb takes.
std::string also_taken(const Program& program) {
  std::string text;
  for (const Flag& flag : program.flags) text += (text.empty() ? "" : "  ") + spelled(flag);
  return "\nas every verb: " + text + "\n(" + program.name + " --help says what they mean)\n";
}

}  // namespace

std::string help_text(const Program& program, const std::string& verb) {
  for (const Verb& each : program.verbs) {
    if (each.name == verb) return help_of_verb(program, each) + also_taken(program);
  }
  std::string text = program.name + ": " + program.summary + "\n";
  for (const Verb& each : program.verbs) text += "\n" + help_of_verb(program, each);
  text += program.verbs.empty() ? "\n" : "\nevery verb\n";
  text += rows_of(program.inputs, program.flags, widest(program));
  return text + (program.closing.empty() ? "" : "\n" + program.closing);
}

}  // namespace glassbox
