#include "common/exercise/program.h"

#include <ATen/Parallel.h>
#include <torch/utils.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "common/base/error.h"
#include "common/cli/exit_code.h"
#include "common/cli/help.h"
#include "common/cli/standard.h"
#include "common/exercise/watch.h"

namespace glassbox::exercise {
namespace {

using Json = nlohmann::ordered_json;

Program command_line_of(const CheckProgram& program) {
  const std::string file = "apps/" + program.app + "/exercise/solution.cpp";
  std::vector<Flag> flags = {
      text_flag("task", "T", "the checks of one task, such as --task 2, or of a part of it, such as --task 2.2"),
      number_flag("seconds", "N", "the time one check may take, such as --seconds 5; 20 unless given", 1, 3600),
      json_flag(), help_flag()};
  flags.insert(flags.end() - 2, program.flags.begin(), program.flags.end());
  return {
      program.app + "_check", program.question + " Checks the functions of " + file + ".", flags, /*verbs=*/{},
      "Exit 0 if all checks pass, 2 otherwise. A crash or a check out of time ends the run: stderr names the check,\n"
      "the tasks before it are printed (not with --json). Another file: scripts/check.sh " +
          program.app + " FILE.\n"};
}

const char* const kCaution = "Passing does not prove that a function is right: checks try a few inputs, not all.";

/// "2.2" is asked for by "2.2", by "2" and by nothing.
bool wanted(const std::string& task, const std::string& ask) {
  return ask.empty() || task == ask || task.rfind(ask + ".", 0) == 0;
}

void require_task(const CheckProgram& program, const std::string& ask) {
  const bool found = std::any_of(program.tasks.begin(), program.tasks.end(),
                                 [&](const TaskPoints& task) { return wanted(task.task, ask); });
  require(found, "--task: want 1 to ", program.tasks.back().task.front(), " or a part such as 2.2, got ", ask);
}

struct Result {
  BoundCheck check;
  Verdict verdict;
};

struct TaskResult {
  TaskPoints task;
  std::vector<Result> results;

  int64_t passed() const {
    return std::count_if(results.begin(), results.end(),
                         [](const Result& r) { return r.verdict.outcome == Outcome::passed; });
  }
  int64_t points() const { return passed() == int64_t(results.size()) ? task.points : 0; }
};

struct Totals {
  int64_t passed = 0, checks = 0, points = 0, of = 0;
};

Totals add_up(const std::vector<TaskResult>& tasks) {
  Totals totals;
  for (const TaskResult& task : tasks) {
    totals.passed += task.passed();
    totals.checks += int64_t(task.results.size());
    totals.points += task.points();
    totals.of += task.task.points;
  }
  return totals;
}

std::string name_of(Outcome outcome) {
  return outcome == Outcome::passed ? "passed" : outcome == Outcome::broken ? "broken" : "not written";
}

void print_task(const TaskResult& task) {
  std::cout << task.task.task << "  " << task.task.title << ": " << task.points() << " of " << task.task.points
            << " points\n";
  for (const auto& [check, verdict] : task.results) {
    std::string outcome = name_of(verdict.outcome);
    outcome.resize(12, ' ');
    std::cout << "  " << outcome << check.name;
    if (verdict.outcome == Outcome::broken) std::cout << ". " << check.law << " Here: " << verdict.message;
    if (verdict.outcome == Outcome::not_written) std::cout << ": " << verdict.message;
    std::cout << '\n';
  }
  std::cout << std::flush;  // the next task may crash
}

std::vector<TaskResult> run_all(const CheckProgram& program, const Options& options) {
  const std::string ask = options.text("task");
  const auto seconds = unsigned(options.number("seconds", 20));
  std::vector<TaskResult> tasks;
  for (const TaskPoints& task : program.tasks) {
    if (!wanted(task.task, ask)) continue;
    tasks.push_back({task, {}});
    for (const BoundCheck& check : program.checks) {
      if (check.task == task.task) tasks.back().results.push_back({check, run_watched(check, seconds)});
    }
    if (!options.json) print_task(tasks.back());
  }
  return tasks;
}

void print_totals(const Totals& totals) {
  std::cout << totals.passed << " of " << totals.checks << " checks, " << totals.points << " of " << totals.of
            << " points\n"
            << kCaution << '\n';
}

void print_json(const std::vector<TaskResult>& tasks, const Totals& totals) {
  Json json = {{"checks", totals.checks}, {"passed", totals.passed}, {"points", totals.points},
               {"of_points", totals.of},  {"note", kCaution},        {"tasks", Json::array()}};
  for (const TaskResult& task : tasks) {
    Json results = Json::array();
    for (const auto& [check, verdict] : task.results) {
      results.push_back({{"name", check.name},
                         {"law", check.law},
                         {"result", name_of(verdict.outcome)},
                         {"message", verdict.message}});
    }
    json["tasks"].push_back({{"task", task.task.task},
                             {"title", task.task.title},
                             {"points", task.points()},
                             {"of_points", task.task.points},
                             {"checks", results}});
  }
  std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

int answer(const CheckProgram& program, int argc, char** argv) {
  const Program command_line = command_line_of(program);
  const Options options = parse_command_line(argc, argv, command_line);
  if (options.help) return std::cout << help_text(command_line), 0;
  require_task(program, options.text("task"));
  const std::optional<int> own = program.answer ? program.answer(options) : std::nullopt;
  if (own) return *own;
  at::set_num_threads(1);  // small tensors: more threads only wait for each other
  watch_for_crashes();
  const std::vector<TaskResult> tasks = run_all(program, options);
  const Totals totals = add_up(tasks);
  options.json ? print_json(tasks, totals) : print_totals(totals);
  return totals.passed == totals.checks ? 0 : 2;
}

}  // namespace

int run_check_program(const CheckProgram& program, int argc, char** argv) {
  return exit_code_of(program.app + "_check", [&] { return answer(program, argc, argv); });
}

}  // namespace glassbox::exercise
