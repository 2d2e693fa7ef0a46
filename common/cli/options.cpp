#include "common/cli/options.h"

#define CXXOPTS_VECTOR_DELIMITER '\0'  // a file may have a comma in its name

#include <algorithm>
#include <cxxopts.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "common/base/config.h"
#include "common/base/error.h"

namespace glassbox {
namespace {

const std::vector<std::string> kCommon = {"data", "device", "threads", "json", "quiet", "help", "version"};
const FlagsOfVerbs kFlagsOf = {
    {"train", {"config", "set", "seed", "run", "resume", "dry-run"}},
    {"eval", {"run", "split"}},
    {"predict", {"run"}},
    {"explain", {"run", "trace"}},
    {"sweep", {"config", "set", "seed", "run", "resume", "dry-run", "over", "seeds"}},
    {"describe", {"config", "set", "seed", "run", "config-docs", "schema", "diff"}},
};

bool holds(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// The flags of an app beyond the usual ones.
std::set<std::string> own_flags(const FlagsOfVerbs& all) {
  std::set<std::string> flags;
  for (const auto& [verb, some] : all) flags.insert(some.begin(), some.end());
  for (const auto& [verb, usual] : kFlagsOf) {
    for (const std::string& flag : usual) flags.erase(flag);
  }
  return flags;
}

cxxopts::Options make_parser(const FlagsOfVerbs& flags) {
  cxxopts::Options parser("glassbox");
  parser.allow_unrecognised_options();
  auto text = [] { return cxxopts::value<std::string>(); };
  parser.add_options()("config", "", text())("set", "", cxxopts::value<std::vector<std::string>>())("run", "", text())(
      "resume", "", text())("over", "", text())("seeds", "", text())("dry-run", "")("split", "", text())(
      "trace", "", text())("config-docs", "")("schema", "")("diff", "")("data", "", text())("device", "", text())(
      "threads", "", text())("seed", "", text())("json", "")("q,quiet", "")("h,help", "")("version", "")(
      "words", "", cxxopts::value<std::vector<std::string>>());
  for (const std::string& flag : own_flags(flags)) parser.add_options()(flag, "", text());
  parser.parse_positional({"words"});
  return parser;
}

/// cxxopts would split a value at its commas; --set model.hidden=[64,32] must stay whole. Hands over and removes all
/// --set values.
std::vector<std::string> take_overrides(std::vector<std::string>& words) {
  std::vector<std::string> overrides, rest;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--set") {
      require(i + 1 < words.size(), "--set: want path=value after it, got nothing");
      overrides.push_back(words[++i]);
    } else if (words[i].rfind("--set=", 0) == 0) {
      overrides.push_back(words[i].substr(6));
    } else {
      rest.push_back(words[i]);
    }
  }
  words = rest;
  return overrides;
}

std::string suggestion(const std::string& name, const std::vector<std::string>& names, const std::string& before = "") {
  const std::string nearest = nearest_name(name, names);
  return nearest.empty() ? "." : "; did you mean " + before + nearest + "?";
}

/// The verbs in the order of the help: those of every app, then the app's own.
std::string listed(const std::vector<std::string>& verbs) {
  std::vector<std::string> all = {"train", "eval", "predict", "explain", "describe", "sweep"};
  for (const std::string& verb : verbs) {
    if (!holds(all, verb)) all.push_back(verb);
  }
  std::string text;
  for (const std::string& verb : all) {
    if (holds(verbs, verb)) text += (text.empty() ? "" : ", ") + verb;
  }
  return text;
}

/// The flags of all verbs, with those that only this app has.
FlagsOfVerbs all_flags(const FlagsOfVerbs& own) {
  FlagsOfVerbs flags = kFlagsOf;
  for (const auto& [verb, more] : own) flags[verb].insert(flags[verb].end(), more.begin(), more.end());
  return flags;
}

void require_known_flags(const cxxopts::ParseResult& parsed, const std::vector<std::string>& flags) {
  for (const std::string& word : parsed.unmatched()) {
    const std::string name = word.substr(0, word.find('='));
    const std::string bare = name.substr(std::min(name.size(), name.find_first_not_of('-')));
    fail("unknown flag ", name, suggestion(bare, flags, "--"), " See --help.");
  }
}

void require_flags_of_verb(const cxxopts::ParseResult& parsed, const std::string& verb, const FlagsOfVerbs& all) {
  const auto& own = all.at(verb);
  for (const auto& [other, flags] : all) {
    for (const std::string& flag : flags) {
      require(holds(own, flag) || parsed.count(flag) == 0, verb, ": takes no --", flag, "; ", other,
              " does. See --help.");
    }
  }
}

/// --over model.hidden=[8];[16] as fields of the sweep section.
void add_values(const std::string& over, std::vector<std::string>& overrides) {
  const size_t equals = over.find('=');
  require(equals != std::string::npos && equals > 0, "--over: want PATH=VALUE;VALUE, got \"", over, "\"");
  overrides.push_back("sweep.path=" + over.substr(0, equals));
  nlohmann::json values = nlohmann::json::array();
  std::istringstream parts(over.substr(equals + 1));
  for (std::string part; std::getline(parts, part, ';');) values.push_back(part);
  overrides.push_back("sweep.values=" + values.dump());
}

/// --seeds "1 2 3" likewise.
void add_seeds(const std::string& seeds, std::vector<std::string>& overrides) {
  std::string list;
  std::istringstream parts(seeds);
  for (std::string part; parts >> part;) {
    list += (list.empty() ? "" : ",") + std::to_string(whole_number("--seeds", part, 0, int64_t(9e15)));
  }
  overrides.push_back("sweep.seeds=[" + list + "]");
}

void read_values(const cxxopts::ParseResult& parsed, const std::set<std::string>& own, Options& options) {
  auto text = [&](const char* name, auto& value) {
    if (parsed.count(name) == 0) return;
    value = parsed[name].as<std::string>();
    require(!value.empty(), "--", name, ": want a value, got an empty one. See --help.");
  };
  text("config", options.config);
  text("run", options.run);
  text("resume", options.resume);
  text("data", options.data);
  text("device", options.device);
  text("split", options.split);
  for (const std::string& flag : own) {
    if (parsed.count(flag) > 0) text(flag.c_str(), options.own[flag]);
  }
  if (parsed.count("threads"))
    options.threads = whole_number("--threads", parsed["threads"].as<std::string>(), 1, 1024);
  if (parsed.count("trace")) {
    options.trace = whole_number("--trace", parsed["trace"].as<std::string>(), 0, int64_t(9e15));
  }
  if (parsed.count("seed")) {
    const int64_t seed = whole_number("--seed", parsed["seed"].as<std::string>(), 0, int64_t(9e15));
    options.overrides.push_back("seed=" + std::to_string(seed));
  }
  if (parsed.count("over")) add_values(parsed["over"].as<std::string>(), options.overrides);
  if (parsed.count("seeds")) add_seeds(parsed["seeds"].as<std::string>(), options.overrides);
  options.dry_run = parsed["dry-run"].as<bool>();
  options.json = parsed["json"].as<bool>();
  options.quiet = parsed["quiet"].as<bool>();
  options.config_docs = parsed["config-docs"].as<bool>();
  options.schema = parsed["schema"].as<bool>();
  options.diff = parsed["diff"].as<bool>();
}

void require_inputs(const Options& options, const std::vector<std::string>& flags) {
  const std::string& verb = options.verb;
  require(options.inputs.empty() || verb == "predict" || verb == "explain", verb, ": takes no input, got \"",
          options.inputs.empty() ? "" : options.inputs.front(), "\". See --help.");
  require(verb != "predict" || !options.inputs.empty(),
          "predict: want at least one image, folder or CSV file, got none");
  const bool needs_run = holds(flags, "run") && !holds(flags, "config");
  require(!needs_run || !options.run.empty(), verb, ": want --run with the folder of a trained network, got none");
  const bool one = options.config.empty() != options.resume.empty();
  require((verb != "train" && verb != "sweep") || one, verb, ": want either --config FILE or --resume DIR, got ",
          options.config.empty() ? "neither" : "both");
  require(options.resume.empty() || options.run.empty(), verb,
          ": --resume goes on in the run's own folder; leave out --run");
  require(options.resume.empty() || !options.dry_run, verb,
          ": --dry-run begins anew and keeps nothing; leave out --resume");
  require(options.split == "train" || options.split == "val" || options.split == "test",
          "--split: want train, val or test, got \"", options.split, "\"");
}

}  // namespace

int64_t whole_number(const std::string& flag, const std::string& text, int64_t low, int64_t high) {
  const bool digits = !text.empty() && text.size() < 17 && text.find_first_not_of("0123456789") == std::string::npos;
  require(digits && std::stoll(text) >= low && std::stoll(text) <= high, flag, ": want a whole number from ", low,
          " to ", high, ", got \"", text, "\"");
  return std::stoll(text);
}

Options parse_options(int argc, char** argv, const std::vector<std::string>& verbs, const FlagsOfVerbs& own) {
  const FlagsOfVerbs all = all_flags(own);
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  Options options;
  options.overrides = take_overrides(words);
  std::vector<const char*> rest = {"app"};
  for (const std::string& word : words) rest.push_back(word.c_str());
  auto parser = make_parser(all);
  try {
    const auto parsed = parser.parse(int(rest.size()), rest.data());
    std::vector<std::string> flags = kCommon;
    for (const auto& [verb, some] : all) flags.insert(flags.end(), some.begin(), some.end());
    require_known_flags(parsed, flags);
    options.help = parsed["help"].as<bool>() || words.empty();
    options.version = parsed["version"].as<bool>();
    if (options.help || options.version) return options;

    if (parsed.count("words")) options.inputs = parsed["words"].as<std::vector<std::string>>();
    require(!options.inputs.empty(), "want a verb (", listed(verbs), "), got none. See --help.");
    options.verb = options.inputs.front();
    options.inputs.erase(options.inputs.begin());
    require(holds(verbs, options.verb), "unknown verb \"", options.verb, "\"", suggestion(options.verb, verbs),
            " See --help.");
    require_flags_of_verb(parsed, options.verb, all);
    require(options.overrides.empty() || holds(all.at(options.verb), "set"), options.verb,
            ": takes no --set; train and describe do. See --help.");
    read_values(parsed, own_flags(all), options);
    options.begins_run = options.verb != "describe" && holds(all.at(options.verb), "config");
  } catch (const cxxopts::exceptions::exception& problem) {
    fail("command line: ", problem.what(), ". See --help.");
  }
  require_inputs(options, all.at(options.verb));
  return options;
}

std::string help_text(const std::string& app, const std::string& summary, const std::string& own_verbs) {
  return app + ": " + summary + "\n\n" + "  " + app +
         " train    --config FILE [--set path=value]... [--run DIR] [--resume DIR] [--dry-run]\n" + "  " + app +
         " eval     --run DIR [--split train|val|test]\n" + "  " + app + " predict  --run DIR INPUT...\n" + "  " + app +
         " explain  --run DIR [INPUT...] [--trace N]\n" + "  " + app +
         " describe [--config FILE | --run DIR] [--config-docs | --schema | --diff]\n" + "  " + app +
         " sweep    --config FILE [--over PATH=V;V] [--seeds LIST] [--run DIR] [--resume DIR]\n" + own_verbs + R"(
train
  --config FILE      the experiment, a JSON file (see configs/)
  --set PATH=VALUE   changes one field of it: --set train.epochs=3 --set data.batch_size=64
  --seed N           instead of the experiment's seed
  --run DIR          the folder to write; default runs/APP/NAME, numbered if it exists
  --resume DIR       goes on with a run that was stopped; --set train.epochs=N may raise its epochs
  --dry-run          one batch of everything, nothing kept
sweep (takes the same; the experiment several times, compared in one report)
  --over PATH=V;V    one field at several values: --over "model.hidden=[8];[64]"
  --seeds "1 2 3"    each with several seeds: mean and standard deviation
explain
  --trace N          test sample N: how each number of its answer was made
describe (also takes --config, --set, --seed and --run)
  --config-docs      every field: default, accepted values, meaning
  --schema           the same as a JSON Schema
  --diff             what differs from the defaults
everywhere
  --data DIR         where the data sets are; default $GLASSBOX_DATA, then data/
  --device NAME      auto (default), cpu, cuda or cuda:N
  --threads N        default: one a core
  --json             the answer as exactly one JSON object on stdout
  -q, --quiet        no progress, warnings and errors only
  -h, --help         this text
  --version          versions of this program and its libraries

Exit codes: 0 done; 1 our failure; 2 you can mend it; 130 interrupted, go on with --resume.
)";
}

}  // namespace glassbox
