#include "common/run/app.h"

#include <malloc.h>
#include <cerrno>
#include <filesystem>

#include <iostream>
#include <new>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <system_error>

#include "common/base/error.h"
#include "common/base/json_text.h"
#include "common/base/stop.h"
#include "common/run/blas_core.h"
#include "common/run/environment.h"

namespace glassbox {
namespace {

/// A training step frees and takes the same memory again and again, hundreds of megabytes for pictures. Left alone,
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
  const auto path = options.run.empty() ? options.config : options.run / "config.json";
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

void run_verb(Session& session, const App& app) {
  try {
    app.verbs.at(session.options().verb)(session);
  } catch (const Interrupted& stop) {
    session.note_end("interrupted", stop.what());
    const std::string& verb = session.options().verb;
    if (session.options().dry_run || (verb != "train" && verb != "sweep")) throw;
    throw Interrupted(
        as_text(stop.what(), "; go on with: ", app.name, " ", verb, " --resume ", session.run().path().string()));
  } catch (const std::exception& problem) {
    session.note_end("failed", problem.what());
    throw;
  }
}

void do_what_is_asked(int argc, char** argv, const App& app) {
  std::vector<std::string> verbs;
  for (const auto& [verb, function] : app.verbs) verbs.push_back(verb);
  const Options options = parse_options(argc, argv, verbs, app.own_flags);
  if (options.help) {
    std::cout << help_text(app.name, app.summary, app.own_help);
  } else if (options.version) {
    std::cout << app.name << ": " << version_text() << '\n';
  } else if (!describe_config(app, options)) {
    use_fitting_blas_core(argv);
    keep_freed_memory();
    install_stop_handlers();
    Session session(app.name, options);
    run_verb(session, app);
  }
}

/// An answer that nobody got is no success: the disk may be full, or stdout closed.
void finish_answer() {
  errno = 0;
  std::cout.flush();
  const std::string reason =
      errno == 0 ? "it could not be written; is the disk full?" : std::generic_category().message(errno);
  require(bool(std::cout), "writing the answer: ", reason);
}

/// LibTorch's words for it, on the processor and on a graphics card.
bool is_out_of_memory(const c10::Error& problem) {
  const std::string text = problem.what_without_backtrace();
  return text.find("can't allocate memory") != text.npos || text.find("out of memory") != text.npos;
}

int say_out_of_memory(const App& app, const std::string& what) {
  std::cerr
      << "error: " << app.name << ": there is not enough memory (" << what
      << "); take smaller batches (data.batch_size), smaller pictures or a smaller network, or end other programs\n";
  return 2;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

int say_internal_error(const App& app, const std::string& what) {
  std::cerr << "internal error in " << app.name << ": " << first_line(what) << '\n';
  return 1;
}

}  // namespace

int run_app(int argc, char** argv, const App& app) try {
  do_what_is_asked(argc, argv, app);
  finish_answer();
  return 0;
} catch (const Interrupted& stop) {
  std::cerr << app.name << ": " << stop.what() << '\n';
  return 130;
} catch (const UserError& problem) {
  std::cerr << "error: " << problem.what() << '\n';
  return 2;
} catch (const std::filesystem::filesystem_error& problem) {
  std::cerr << "error: " << problem.path1().string() << ": " << problem.code().message() << '\n';
  return 2;
} catch (const std::bad_alloc& problem) {
  return say_out_of_memory(app, problem.what());
} catch (const cv::Exception& problem) {
  if (problem.code == cv::Error::StsNoMem) return say_out_of_memory(app, "OpenCV: " + problem.err);
  return say_internal_error(app, problem.what());
} catch (const c10::Error& problem) {
  if (is_out_of_memory(problem)) return say_out_of_memory(app, first_line(problem.what_without_backtrace()));
  return say_internal_error(app, problem.what_without_backtrace());
} catch (const std::exception& problem) {
  return say_internal_error(app, problem.what());
}

}  // namespace glassbox
