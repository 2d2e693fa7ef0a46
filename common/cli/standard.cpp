#include "common/cli/standard.h"

#include "common/base/error.h"
#include "common/cli/options.h"

namespace glassbox {
namespace {

Flags operator+(Flags flags, const Flags& more) {
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

Flag config_flag() { return text_flag("config", "FILE", "the experiment, a JSON file (see configs/)"); }

Flag set_flag() {
  Flag flag = text_flag("set", "PATH=VALUE", "changes one field of it: --set train.epochs=3 --set data.batch_size=64");
  flag.repeated = true;
  return flag;
}

Flag seed_flag() { return number_flag("seed", "N", "instead of the experiment's seed", 0); }

Flag new_run_flag() {
  return text_flag("run", "DIR", "the folder to write; default runs/APP/NAME, numbered if it exists");
}

/// An experiment, or a run that was stopped and goes on in its own folder.
void require_config_or_resume(const Options& options) {
  const std::string& verb = options.verb;
  require(options.config.empty() != options.resume.empty(), verb, ": want either --config FILE or --resume DIR, got ",
          options.config.empty() ? "neither" : "both");
  if (options.resume.empty()) return;
  require(options.run.empty(), verb, ": --resume goes on in the run's own folder; leave out --run");
  require(!options.dry_run, verb, ": --dry-run begins anew and keeps nothing; leave out --resume");
}

}  // namespace

const char* const kAppExitCodes =
    "Exit codes: 0 done; 1 our failure; 2 you can mend it; 130 interrupted, go on with --resume.\n";

Verb train_verb(const Flags& own) {
  Flags flags = {config_flag(),
                 set_flag(),
                 seed_flag(),
                 new_run_flag(),
                 text_flag("resume", "DIR",
                           "instead of --config: goes on with a run that was stopped;\n"
                           "--set train.epochs=N may raise its epochs"),
                 on_off_flag("dry-run", "one batch of everything, nothing kept")};
  return {"train",
          "learns what an experiment asks for and leaves a run's folder",
          {},
          flags + own,
          /*begins_run=*/true,
          require_config_or_resume};
}

Verb eval_verb(const Flags& own) {
  const Flag split = choice_flag("split", "PART", {"train", "val", "test"}, "the part of the data; test unless given");
  return {"eval", "scores a trained network", {}, Flags{trained_run_flag(), split} + own};
}

Verb predict_verb(const InputWords& inputs, const Flags& own) {
  return {"predict", "a trained network's answers", inputs, Flags{trained_run_flag()} + own};
}

Verb explain_verb(const InputWords& inputs, const Flags& own) {
  const Flag trace = number_flag("trace", "N", "test sample N: how each number of its answer was made", 0);
  return {"explain", "a page of what happens inside a trained network", inputs, Flags{trained_run_flag(), trace} + own};
}

Verb describe_verb(const Flags& own) {
  Flags flags = {config_flag(),
                 set_flag(),
                 seed_flag(),
                 text_flag("run", "DIR", "instead of --config: an experiment that was run"),
                 on_off_flag("config-docs", "every field: default, accepted values, meaning"),
                 on_off_flag("schema", "the same as a JSON Schema"),
                 on_off_flag("diff", "what differs from the defaults")};
  return {"describe", "layers, shapes, parameters, FLOPs and memory, or the fields of an experiment", {}, flags + own};
}

Verb sweep_verb(const Flags& own) {
  Flags flags = train_verb().flags;
  flags.push_back(text_flag("over", "PATH=V;V", "one field at several values: --over \"model.hidden=[8];[64]\""));
  flags.push_back(numbers_flag("seeds", "N,N", "each with several seeds: mean and standard deviation", 0));
  return {"sweep",
          "an experiment several times, compared in one report",
          {},
          flags + own,
          /*begins_run=*/true,
          require_config_or_resume};
}

Flags experiment_flags(const Flags& own) {
  return Flags{required(config_flag()), set_flag(), seed_flag(), new_run_flag()} + own;
}

Flag trained_run_flag() {
  return required(text_flag("run", "DIR", "the folder of a trained network"),
                  "--run with the folder of a trained network");
}

Flags common_flags() {
  return {data_flag(),
          text_flag("device", "NAME", "auto (default), cpu, cuda or cuda:N"),
          number_flag("threads", "N", "default: one a core", 1, 1024),
          json_flag(),
          on_off_flag("quiet", "no progress, warnings and errors only", "q"),
          help_flag(),
          version_flag()};
}

Flag data_flag() { return text_flag("data", "DIR", "where the data sets are; default $GLASSBOX_DATA, then data/"); }
Flag json_flag() { return on_off_flag("json", "the answer as exactly one JSON object on stdout"); }
Flag help_flag() { return on_off_flag("help", "this text", "h"); }
Flag version_flag() { return on_off_flag("version", "versions of this program and its libraries"); }

}  // namespace glassbox
