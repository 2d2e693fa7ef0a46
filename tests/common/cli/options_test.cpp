/// The command line of every app: what each verb takes, and what a slip of the finger is told.
#include "common/cli/options.h"

#include <gtest/gtest.h>

#include <regex>

#include "tests/common/expect_error.h"

namespace glassbox {
namespace {

using Texts = std::vector<std::string>;

const Texts kVerbs = {"train", "eval", "predict", "explain", "describe"};

Options parse(Texts words, const Texts& verbs = kVerbs, const FlagsOfVerbs& own = {}) {
  words.insert(words.begin(), "app");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  return parse_options(int(argv.size()), argv.data(), verbs, own);
}

TEST(Options, Train) {
  const Options options = parse({"train", "--config", "x.json", "--run", "runs/x", "--dry-run"});
  EXPECT_EQ(options.verb, "train");
  EXPECT_EQ(options.config, "x.json");
  EXPECT_EQ(options.run, "runs/x");
  EXPECT_TRUE(options.dry_run);
  EXPECT_FALSE(options.json || options.quiet || options.help || options.version);
  EXPECT_EQ(options.threads, 0);
  EXPECT_EQ(options.device, "auto");
  EXPECT_EQ(parse({"train", "--resume", "runs/x"}).resume, "runs/x");
  EXPECT_EQ(parse({"train", "--config=x.json"}).config, "x.json");
}

TEST(Options, Eval) {
  const Options options = parse({"eval", "--run", "runs/x", "--split", "val"});
  EXPECT_EQ(options.run, "runs/x");
  EXPECT_EQ(options.split, "val");
  EXPECT_EQ(parse({"eval", "--run", "runs/x"}).split, "test");
}

TEST(Options, PredictAndExplainTakeInputs) {
  EXPECT_EQ(parse({"predict", "--run", "r", "a.png", "b c.png"}).inputs, (Texts{"a.png", "b c.png"}));
  EXPECT_EQ(parse({"predict", "a.png", "--run", "r"}).inputs, Texts{"a.png"});
  EXPECT_EQ(parse({"explain", "--run", "r", "a.png"}).inputs, Texts{"a.png"});
  EXPECT_TRUE(parse({"explain", "--run", "r"}).inputs.empty());
}

TEST(Options, AnInputMayHoldACommaOrBeginWithADashAfterTwo) {
  EXPECT_EQ(parse({"predict", "--run", "r", "a,b.png"}).inputs, Texts{"a,b.png"});
  EXPECT_EQ(parse({"predict", "--run", "r", "--", "-x.png"}).inputs, Texts{"-x.png"});
}

TEST(Options, Describe) {
  EXPECT_TRUE(parse({"describe", "--config-docs"}).config_docs);
  EXPECT_TRUE(parse({"describe", "--schema"}).schema);
  const Options options = parse({"describe", "--config", "x.json", "--diff", "--set", "seed=3"});
  EXPECT_TRUE(options.diff);
  EXPECT_EQ(options.overrides, Texts{"seed=3"});
}

TEST(Options, EveryVerbTakesTheCommonFlags) {
  for (const Texts& words :
       {Texts{"train", "--config", "x"}, Texts{"eval", "--run", "x"}, Texts{"predict", "--run", "x", "i"},
        Texts{"explain", "--run", "x"}, Texts{"describe", "--config", "x"}}) {
    Texts all = words;
    all.insert(all.end(), {"--data", "d", "--device", "cpu", "--threads", "2", "--json", "-q"});
    const Options options = parse(all);
    EXPECT_EQ(options.data, "d");
    EXPECT_EQ(options.device, "cpu");
    EXPECT_EQ(options.threads, 2);
    EXPECT_TRUE(options.json && options.quiet);
  }
}

TEST(Options, ASeedIsForTrainAndDescribe) {
  EXPECT_EQ(parse({"train", "--config", "x", "--seed", "7"}).overrides, Texts{"seed=7"});
  EXPECT_EQ(parse({"describe", "--config", "x", "--seed", "7"}).overrides, Texts{"seed=7"});
  for (const std::string verb : {"eval", "predict", "explain"}) {
    EXPECT_ERROR_HAS(parse({verb, "--run", "x", "--seed", "7", "i"}), verb + ": takes no --seed");
  }
}

TEST(Options, AFlagMaySayFalse) {
  const Options options = parse({"train", "--config", "x", "--json=false", "--quiet=false", "--dry-run=false"});
  EXPECT_FALSE(options.json || options.quiet || options.dry_run);
  EXPECT_TRUE(parse({"train", "--config", "x", "--json=true"}).json);
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--json=maybe"}), "maybe");
}

TEST(Options, AnEmptyValueIsRefused) {
  EXPECT_ERROR_HAS(parse({"train", "--config", ""}), "--config: want a value, got an empty one");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--run", ""}), "--run: want a value, got an empty one");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--data="}), "--data: want a value, got an empty one");
  EXPECT_ERROR_HAS(parse({"train", "--resume", ""}), "--resume: want a value, got an empty one");
}

TEST(Options, SetKeepsItsCommasItsOrderAndItsEqualsSigns) {
  const Options options =
      parse({"train", "--set", "model.hidden=[64,32]", "--config", "x", "--set=name=a=b,c", "--seed", "5"});
  EXPECT_EQ(options.overrides,
            (Texts{"model.hidden=[64,32]", "name=a=b,c", "seed=5"}));  // --seed wins, as it comes last
}

TEST(Options, HelpAndVersionNeedNothingElse) {
  EXPECT_TRUE(parse({}).help);
  EXPECT_TRUE(parse({"--help"}).help);
  EXPECT_TRUE(parse({"train", "-h"}).help);
  EXPECT_TRUE(parse({"--version"}).version);
}

TEST(Options, AnUnknownFlagGetsTheNearestOne) {
  EXPECT_ERROR_HAS(parse({"train", "--confg", "x"}), "unknown flag --confg; did you mean --config?");
  EXPECT_ERROR_HAS(parse({"eval", "--run", "x", "--splt=val"}), "unknown flag --splt; did you mean --split?");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--bananas"}), "unknown flag --bananas", "See --help");
}

TEST(Options, AnUnknownVerbGetsTheNearestOne) {
  EXPECT_ERROR_HAS(parse({"trian", "--config", "x"}), "unknown verb \"trian\"; did you mean train?");
  EXPECT_ERROR_HAS(parse({"--json"}), "want a verb (train, eval, predict, explain, describe), got none");
}

TEST(Options, AnAppMayHaveFewerVerbs) {
  char app[] = "app", verb[] = "train", flag[] = "--config", file[] = "x";
  char* argv[] = {app, verb, flag, file};
  EXPECT_ERROR_HAS(parse_options(4, argv, {"describe"}), "unknown verb \"train\"");
}

TEST(Options, FlagsOfAnotherVerbSayWhose) {
  EXPECT_ERROR_HAS(parse({"eval", "--run", "x", "--dry-run"}), "eval: takes no --dry-run; train does");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--split", "val"}), "train: takes no --split; eval does");
  EXPECT_ERROR_HAS(parse({"predict", "--run", "x", "--schema", "i"}), "predict: takes no --schema; describe does");
  EXPECT_ERROR_HAS(parse({"eval", "--run", "x", "--set", "a=b"}), "eval: takes no --set; train and describe do");
}

TEST(Options, AnAppHasVerbsAndFlagsOfItsOwn) {
  const FlagsOfVerbs own = {{"eval", {"views"}}, {"weigh", {"run", "views"}}, {"race", {"config", "run", "laps"}}};
  const auto ask = [&](const Texts& words) { return parse(words, {"eval", "weigh", "race"}, own); };
  EXPECT_EQ(ask({"eval", "--run", "r", "--views", "flip,none"}).own_flag("views"), "flip,none");
  EXPECT_EQ(ask({"eval", "--run", "r"}).own_flag("views"), "");
  EXPECT_TRUE(ask({"race", "--config", "c", "--run", "r"}).begins_run);
  EXPECT_FALSE(ask({"weigh", "--run", "r"}).begins_run);
  EXPECT_ERROR_HAS(ask({"weigh"}), "weigh: want --run with the folder of a trained network, got none");
  EXPECT_ERROR_HAS(ask({"eval", "--run", "r", "--laps", "3"}), "eval: takes no --laps; race does");
  EXPECT_ERROR_HAS(ask({"eval", "--run", "r", "--views="}), "--views: want a value, got an empty one");
  EXPECT_ERROR_HAS(parse({"eval", "--run", "r", "--views", "flip"}), "unknown flag --views");
}

TEST(Options, AMissingValueIsNamed) {
  EXPECT_ERROR_HAS(parse({"train", "--config"}), "config");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--set"}), "--set: want path=value after it, got nothing");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--threads", "many"}), "many");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--seed", "1.5"}), "1.5");
}

TEST(Options, ValuesOutOfRangeAreNamed) {
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--threads", "0"}),
                   "--threads: want a whole number from 1 to 1024, got \"0\"");
  EXPECT_ERROR_HAS(parse({"eval", "--run", "x", "--split", "all"}), "--split: want train, val or test, got \"all\"");
}

TEST(Options, WhatAVerbCannotDoWithoutIsAskedFor) {
  EXPECT_ERROR_HAS(parse({"train"}), "train: want either --config FILE or --resume DIR, got neither");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--resume", "y"}), "got both");
  EXPECT_ERROR_HAS(parse({"train", "--resume", "y", "--run", "z"}), "leave out --run");
  EXPECT_ERROR_HAS(parse({"eval"}), "eval: want --run with the folder of a trained network, got none");
  EXPECT_ERROR_HAS(parse({"predict", "--run", "x"}), "predict: want at least one image, folder or CSV file, got none");
  EXPECT_ERROR_HAS(parse({"predict", "a.png"}), "predict: want --run");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "stray"}), "train: takes no input, got \"stray\"");
}

const Texts kFlags = {"--config",      "--set",    "--run",   "--resume", "--dry-run", "--split",
                      "--config-docs", "--schema", "--diff",  "--data",   "--device",  "--threads",
                      "--seed",        "--json",   "--quiet", "--help",   "--version", "--trace"};

TEST(HelpText, MentionsEveryFlag) {
  const std::string help = help_text("mlp", "a summary", "  mlp own\n");
  for (const std::string& flag : kFlags) EXPECT_NE(help.find(flag), std::string::npos) << flag;
  for (const std::string& verb : kVerbs) EXPECT_NE(help.find("mlp " + verb), std::string::npos) << verb;
  EXPECT_NE(help.find("mlp: a summary"), std::string::npos);
  EXPECT_NE(help.find("130"), std::string::npos);  // the exit codes
}

TEST(HelpText, MentionsNoFlagThatIsUnknown) {
  const std::string help = help_text("mlp", "a summary", "  mlp own\n");
  const std::regex flag("--[a-z][a-z-]*");
  for (std::sregex_iterator found(help.begin(), help.end(), flag), end; found != end; ++found) {
    EXPECT_NE(std::find(kFlags.begin(), kFlags.end(), found->str()), kFlags.end()) << found->str();
  }
}

}  // namespace
}  // namespace glassbox
