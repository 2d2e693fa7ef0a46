#include "common/exercise/program.h"

#include <ATen/Parallel.h>
#include <torch/utils.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "common/exercise/watch.h"

namespace glassbox::exercise {
namespace {

using Json = nlohmann::ordered_json;

std::string help_of(const CheckProgram& program) {
  const std::string name = program.app + "_check";
  const std::string file = "apps/" + program.app + "/exercise/solution.cpp";
  // clang-format off
  return as_text(
      name, ": ", program.question, " Checks the functions of ", file, ".\n"
      "\n",
      "  ", name, "                 every check\n",
      "  ", name, " --task 2        the checks of task 2;  --task 2.2: of one part of it\n",
      "  ", name, " --json          one JSON object on stdout, at the end\n",
      "  ", name, " --seconds 5     the time one check may take, 1 to 3600; 20 unless told\n",
      program.more_help,
      "\n"
      "Exit 0 if all checks pass, 2 otherwise. A crash or a check out of time ends the run: stderr names the check, the\n"
      "tasks before it are printed (not with --json). Another file: scripts/check.sh ", program.app, " FILE.\n");
  // clang-format on
}

const char* const kCaution = "Passing does not prove that a function is right: checks try a few inputs, not all.";

struct Ask {
  std::string task;
  unsigned seconds = 20;
  bool json = false, help = false;
};

/// "2.2" is asked for by "2.2", by "2" and by nothing.
bool wanted(const std::string& task, const std::string& ask) {
  return ask.empty() || task == ask || task.rfind(ask + ".", 0) == 0;
}

unsigned read_seconds(const std::string& word) {
  const bool number = !word.empty() && word.size() <= 4 && word.find_first_not_of("0123456789") == word.npos;
  const int seconds = number ? std::stoi(word) : 0;
  require(seconds >= 1 && seconds <= 3600, "--seconds: want a whole number from 1 to 3600, got ", word);
  return unsigned(seconds);
}

Ask read_words(const CheckProgram& program, int argc, char** argv) {
  Ask ask;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--json")
      ask.json = true;
    else if (word == "--help" || word == "-h")
      ask.help = true;
    else if (word == "--task" && i + 1 < argc && *argv[i + 1] != 0)
      ask.task = argv[++i];
    else if (word == "--seconds" && i + 1 < argc)
      ask.seconds = read_seconds(argv[++i]);
    else
      fail(program.app, "_check: want --task T, --seconds N, --json or --help, got ", word,
           word == "--task"      ? " without a task"
           : word == "--seconds" ? " without a number"
                                 : "");
  }
  bool found = false;
  for (const TaskPoints& task : program.tasks) found = found || wanted(task.task, ask.task);
  require(found, "--task: want 1 to ", program.tasks.back().task.front(), " or a part such as 2.2, got ", ask.task);
  return ask;
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

std::vector<TaskResult> run_all(const CheckProgram& program, const Ask& ask) {
  std::vector<TaskResult> tasks;
  for (const TaskPoints& task : program.tasks) {
    if (!wanted(task.task, ask.task)) continue;
    tasks.push_back({task, {}});
    for (const BoundCheck& check : program.checks) {
      if (check.task == task.task) tasks.back().results.push_back({check, run_watched(check, ask.seconds)});
    }
    if (!ask.json) print_task(tasks.back());
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

}  // namespace

int run_check_program(const CheckProgram& program, int argc, char** argv) try {
  const Ask ask = read_words(program, argc, argv);
  if (ask.help) return std::cout << help_of(program), 0;
  at::set_num_threads(1);  // small tensors: more threads only wait for each other
  watch_for_crashes();
  const std::vector<TaskResult> tasks = run_all(program, ask);
  const Totals totals = add_up(tasks);
  ask.json ? print_json(tasks, totals) : print_totals(totals);
  return totals.passed == totals.checks ? 0 : 2;
} catch (const UserError& problem) {
  std::cerr << "error: " << problem.what() << '\n';
  return 2;
} catch (const std::exception& problem) {
  std::cerr << "internal error in " << program.app << "_check: " << problem.what() << '\n';
  return 1;
}

}  // namespace glassbox::exercise
