/// The config reader: messages are API, so their whole text is tested.
#include "common/base/config.h"

#include <stdexcept>

#include "common/base/atomic_file.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"

namespace glassbox {
namespace {

struct Experiment {
  std::string name = "run", optimizer = "adam";
  double learning_rate = 1e-3, momentum = 0.9;
  int64_t epochs = 10;
  bool shuffle = true;
  std::vector<int64_t> hidden = {256, 128};
  std::vector<std::string> metrics = {"accuracy"};

  void read(ConfigReader json) {
    json.field("name", name, any_text(), "what the run is called");
    ConfigReader model = json.section("model", "the network");
    model.field("hidden", hidden, at_least(1), "units in each hidden layer");
    ConfigReader how = json.section("optimizer", "how weights move");
    how.field("name", optimizer, one_of({"sgd", "adam"}), "the update rule");
    how.field("learning_rate", learning_rate, greater_than(0), "the highest step size");
    how.field("momentum", momentum, from_below(0, 1), "fraction of the last step that is kept");
    ConfigReader train = json.section("train", "how long");
    train.field("epochs", epochs, at_least(1), "passes over the training data");
    train.field("shuffle", shuffle, "new order each epoch");
    train.field("metrics", metrics, one_of({"accuracy", "f1"}), "what is measured");
  }
};

struct Parsed {
  Experiment values;
  Config config;
};

Parsed parse(const std::string& text, const std::vector<std::string>& overrides = {}) {
  Parsed parsed;
  parsed.config = Config::from_text(text, "x.json", overrides);
  parsed.values.read(parsed.config.root());
  parsed.config.finish();
  return parsed;
}

/// The one problem that `text` has.
std::string problem_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  const std::string message = error_of([&] { parse(text, overrides); });
  const std::string start = "x.json has 1 problem:\n  ";
  EXPECT_EQ(message.substr(0, start.size()), start);
  return message.substr(std::min(start.size(), message.size()));
}

TEST(Config, KeepsDefaultsWhereTheFileIsSilent) {
  const Experiment values = parse("{}").values;
  EXPECT_EQ(values.epochs, 10);
  EXPECT_EQ(values.hidden, (std::vector<int64_t>{256, 128}));
}

TEST(Config, ReadsEveryKindOfField) {
  const Experiment values = parse(R"({
    // a comment
    "name": "first", "model": {"hidden": [3, 4.0]},
    "optimizer": {"name": "sgd", "learning_rate": 1, "momentum": 0},
    "train": {"epochs": 3.0, "shuffle": false, "metrics": []}  // another
  })")
                                .values;
  EXPECT_EQ(values.name, "first");
  EXPECT_EQ(values.hidden, (std::vector<int64_t>{3, 4}));
  EXPECT_EQ(values.optimizer, "sgd");
  EXPECT_EQ(values.learning_rate, 1);
  EXPECT_EQ(values.epochs, 3);
  EXPECT_FALSE(values.shuffle);
  EXPECT_TRUE(values.metrics.empty());
}

TEST(Config, ListsEveryProblemAtOnce) {
  EXPECT_EQ(error_of([] {
              parse(R"({"optimizer": {"learning_rte": 0.1, "name": "adma"}, "train": {"epochs": "ten", "x": 1},
                        "model": {"hidden": [3, 0, -1]}})");
            }),
            "x.json has 5 problems:\n"
            "  model.hidden[1]: want a whole number >= 1, got 0 (number)\n"
            "  optimizer.name: want one of \"sgd\", \"adam\", got \"adma\" (string); did you mean \"adam\"?\n"
            "  optimizer.learning_rte: unknown field; did you mean \"learning_rate\"?\n"
            "  train.epochs: want a whole number >= 1, got \"ten\" (string)\n"
            "  train.x: unknown field");
}

TEST(Config, NamesTheTypeThatWasGiven) {
  EXPECT_EQ(problem_of(R"({"train": {"epochs": true}})"), "train.epochs: want a whole number >= 1, got true (boolean)");
  EXPECT_EQ(problem_of(R"({"train": {"epochs": null}})"), "train.epochs: want a whole number >= 1, got null");
  EXPECT_EQ(problem_of(R"({"train": {"epochs": 3.5}})"), "train.epochs: want a whole number >= 1, got 3.5 (number)");
  EXPECT_EQ(problem_of(R"({"train": {"shuffle": 1}})"), "train.shuffle: want true or false, got 1 (number)");
  EXPECT_EQ(problem_of(R"({"name": ["a"]})"), "name: want text, got [\"a\"] (list)");
  EXPECT_EQ(problem_of(R"({"model": {"hidden": 3}})"),
            "model.hidden: want a list of whole numbers >= 1, got 3 (number)");
  EXPECT_EQ(problem_of(R"({"train": 3})"), "train: want an object, got 3 (number)");
  EXPECT_EQ(problem_of(R"({"train": {"metrics": ["f2"]}})"),
            "train.metrics[0]: want one of \"accuracy\", \"f1\", got \"f2\" (string)");
}

TEST(Config, NamesTheRange) {
  EXPECT_EQ(problem_of(R"({"optimizer": {"learning_rate": 0}})"),
            "optimizer.learning_rate: want a number > 0, got 0 (number)");
  EXPECT_EQ(problem_of(R"({"optimizer": {"momentum": 1}})"),
            "optimizer.momentum: want a number in [0, 1), got 1 (number)");
  double fraction = 0.5;
  Config config = Config::from_text(R"({"fraction": 2})", "x.json");
  config.root().field("fraction", fraction, between(0, 1), "a fraction");
  EXPECT_ERROR_HAS(config.finish(), "fraction: want a number in [0, 1], got 2 (number)");
  EXPECT_EQ(fraction, 0.5);  // what is wrong is not taken
}

TEST(Config, RefusesWholeNumbersThatADoubleCannotTellApart) {
  EXPECT_EQ(parse(R"({"train": {"epochs": 9007199254740991}})").values.epochs, 9007199254740991);
  for (const char* number : {"9007199254740993", "9223372036854775808", "18446744073709551616", "1e300"}) {
    EXPECT_ERROR_HAS(parse(as_text(R"({"train": {"epochs": )", number, "}}")), "train.epochs: want a whole number >= 1",
                     "whole numbers go up to 9007199254740991 (2^53 - 1)");
  }
  EXPECT_ERROR_HAS(parse("{\"a\": 1e400}"), "x.json, line 1, column 11: number overflow parsing '1e400'");
}

TEST(Config, GuessesNamesOnlyWhenTheyAreNear) {
  EXPECT_EQ(problem_of(R"({"optimiser": {}})"), "optimiser: unknown field; did you mean \"optimizer\"?");
  EXPECT_EQ(problem_of(R"({"weather": 1})"), "weather: unknown field");
  EXPECT_EQ(problem_of(R"({"optimizer": {"name": "SGD"}})"),
            "optimizer.name: want one of \"sgd\", \"adam\", got \"SGD\" (string); did you mean \"sgd\"?");
}

TEST(Config, ShowsStrangeNamesInQuotes) {
  EXPECT_EQ(problem_of(R"({"a b\n": 1})"), R"("a b\n": unknown field)");
  EXPECT_EQ(problem_of(R"({"": 1})"), R"("": unknown field)");
}

TEST(Config, CutsLongValuesInMessages) {
  const std::string long_text(1000, 'x');
  EXPECT_LT(problem_of(R"({"train": {"epochs": ")" + long_text + "\"}}").size(), 150u);
}

TEST(Config, WantsRequiredFields) {
  std::string path;
  Config config = Config::from_text("{}", "x.json");
  config.root().required("path", path, any_text(), "where the data lies");
  EXPECT_ERROR_HAS(config.finish(), "path: want text, got nothing; this field is required");
}

TEST(Config, AnIndexMayStandForAName) {
  Config config = Config::from_text(R"({"label": -1, "columns": ["width", 2, "3"]})", "x.json");
  std::string label;
  std::vector<std::string> columns;
  config.root().field("label", label, name_or_index(), "a column");
  config.root().field("columns", columns, name_or_index(), "columns");
  config.finish();
  EXPECT_EQ(label, "-1");
  EXPECT_EQ(columns, (std::vector<std::string>{"width", "2", "3"}));
  Config wrong = Config::from_text(R"({"columns": [2.5]})", "x.json");
  wrong.root().field("columns", columns, name_or_index(), "columns");
  EXPECT_ERROR_HAS(wrong.finish(), "columns", "want a name or an index", "2.5");
}

TEST(Config, ReportsProblemsTheReaderNoted) {
  Config config = Config::from_text(R"({"train": {}})", "x.json");
  ConfigReader train = config.root().section("train", "how long");
  train.problem("warmup", "want fewer steps than the run has");
  train.problem("warmup", "want fewer steps than the run has");  // said twice, shown once
  EXPECT_EQ(error_of([&] { config.finish(); }),
            "x.json has 1 problem:\n  train.warmup: want fewer steps than the run has");
}

TEST(Config, AFieldReadTwiceIsCheckedTwiceAndShownOnce) {
  Config config = Config::from_text(R"({"name": 3})", "x.json");
  std::string name = "mlp";
  config.root().field("name", name, any_text(), "the model");
  config.root().field("name", name, any_text(), "the model");
  EXPECT_EQ(config.complete_json(), "{\n  \"name\": \"mlp\"\n}\n");
  EXPECT_EQ(error_of([&] { config.finish(); }), "x.json has 1 problem:\n  name: want text, got 3 (number)");
}

TEST(Config, ADefaultThatBreaksItsOwnRuleIsABug) {
  int64_t epochs = 0;
  Config config = Config::from_text("{}", "x.json");
  EXPECT_THROW(config.root().field("epochs", epochs, at_least(1), "passes"), std::logic_error);
}

TEST(ConfigText, BrokenJsonIsShownWithLineColumnAndCaret) {
  EXPECT_EQ(error_of([] { parse("{\n  \"train\": {\n    \"epochs\": ten\n  }\n}\n"); }),
            "x.json, line 3, column 16: syntax error while parsing value - invalid literal; "
            "texts stand in double quotes\n"
            "      \"epochs\": ten\n"
            "                 ^");
}

TEST(ConfigText, ACommaTooManyIsCalledThat) {
  EXPECT_EQ(
      error_of([] { parse("{\n  \"a\": 1,\n}\n"); }),
      "x.json, line 3, column 1: syntax error while parsing object key - unexpected '}'; expected string literal; "
      "is there a comma too many before it?\n  }\n  ^");
  EXPECT_ERROR_HAS(parse(R"({"a": [1, ]})"), "line 1, column 11", "is there a comma too many before it?");
}

TEST(ConfigText, AMissingCommaAndMissingQuotesAreCalledThat) {
  EXPECT_ERROR_HAS(parse(R"({"a": 1 "b": 2})"), "line 1, column 11", "is a comma missing before it?");
  EXPECT_ERROR_HAS(parse("{'a': 1}"), "line 1, column 2", "names stand in double quotes");
}

TEST(ConfigText, AnUnfinishedFileIsShownAtItsEnd) {
  EXPECT_ERROR_HAS(parse("{\n  \"a\": 1\n\n\n"), "x.json, line 2, column 9: ", "unexpected end of input",
                   "\n    \"a\": 1\n          ^");
  EXPECT_ERROR_HAS(parse(""), "x.json, line 1, column 1: ");
}

TEST(ConfigText, ColumnsCountCharactersAndTabs) {
  EXPECT_ERROR_HAS(parse("{\"\xC3\xA4\": x}"), "line 1, column 7");
  EXPECT_ERROR_HAS(parse("{\t\"a\": x}"), "line 1, column 8", "\n  { \"a\": x}\n         ^");
}

TEST(ConfigText, ALongLineIsShownAroundTheCaretOnly) {
  const std::string message = error_of([] { parse("{\"a\": \"" + std::string(100'000, 'x') + "\" \"b\"}"); });
  EXPECT_LT(message.size(), 400u);
}

TEST(ConfigText, RejectsWhatIsNoUtf8) {
  EXPECT_ERROR_HAS(parse("{\"name\": \"\xff\"}"), "x.json, line 1", "ill-formed UTF-8");
}

TEST(ConfigText, RejectsAFieldGivenTwice) {
  EXPECT_EQ(error_of([] { parse("{\"train\": {\"epochs\": 1,\n  \"epochs\": 2}}"); }),
            "x.json, line 2, column 3: field epochs is given twice in one object\n    \"epochs\": 2}}\n    ^");
}

TEST(ConfigText, RejectsWhatIsNoObject) {
  for (const char* text : {"[]", "3", "null", "\"text\""}) {
    EXPECT_ERROR_HAS(parse(text), "x.json: want an object { ... }, got ");
  }
}

TEST(ConfigText, Survives100000LevelsOfNesting) {
  for (const std::string level : {"[", "{\"a\":"}) {
    std::string text = "{\"a\":";
    for (int i = 0; i < 100'000; ++i) text += level;
    EXPECT_ERROR_HAS(parse(text), "x.json, line 1, column ", "want at most 64 levels of nesting");
  }
}

TEST(ConfigFile, NamesItsPath) {
  TempFolder temp;
  write_file(temp / "bad.json", "{");
  EXPECT_ERROR_HAS(Config::from_file(temp / "bad.json"), "bad.json, line 1, column 2");
  EXPECT_ERROR_HAS(Config::from_file(temp / "none.json"), "none.json: cannot read");
  write_file(temp / "large.json", std::string((size_t{16} << 20) + 1, ' '));
  EXPECT_ERROR_HAS(Config::from_file(temp / "large.json"), "large.json: want at most 1048576 bytes");
}

TEST(Override, SetsFieldsThatTheFileHasAndHasNot) {
  const Experiment values = parse(R"({"train": {"epochs": 3}})", {"train.epochs=1e3", "name=abc", "model.hidden=[3,4]",
                                                                  "optimizer.name=\"sgd\"", "train.shuffle=false"})
                                .values;
  EXPECT_EQ(values.epochs, 1000);
  EXPECT_EQ(values.name, "abc");
  EXPECT_EQ(values.hidden, (std::vector<int64_t>{3, 4}));
  EXPECT_EQ(values.optimizer, "sgd");
  EXPECT_FALSE(values.shuffle);
}

TEST(Override, TheLastOneWinsAndTextMayHoldAnything) {
  EXPECT_EQ(parse("{}", {"name=a", "name=b=c.d"}).values.name, "b=c.d");
  EXPECT_EQ(parse("{}", {"name="}).values.name, "");
}

TEST(Override, OfATextFieldIsTakenAsItWasTyped) {
  for (const std::string text : {"0", "2024", "1.0", "-1", "true", "null", "[1]", R"({"a": 1})"}) {
    EXPECT_EQ(parse("{}", {"name=" + text}).values.name, text);
  }
  EXPECT_EQ(parse("{}", {R"(name="0")"}).values.name, "0");  // quotes may stay
  EXPECT_EQ(parse("{}", {"name=0", "name=a"}).values.name, "a");
  EXPECT_EQ(problem_of("{}", {"optimizer.name=0", R"(optimizer={"name": 5})"}),  // the later one holds JSON
            R"(optimizer.name: want one of "sgd", "adam", got 5 (number))");
  EXPECT_EQ(problem_of(R"({"name": 0})"), "name: want text, got 0 (number)");  // a file's author knows of quotes
}

TEST(Override, OfAnUnknownFieldIsReportedLikeOneInTheFile) {
  EXPECT_EQ(problem_of("{}", {"train.epoch=3"}), "train.epoch: unknown field; did you mean \"epochs\"?");
  EXPECT_EQ(problem_of("{}", {"train.epochs=ten"}), "train.epochs: want a whole number >= 1, got \"ten\" (string)");
}

TEST(Override, SaysWhatItCannotSet) {
  EXPECT_ERROR_HAS(parse("{}", {"train.epochs"}), "--set train.epochs: want PATH=VALUE, got no \"=\"");
  EXPECT_ERROR_HAS(parse("{}", {"=3"}), "--set =3: want names between the dots, got an empty one");
  EXPECT_ERROR_HAS(parse("{}", {"a..b=3"}), "got an empty one");
  EXPECT_ERROR_HAS(parse(R"({"name": "a"})", {"name.x=3"}),
                   "--set name.x=3: want an object to set x in, got \"a\" (string)");
  EXPECT_ERROR_HAS(parse(R"({"model": {"hidden": [3]}})", {"model.hidden.0=3"}), "got [3] (list)");
  EXPECT_ERROR_HAS(parse("{}", {"name=\xff"}), "--set: want text in UTF-8");
  std::string deep = "a";
  for (int i = 0; i < 100'000; ++i) deep += ".a";
  EXPECT_ERROR_HAS(parse("{}", {deep + "=1"}), "want at most 64 levels, got 100001");
}

TEST(CompleteJson, HoldsEveryFieldInReadingOrder) {
  EXPECT_EQ(parse(R"({"train": {"epochs": 3}})").config.complete_json(), R"({
  "name": "run",
  "model": {
    "hidden": [
      256,
      128
    ]
  },
  "optimizer": {
    "name": "adam",
    "learning_rate": 0.001,
    "momentum": 0.9
  },
  "train": {
    "epochs": 3,
    "shuffle": true,
    "metrics": [
      "accuracy"
    ]
  }
}
)");
}

TEST(CompleteJson, ReplaysTheRunBitByBit) {
  const Parsed first = parse(R"({"optimizer": {"learning_rate": 0.1234567890123456789, "momentum": 5e-324}})");
  const Parsed second = parse(first.config.complete_json());
  EXPECT_EQ(second.values.learning_rate, first.values.learning_rate);
  EXPECT_EQ(second.values.momentum, 5e-324);
  EXPECT_EQ(second.config.complete_json(), first.config.complete_json());
}

TEST(Docs, AreOneLineAField) {
  EXPECT_EQ(
      parse("{}").config.docs(),
      "field                    default       takes                                 meaning\n"
      "name                     \"run\"         text                                  what the run is called\n"
      "model                                  an object                             the network\n"
      "model.hidden             [256,128]     a list of whole numbers >= 1          units in each hidden layer\n"
      "optimizer                              an object                             how weights move\n"
      "optimizer.name           \"adam\"        one of \"sgd\", \"adam\"                  the update rule\n"
      "optimizer.learning_rate  0.001         a number > 0                          the highest step size\n"
      "optimizer.momentum       0.9           a number in [0, 1)                    fraction of the last step that is "
      "kept\n"
      "train                                  an object                             how long\n"
      "train.epochs             10            a whole number >= 1                   passes over the training data\n"
      "train.shuffle            true          true or false                         new order each epoch\n"
      "train.metrics            [\"accuracy\"]  a list with entries out of \"accuracy\", \"f1\"  what is measured\n");
}

TEST(Differences, NameOnlyWhatIsNotTheDefault) {
  EXPECT_EQ(
      parse(R"({"name": "run", "train": {"epochs": 3}, "optimizer": {"learning_rate": 0.1}})").config.differences(),
      "optimizer.learning_rate: 0.1 (default: 0.001)\ntrain.epochs: 3 (default: 10)\n");
  EXPECT_EQ(parse("{}").config.differences(), "");
}

TEST(SchemaJson, SaysWhatTheReaderSays) {
  std::string path;
  double fraction = 0.5;
  Config config = Config::from_text(R"({"data": {"path": "x"}})", "x.json");
  ConfigReader data = config.root().section("data", "where from");
  data.required("path", path, any_text(), "the folder");
  data.field("fraction", fraction, from_below(0, 1), "a fraction");
  EXPECT_EQ(config.schema_json(), R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "data": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "path": {
          "type": "string",
          "description": "the folder"
        },
        "fraction": {
          "type": "number",
          "minimum": 0,
          "exclusiveMaximum": 1,
          "default": 0.5,
          "description": "a fraction"
        }
      },
      "required": [
        "path"
      ],
      "description": "where from"
    }
  },
  "required": [
    "data"
  ]
}
)");
}

TEST(NearestName, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(nearest_name("cosin", {"step", "cosine"}), "cosine");
  EXPECT_EQ(nearest_name("cosinne", {"step", "cosine"}), "cosine");
  EXPECT_EQ(nearest_name("cosima", {"step", "cosine"}), "cosine");
  EXPECT_EQ(nearest_name("tset", {"text", "test"}), "test");  // a swap costs 1
  EXPECT_EQ(nearest_name("lr", {"learning_rate"}), "");
  EXPECT_EQ(nearest_name("", {"a"}), "");
  EXPECT_EQ(nearest_name("abc", {}), "");
}

}  // namespace
}  // namespace glassbox
