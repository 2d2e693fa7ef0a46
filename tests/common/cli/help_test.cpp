/// The help text: made from the verbs, so that it cannot forget one.
#include "common/cli/help.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "common/cli/standard.h"

namespace glassbox {
namespace {

Program app() {
  const Flag views = choice_flag("views", "VIEWS", {"none", "flip", "shift"}, "averages the answers");
  return {"mlp",
          "a summary",
          common_flags(),
          {train_verb(),
           eval_verb({views}),
           predict_verb({"INPUT...", "image or folder", /*required=*/true}),
           explain_verb({"INPUT...", "image"}),
           describe_verb(),
           {"weigh", "how large it is"}},
          kAppExitCodes};
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

TEST(HelpText, HoldsEveryVerbAndEveryFlagAndNoOther) {
  const std::string help = help_text(app());
  std::vector<std::string> flags;
  for (const Flag& flag : all_flags(app())) flags.push_back("--" + flag.name);
  for (const std::string& flag : flags) EXPECT_TRUE(has(help, flag)) << flag;
  for (const Verb& verb : app().verbs) EXPECT_TRUE(has(help, "\nmlp " + verb.name)) << verb.name;
  const std::regex flag("--[a-z][a-z-]*");
  for (std::sregex_iterator found(help.begin(), help.end(), flag), end; found != end; ++found) {
    EXPECT_NE(std::find(flags.begin(), flags.end(), found->str()), flags.end()) << found->str();
  }
  EXPECT_EQ(help.rfind("mlp: a summary\n", 0), 0u);
  EXPECT_TRUE(has(help, "130"));  // the exit codes
}

TEST(HelpText, FitsATerminal) {
  std::istringstream lines(help_text(app()));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 110u) << line;
}

TEST(HelpText, SaysWhatAVerbCannotDoWithout) {
  const std::string help = help_text(app());
  EXPECT_TRUE(has(help, "\nmlp predict --run DIR INPUT...: ")) << help;
  EXPECT_TRUE(has(help, "\nmlp explain --run DIR [INPUT...]: ")) << help;
  EXPECT_TRUE(has(help, "none, flip or shift: averages the answers\n")) << help;
}

TEST(HelpText, OfOneVerbIsThatVerbAlone) {
  const std::string help = help_text(app(), "eval");
  EXPECT_EQ(help.rfind("mlp eval --run DIR: ", 0), 0u) << help;
  EXPECT_TRUE(has(help, "--views VIEWS") && has(help, "--threads N")) << help;
  EXPECT_FALSE(has(help, "--dry-run") || has(help, "mlp train")) << help;
  EXPECT_EQ(help_text(app(), "fly"), help_text(app()));
}

TEST(HelpText, AProgramWithoutVerbsHasFlagsAlone) {
  const std::string help = help_text({"doctor", "looks", {json_flag(), help_flag()}, {}, "The end.\n"});
  EXPECT_EQ(help.rfind("doctor: looks\n\n  --json", 0), 0u) << help;
  EXPECT_TRUE(has(help, "  -h, --help  this text\n\nThe end.\n")) << help;
}

}  // namespace
}  // namespace glassbox
