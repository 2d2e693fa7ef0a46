/// The command line of every app: what each verb takes, and what a slip of the finger is told.
#include "common/cli/options.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "common/cli/standard.h"
#include "tests/common/expect_error.h"

namespace glassbox {
namespace {

using Texts = std::vector<std::string>;

const InputWords kImages = {"INPUT...", "image, folder or CSV file", /*required=*/true};

Program app_with(const std::vector<Verb>& verbs) { return {"app", "a summary", common_flags(), verbs}; }

Program standard_app() {
  return app_with({train_verb(), eval_verb(), predict_verb(kImages), explain_verb({"INPUT...", "image or folder"}),
                   describe_verb()});
}

Options parse(const Texts& words, const Program& program = standard_app()) {
  std::vector<const char*> argv = {"app"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return parse_command_line(int(argv.size()), argv.data(), program);
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
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--json=maybe"}), "--json: want true or false, got \"maybe\"");
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
  const Program program = app_with({describe_verb()});
  EXPECT_ERROR_HAS(parse({"train", "--config", "x"}, program), "unknown verb \"train\"");
  EXPECT_ERROR_HAS(parse({"describe", "--trace", "1"}, program), "unknown flag --trace");
}

TEST(Options, FlagsOfAnotherVerbSayWhose) {
  EXPECT_ERROR_HAS(parse({"eval", "--run", "x", "--dry-run"}), "eval: takes no --dry-run; train does");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--split", "val"}), "train: takes no --split; eval does");
  EXPECT_ERROR_HAS(parse({"predict", "--run", "x", "--schema", "i"}), "predict: takes no --schema; describe does");
  EXPECT_ERROR_HAS(parse({"eval", "--run", "x", "--set", "a=b"}), "eval: takes no --set; train and describe do");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--trace=1"}),
                   "train: takes no --trace; explain does. See --help.");
}

/// An app with a flag of each kind, in verbs of its own.
Program race_app() {
  const Flag views = choice_flag("views", "VIEWS", {"none", "flip"}, "looks at views of an image");
  Flag marks = text_flag("mark", "WORD", "a word for the list");
  marks.repeated = true;
  Verb race = {"race",
               "how fast it is",
               {},
               experiment_flags({number_flag("laps", "N", "rounds", 1, 99),
                                 numbers_flag("batches", "LIST", "batch sizes", 1, 512), marks,
                                 on_off_flag("loud", "says more")}),
               /*begins_run=*/true};
  race.check = [](const Options& options) {
    require(options.is_set("laps") || !options.is_set("loud"), "race: --loud wants --laps");
  };
  return app_with({eval_verb({views}), {"weigh", "how large it is", {}, {trained_run_flag(), views}}, race});
}

TEST(Options, AnAppHasVerbsAndFlagsOfItsOwn) {
  const auto ask = [](const Texts& words) { return parse(words, race_app()); };
  EXPECT_EQ(ask({"eval", "--run", "r", "--views", "flip"}).text("views"), "flip");
  EXPECT_EQ(ask({"eval", "--run", "r"}).text("views", "none"), "none");
  EXPECT_TRUE(ask({"race", "--config", "c", "--run", "r"}).begins_run);
  EXPECT_FALSE(ask({"weigh", "--run", "r"}).begins_run);
  EXPECT_ERROR_HAS(ask({"weigh"}), "weigh: want --run with the folder of a trained network, got none");
  EXPECT_ERROR_HAS(ask({"race"}), "race: want --config FILE, got none");
  EXPECT_ERROR_HAS(ask({"eval", "--run", "r", "--laps", "3"}), "eval: takes no --laps; race does");
  EXPECT_ERROR_HAS(ask({"race", "--config", "c", "--views", "flip"}), "race: takes no --views; eval and weigh do");
  EXPECT_ERROR_HAS(ask({"eval", "--run", "r", "--views="}), "--views: want a value, got an empty one");
  EXPECT_ERROR_HAS(ask({"eval", "--run", "r", "--views", "all"}), "--views: want none or flip, got \"all\"");
  EXPECT_ERROR_HAS(parse({"eval", "--run", "r", "--views", "flip"}), "unknown flag --views");
}

TEST(Options, FlagsHaveTypes) {
  const auto race = [](Texts words) {
    words.insert(words.begin(), {"race", "--config", "c"});
    return parse(words, race_app());
  };
  const Options some = race({"--laps", "7", "--batches", "1,8,64", "--mark", "a,b", "--mark=c", "--loud"});
  EXPECT_EQ(some.number("laps"), 7);
  EXPECT_EQ(some.numbers("batches"), (std::vector<int64_t>{1, 8, 64}));
  EXPECT_EQ(some.texts("mark"), (Texts{"a,b", "c"}));
  EXPECT_TRUE(some.is_set("laps") && some.is_set("loud"));
  const Options none = race({});
  EXPECT_EQ(none.number("laps", 3), 3);
  EXPECT_TRUE(none.numbers("batches").empty() && none.texts("mark").empty());
  EXPECT_FALSE(none.is_set("laps") || none.is_set("loud") || race({"--loud=false"}).is_set("loud"));
  EXPECT_EQ(race({"--laps", "7", "--laps", "8"}).number("laps"), 8);  // the last one counts
  EXPECT_ERROR_HAS(race({"--laps", "100"}), "--laps: want a whole number from 1 to 99, got \"100\"");
  for (const std::string wrong : {"4,", "1;2", "", "513", ",", "1,,2", "0x1", "-1"}) {
    EXPECT_ERROR_HAS(race({"--batches", wrong}),
                     "--batches: want whole numbers from 1 to 512 with commas between them, got \"" + wrong + "\"");
  }
  EXPECT_ERROR_HAS(race({"--loud"}), "race: --loud wants --laps");
}

TEST(Options, ASlipInTheNameOfAFlagIsOurBug) {
  const Options options = parse({"race", "--config", "c"}, race_app());
  EXPECT_FALSE(options.is_set("views"));  // of another verb: a run inside a run asks for it
  EXPECT_THROW(options.text("vews"), std::logic_error);
  const Verb other = {"other", "", {}, {number_flag("views", "N", "", 1)}};
  EXPECT_THROW(parse({"other"}, app_with({eval_verb({text_flag("views", "", "")}), other})), std::logic_error);
}

TEST(Options, AVerbOfItsOwnTakesTheInputsItSays) {
  const Program program = app_with({{"watch", "looks at a camera", {"SOURCE", "video or camera:0", true}},
                                    {"list", "what is there", {"FOLDER...", "folder"}}});
  EXPECT_EQ(parse({"watch", "camera:0", "--json"}, program).inputs, Texts{"camera:0"});
  EXPECT_EQ(parse({"list", "a", "b"}, program).inputs, (Texts{"a", "b"}));
  EXPECT_TRUE(parse({"list"}, program).inputs.empty());
  EXPECT_ERROR_HAS(parse({"watch"}, program), "watch: want one video or camera:0, got none");
  EXPECT_ERROR_HAS(parse({"watch", "a", "b"}, program), "watch: want one video or camera:0, got 2; leave out \"b\"");
}

TEST(Options, AProgramMayHaveNoVerbs) {
  const Program program = {"doctor", "looks", {data_flag(), json_flag(), help_flag()}, {}, "", {"FILE", "file"}};
  EXPECT_EQ(parse({"--data", "d", "x"}, program).data, "d");
  EXPECT_EQ(parse({"--data", "d", "x"}, program).inputs, Texts{"x"});
  EXPECT_FALSE(parse({}, program).help);
  EXPECT_TRUE(parse({"-h"}, program).help);
  EXPECT_ERROR_HAS(parse({"x", "y"}, program), "doctor: want one file, got 2; leave out \"y\"");
  EXPECT_ERROR_HAS(parse({"--version"}, program), "unknown flag --version");
}

TEST(Options, AMissingValueIsNamed) {
  EXPECT_ERROR_HAS(parse({"train", "--config"}), "--config: want FILE after it, got nothing. See --help.");
  EXPECT_ERROR_HAS(parse({"train", "--config", "--json"}), "--config: want FILE after it, got --json");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--set"}), "--set: want PATH=VALUE after it, got nothing");
  EXPECT_EQ(parse({"train", "--config=--json"}).config, "--json");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--threads", "many"}), "many");
  EXPECT_ERROR_HAS(parse({"train", "--config", "x", "--seed", "1.5"}), "1.5");
}

TEST(Options, AnyByteMayStandInAValue) {
  const std::string path = "a\nb " + std::string(200000, 'x');  // a regular expression would overflow the stack
  EXPECT_EQ(parse({"train", "--config=" + path}).config, path);
  EXPECT_EQ(parse({"predict", "--run", "r", path}).inputs, Texts{path});
}

TEST(Options, AWordWithDashesIsNoInput) {
  EXPECT_ERROR_HAS(parse({"predict", "--run", "r", "--x"}), "unknown flag --x");
  EXPECT_ERROR_HAS(parse({"predict", "--run", "r", "-_x"}), "unknown flag -_x");
  EXPECT_ERROR_HAS(parse({"predict", "--run", "r", "---"}), "unknown flag ---");
  EXPECT_EQ(parse({"predict", "--run", "r", "-"}).inputs, Texts{"-"});
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

}  // namespace
}  // namespace glassbox
