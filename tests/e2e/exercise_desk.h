/// The fixture of the exercises' end-to-end tests: scripts, solutions, and where they can be built.
#pragma once

#include "tests/e2e/desk.h"

namespace glassbox::e2e {

class Exercise : public Desk {
 protected:
  Ended script(const std::string& name, const Words& words) const {
    return Program((source_folder() / "scripts" / name).string(), words, around()).wait(/*seconds=*/600);
  }
  static std::string solution(const std::string& app) {
    return (source_folder() / "apps" / app / "exercise/solution.cpp").string();
  }

  /// scripts/check.sh works in build/.
  static bool built_elsewhere() {
    return !on_ci() && fs::weakly_canonical(program_folder()) != fs::weakly_canonical(source_folder() / "build/bin");
  }

  static bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

  /// All points, in words and as JSON.
  void expect_full_marks(const std::string& program) const {
    const Ended text = run(program, {}, around());
    EXPECT_EQ(text.code, 0) << text.out;
    EXPECT_TRUE(has(text.out, " checks, 50 of 50 points\n")) << text.out;
    EXPECT_TRUE(has(text.out, "Passing does not prove that a function is right"));

    const Json json = Json::parse(run(program, {"--json"}, around()).out);
    EXPECT_EQ(json.at("points"), 50);
    EXPECT_EQ(json.at("passed"), json.at("checks"));
    int64_t checks = 0;
    for (const Json& task : json.at("tasks")) checks += int64_t(task.at("checks").size());
    EXPECT_EQ(checks, json.at("checks"));
  }

  /// Of a solution with everything cut out each check says so. `network_task` meets the gap of `first_of_network`.
  void expect_nothing_written(const std::string& app, char network_task, const std::string& first_of_network) const {
    ASSERT_EQ(script("cut_solutions.sh", {solution(app), "cut.cpp"}).code, 0);
    const Ended ended = script("check.sh", {app, "cut.cpp", "--", "--json"});
    EXPECT_EQ(ended.code, 2) << ended.err;
    const Json json = Json::parse(ended.out);
    EXPECT_EQ(json.at("points"), 0);
    EXPECT_EQ(json.at("passed"), 0);
    for (const Json& task : json.at("tasks")) {
      const std::string number = task.at("task");
      const std::string first = number.front() == network_task ? first_of_network : number;
      for (const Json& check : task.at("checks")) {
        EXPECT_EQ(check.at("result"), "not written") << check.at("name");
        EXPECT_EQ(check.at("message"), "task " + first + " is not written yet: apps/" + app + "/exercise/solution.cpp");
      }
    }
  }
};

}  // namespace glassbox::e2e
