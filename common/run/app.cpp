#include "common/run/app.h"

#include <malloc.h>

#include <algorithm>
#include <iostream>
#include <new>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "common/base/error.h"
#include "common/base/json_text.h"
#include "common/base/run_folder.h"
#include "common/base/stop.h"
#include "common/cli/exit_code.h"
#include "common/cli/help.h"
#include "common/run/blas_core.h"
#include "common/run/environment.h"

namespace glassbox {
namespace {

/// A training step frees and takes the same memory again and again, hundreds of megabytes for images. Left alone,
/// glibc hands it back to the kernel each time, and every page is faulted in anew: a fifth of the time of a step.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

/// describe --config-docs, --schema and --diff need the config's description only, no data and no network.
bool describe_config(const App& app, const Options& options) {
  if (options.verb != "describe" || !(options.config_docs || options.schema || options.diff)) return false;
  const bool given = !options.config.empty() || !options.run.empty();
  require(given || !options.diff, "describe --diff: want --config FILE or --run DIR, got neither");
  const FileAt path = options.run.empty() ? FileAt(options.config)
                                          : RunFolder::open(options.run, /*to_continue=*/false).file("config.json");
  Config config =
      given ? Config::from_file(path, options.overrides) : Config::from_text("{}", "defaults", options.overrides);
  app.read_config(config.root());
  if (given) config.finish();
  if (options.schema) return std::cout << config.schema_json(), true;
  const std::string name = options.diff ? "differences" : "config_docs";
  const std::string text = options.diff ? config.differences() : config.docs();
  std::cout << (options.json ? json_text({{name, text}}) : text);
  return true;
}

bool can_resume(const Verb& verb) {
  return std::any_of(verb.flags.begin(), verb.flags.end(), [](const Flag& flag) { return flag.name == "resume"; });
}

void run_verb(Session& session, const AppVerb& asked, const std::string& app) {
  try {
    asked.run(session);
  } catch (const Interrupted& stop) {
    session.note_end("interrupted", stop.what());
    if (session.options().dry_run || !can_resume(asked.verb)) throw;
    throw Interrupted(
        as_text(stop.what(), "; go on with: ", app, " ", asked.verb.name, " --resume ", session.run().path().string()));
  } catch (const std::exception& problem) {
    session.note_end("failed", problem.what());
    throw;
  }
}

Program program_of(const App& app) {
  Program program = {app.name, app.summary, common_flags(), {}, kAppExitCodes};
  for (const AppVerb& each : app.verbs) program.verbs.push_back(each.verb);
  return program;
}

void do_what_is_asked(int argc, char** argv, const App& app) {
  const Program program = program_of(app);
  const Options options = parse_command_line(argc, argv, program);
  if (options.help) {
    std::cout << help_text(program, options.verb);
  } else if (options.version) {
    std::cout << app.name << ": " << version_text() << '\n';
  } else if (!describe_config(app, options)) {
    use_fitting_blas_core(argv);
    keep_freed_memory();
    install_stop_handlers();
    Session session(app.name, options);
    for (const AppVerb& each : app.verbs) {
      if (each.verb.name == options.verb) run_verb(session, each, app.name);
    }
  }
}

/// LibTorch's words for it, on the processor and on a graphics card.
bool is_out_of_memory(const c10::Error& problem) {
  const std::string text = problem.what_without_backtrace();
  return text.find("can't allocate memory") != text.npos || text.find("out of memory") != text.npos;
}

[[noreturn]] void fail_out_of_memory(const App& app, const std::string& what) {
  fail(app.name, ": there is not enough memory (", what.substr(0, what.find('\n')),
       "); take smaller batches (data.batch_size), smaller images or a smaller network, or end other programs");
}

}  // namespace

int run_app(int argc, char** argv, const App& app) {
  return exit_code_of(app.name, [&] {
    try {
      do_what_is_asked(argc, argv, app);
    } catch (const std::bad_alloc& problem) {
      fail_out_of_memory(app, problem.what());
    } catch (const cv::Exception& problem) {
      if (problem.code == cv::Error::StsNoMem) fail_out_of_memory(app, "OpenCV: " + problem.err);
      throw;
    } catch (const c10::Error& problem) {
      if (is_out_of_memory(problem)) fail_out_of_memory(app, problem.what_without_backtrace());
      throw;
    }
    return 0;
  });
}

}  // namespace glassbox
