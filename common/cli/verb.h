/// What a program can be asked for, as data: its flags, its verbs, itself. The parser and the help read nothing else.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace glassbox {

struct Options;

constexpr int64_t kLargestNumber = 9'000'000'000'000'000;  ///< of a flag: a double still holds it exactly

struct Flag {
  enum class Kind { text, number, numbers, on_off };  ///< numbers: "1,8,64"

  std::string name;        ///< without "--"
  std::string value_name;  ///< what the help calls its value: "DIR"; "" for on_off
  std::string help;
  Kind kind = Kind::text;
  std::vector<std::string> choices = {};   ///< a text is one of these; empty = it may be any but the empty one
  int64_t low = 0, high = kLargestNumber;  ///< of numbers, both included
  bool repeated = false;                   ///< may be given several times, and all count; else the last one counts
  std::string short_name = "";             ///< "q": -q is the same
  std::string wanted = "";                 ///< what a command line without it is asked for; "" = it may be left out
  std::string former_name = "";            ///< what it was called; whoever uses that is told the new name
};

Flag text_flag(const std::string& name, const std::string& value_name, const std::string& help);
Flag choice_flag(const std::string& name, const std::string& value_name, const std::vector<std::string>& choices,
                 const std::string& help);
Flag number_flag(const std::string& name, const std::string& value_name, const std::string& help, int64_t low,
                 int64_t high = kLargestNumber);
Flag numbers_flag(const std::string& name, const std::string& value_name, const std::string& help, int64_t low,
                  int64_t high = kLargestNumber);
Flag on_off_flag(const std::string& name, const std::string& help, const std::string& short_name = "");

/// The flag, which must be given. `wanted`: what the message asks for, "--name VALUE" unless told.
Flag required(Flag flag, const std::string& wanted = "");

/// The words of a command line that belong to no flag, and are no verb.
struct InputWords {
  std::string name = "";  ///< for the help: "SOURCE"; with dots at the end ("INPUT...") there may be several; "" = none
  std::string what = "";  ///< "image, folder or CSV file"
  bool required = false;  ///< at least one

  bool several() const { return name.size() > 3 && name.compare(name.size() - 3, 3, "...") == 0; }
};

struct Verb {
  std::string name;  ///< "train"
  std::string help;  ///< what it does, in a line
  InputWords inputs = {};
  std::vector<Flag> flags = {};
  bool begins_run = false;                         ///< it makes a new run of an experiment
  std::function<void(const Options&)> check = {};  ///< rules between its flags; throws UserError
};

struct Program {
  std::string name;              ///< "mlp"
  std::string summary;           ///< one line for the help
  std::vector<Flag> flags;       ///< those that every verb takes
  std::vector<Verb> verbs = {};  ///< empty: the program does one thing, and takes its flags and inputs alone
  std::string closing = "";      ///< the last lines of the help
  InputWords inputs = {};        ///< of a program without verbs
};

/// Every flag of the program once, in the order of the help. Throws std::logic_error if two verbs mean different kinds
/// of flag by one name: which word is a value would depend on the verb.
std::vector<Flag> all_flags(const Program& program);

/// "train, eval and describe"; `last` is " and " or " or ".
std::string enumerated(const std::vector<std::string>& words, const std::string& last);

}  // namespace glassbox
