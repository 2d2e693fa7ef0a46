#include "common/cli/options.h"

#include <algorithm>
#include <cxxopts.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/base/config.h"
#include "common/base/error.h"

namespace glassbox {
namespace {

using Texts = std::vector<std::string>;
using Values = std::map<std::string, Texts>;

const Flag* find_flag(const std::vector<Flag>& flags, const std::string& name) {
  const auto found = std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) { return flag.name == name; });
  return found == flags.end() ? nullptr : &*found;
}

/// The flag that a word such as "--set", "--set=x" or "-q" names, or null.
const Flag* named_by(const std::string& word, const std::vector<Flag>& flags) {
  const std::string name = word.substr(0, word.find('='));
  const auto is_it = [&](const Flag& flag) {
    return name == "--" + flag.name || (!flag.short_name.empty() && name == "-" + flag.short_name);
  };
  const auto found = std::find_if(flags.begin(), flags.end(), is_it);
  return found == flags.end() ? nullptr : &*found;
}

std::string suggestion(const std::string& name, const Texts& names, const std::string& before = "") {
  const std::string nearest = nearest_name(name, names);
  return nearest.empty() ? "." : "; did you mean " + before + nearest + "?";
}

[[noreturn]] void fail_unknown(const std::string& word, const std::vector<Flag>& flags) {
  Texts names;
  for (const Flag& flag : flags) names.push_back(flag.name);
  const std::string name = word.substr(0, word.find('='));
  for (const Flag& flag : flags) {
    require(flag.former_name.empty() || name != "--" + flag.former_name, "unknown flag ", name, "; it is called --",
            flag.name, " now. See --help.");
  }
  fail("unknown flag ", name, suggestion(name.substr(std::min(name.size(), name.find_first_not_of('-'))), names, "--"),
       " See --help.");
}

/// A command line taken apart: the values of each flag, and the words that belong to none.
struct Words {
  Values values;
  Texts rest;
};

/// A flag as a word, its value as the next. cxxopts would match "--run=..." with a regular expression, which overflows
/// the stack on long values and does not see beyond a newline, and take the next flag for a value.
void add_pair(const Texts& words, size_t& i, const Flag& flag, const std::vector<Flag>& flags, Texts& pairs) {
  const size_t equals = words[i].find('=');
  const bool takes_next = equals == std::string::npos && flag.kind != Flag::Kind::on_off;
  if (takes_next) {
    const bool missing = i + 1 == words.size() || named_by(words[i + 1], flags) != nullptr;
    require(!missing, "--", flag.name, ": want ", flag.value_name, " after it, got ",
            i + 1 == words.size() ? "nothing" : words[i + 1], ". See --help.");
    ++i;
  }
  pairs.push_back("--" + flag.name);
  pairs.push_back(takes_next ? words[i] : equals == std::string::npos ? "true" : words[i].substr(equals + 1));
}

Words take_apart(const Texts& words, const std::vector<Flag>& flags) {
  Words parts;
  Texts pairs = {"program"};
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") {
      parts.rest.insert(parts.rest.end(), words.begin() + std::ptrdiff_t(i) + 1, words.end());
      break;
    }
    if (words[i].size() < 2 || words[i].front() != '-') {
      parts.rest.push_back(words[i]);
      continue;
    }
    const Flag* flag = named_by(words[i], flags);
    if (flag == nullptr) fail_unknown(words[i], flags);
    add_pair(words, i, *flag, flags, pairs);
  }
  cxxopts::Options parser("program");
  for (const Flag& flag : flags) parser.add_options()(flag.name, "", cxxopts::value<std::string>());
  std::vector<const char*> arguments;
  for (const std::string& word : pairs) arguments.push_back(word.c_str());
  const cxxopts::ParseResult parsed = parser.parse(int(arguments.size()), arguments.data());
  for (const auto& given : parsed.arguments()) parts.values[given.key()].push_back(given.value());
  return parts;
}

bool is_on(const Flag& flag, const std::string& value) {
  const bool on = value == "true" || value == "1", off = value == "false" || value == "0";
  require(on || off, "--", flag.name, ": want true or false, got \"", value, "\"");
  return on;
}

bool is_number(const Flag& flag, const std::string& text) {
  const bool digits = !text.empty() && text.size() < 17 && text.find_first_not_of("0123456789") == text.npos;
  return digits && std::stoll(text) >= flag.low && std::stoll(text) <= flag.high;
}

/// "1,8,64" in parts; a separator at the end is followed by an empty one.
Texts between(const std::string& listed, char separator) {
  Texts parts;
  for (size_t begin = 0, end = 0; end != listed.npos; begin = end + 1) {
    end = listed.find(separator, begin);
    parts.push_back(listed.substr(begin, end == listed.npos ? end : end - begin));
  }
  return parts;
}

void require_value(const Flag& flag, const std::string& value) {
  const auto is_one = [&](const std::string& text) { return is_number(flag, text); };
  if (flag.kind == Flag::Kind::number) {
    require(is_one(value), "--", flag.name, ": want a whole number from ", flag.low, " to ", flag.high, ", got \"",
            value, "\"");
  } else if (flag.kind == Flag::Kind::numbers) {
    const Texts all = between(value, ',');
    require(std::all_of(all.begin(), all.end(), is_one), "--", flag.name, ": want whole numbers from ", flag.low,
            " to ", flag.high, " with commas between them, got \"", value, "\"");
  } else {
    require(!value.empty(), "--", flag.name, ": want a value, got an empty one. See --help.");
    const bool known = std::find(flag.choices.begin(), flag.choices.end(), value) != flag.choices.end();
    require(flag.choices.empty() || known, "--", flag.name, ": want ", enumerated(flag.choices, " or "), ", got \"",
            value, "\"");
  }
}

/// The values of a flag that count: of an on_off flag that is off none, unless it is repeated the last one.
Texts checked(const Flag& flag, Texts given) {
  if (given.empty()) return given;
  if (!flag.repeated) given = {given.back()};
  if (flag.kind == Flag::Kind::on_off) return is_on(flag, given.front()) ? given : Texts{};
  for (const std::string& value : given) require_value(flag, value);
  return given;
}

/// The verb of the program, or the program itself if it has none.
Verb chosen_verb(const Program& program, Texts& words) {
  if (program.verbs.empty()) return {program.name, program.summary, program.inputs};
  Texts names;
  for (const Verb& verb : program.verbs) names.push_back(verb.name);
  require(!words.empty(), "want a verb (", enumerated(names, ", "), "), got none. See --help.");
  const std::string name = words.front();
  words.erase(words.begin());
  for (const Verb& verb : program.verbs) {
    if (verb.name == name) return verb;
  }
  fail("unknown verb \"", name, "\"", suggestion(name, names), " See --help.");
}

void require_flags_of_verb(const Values& given, const Verb& verb, const Program& program) {
  for (const auto& [name, values] : given) {
    if (find_flag(verb.flags, name) != nullptr || find_flag(program.flags, name) != nullptr) continue;
    Texts others;
    for (const Verb& other : program.verbs) {
      if (find_flag(other.flags, name) != nullptr) others.push_back(other.name);
    }
    fail(verb.name, ": takes no --", name, "; ", enumerated(others, " and "), others.size() == 1 ? " does" : " do",
         ". See --help.");
  }
}

void require_inputs(const Texts& inputs, const Verb& verb) {
  const InputWords& want = verb.inputs;
  require(inputs.empty() || !want.name.empty(), verb.name, ": takes no input, got \"",
          inputs.empty() ? "" : inputs.front(), "\". See --help.");
  require(!inputs.empty() || !want.required, verb.name, ": want ", want.several() ? "at least one " : "one ", want.what,
          ", got none");
  require(inputs.size() < 2 || want.several(), verb.name, ": want one ", want.what, ", got ", inputs.size(),
          "; leave out \"", inputs.size() < 2 ? "" : inputs[1], "\"");
}

/// --over model.hidden=[8];[16] and --seeds 1,2,3 as fields of the sweep section.
void add_sweep(Options& options) {
  if (options.is_set("over")) {
    const std::string over = options.text("over");
    const size_t equals = over.find('=');
    require(equals != over.npos && equals > 0, "--over: want PATH=VALUE;VALUE, got \"", over, "\"");
    options.overrides.push_back("sweep.path=" + over.substr(0, equals));
    options.overrides.push_back("sweep.values=" + nlohmann::json(between(over.substr(equals + 1), ';')).dump());
  }
  if (options.is_set("seeds"))
    options.overrides.push_back("sweep.seeds=" + nlohmann::json(options.numbers("seeds")).dump());
}

/// The fields of the standard verbs, from the values.
void fill_fields(Options& options) {
  const auto given = [&](const char* flag) { return options.values.count(flag) > 0 && options.is_set(flag); };
  const auto text = [&](const char* flag, auto& field) {
    if (given(flag)) field = options.text(flag);
  };
  text("config", options.config);
  text("run", options.run);
  text("resume", options.resume);
  text("data", options.data);
  text("device", options.device);
  text("split", options.split);
  if (given("threads")) options.threads = options.number("threads");
  if (given("trace")) options.trace = options.number("trace");
  if (given("set")) options.overrides = options.texts("set");
  if (given("seed")) options.overrides.push_back(as_text("seed=", options.number("seed")));  // last: it wins
  if (options.verb == "sweep") add_sweep(options);
  options.dry_run = given("dry-run");
  options.json = given("json");
  options.quiet = given("quiet");
  options.config_docs = given("config-docs");
  options.schema = given("schema");
  options.diff = given("diff");
}

const Texts& values_of(const Options& options, const std::string& flag) {
  const auto found = options.values.find(flag);
  if (found == options.values.end()) throw std::logic_error("no verb has a flag --" + flag);
  return found->second;
}

}  // namespace

bool Options::is_set(const std::string& flag) const { return !values_of(*this, flag).empty(); }

std::string Options::text(const std::string& flag, const std::string& unless_given) const {
  return is_set(flag) ? values_of(*this, flag).back() : unless_given;
}

std::vector<std::string> Options::texts(const std::string& flag) const { return values_of(*this, flag); }

int64_t Options::number(const std::string& flag, int64_t unless_given) const {
  return is_set(flag) ? std::stoll(text(flag)) : unless_given;
}

std::vector<int64_t> Options::numbers(const std::string& flag) const {
  std::vector<int64_t> numbers;
  if (!is_set(flag)) return numbers;
  for (const std::string& number : between(text(flag), ',')) numbers.push_back(std::stoll(number));
  return numbers;
}

Options parse_command_line(int argc, const char* const* argv, const Program& program) {
  const Texts arguments(argv + std::min(argc, 1), argv + argc);
  const std::vector<Flag> flags = all_flags(program);
  Words words = take_apart(arguments, flags);
  Options options;
  for (const Flag& flag : flags) options.values[flag.name] = {};
  const auto on = [&](const char* name) {
    const Flag* flag = find_flag(flags, name);
    return flag != nullptr && !checked(*flag, words.values[name]).empty();
  };
  options.help = on("help") || (arguments.empty() && !program.verbs.empty());
  options.version = on("version");
  if (options.help || options.version) {
    if (!words.rest.empty()) options.verb = words.rest.front();
    return options;
  }

  const Verb verb = chosen_verb(program, words.rest);
  if (!program.verbs.empty()) options.verb = verb.name;
  options.begins_run = verb.begins_run;
  options.inputs = words.rest;
  require_flags_of_verb(words.values, verb, program);
  for (const auto* some : {&verb.flags, &program.flags}) {
    for (const Flag& flag : *some) options.values[flag.name] = checked(flag, words.values[flag.name]);
  }
  fill_fields(options);
  require_inputs(options.inputs, verb);
  for (const Flag& flag : verb.flags)
    require(flag.wanted.empty() || options.is_set(flag.name), verb.name, ": want ", flag.wanted, ", got none");
  if (verb.check) verb.check(options);
  return options;
}

}  // namespace glassbox
