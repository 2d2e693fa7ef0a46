/// Ctrl-C, SIGTERM, a closed terminal: a question that the training loop asks between two steps.
#pragma once

namespace glassbox {

/// From now on SIGINT, SIGTERM and SIGHUP only set a flag while a StopGuard lives, and end the process with 130
/// otherwise. With the flag set,
/// - SIGINT or SIGTERM half a second later or more ends the process at once (timeout(1) sends its signal twice);
/// - the process ends with 130 all the same if nobody has asked for the flag within `patience_s` seconds, since a
///   computation does not return. Checkpoints are renamed into place, so the last one is intact.
/// A pipe that nobody reads any more (`| head`, or `| tee` when Ctrl-C has ended it too) sets the flag as well, and
/// ends the process as it does any other where there is no guard. A signal that is ignored stays ignored: `nohup` wants
/// that of SIGHUP, a shell script that of SIGINT for what it starts with `&`.
void install_stop_handlers(unsigned patience_s = 10);

/// True once a signal has come. Who asks and hears so may take its time to save.
bool stop_requested();

/// While one lives, somebody asks stop_requested() often enough and saves before leaving.
class StopGuard {
 public:
  StopGuard();
  ~StopGuard();
  StopGuard(const StopGuard&) = delete;
  StopGuard& operator=(const StopGuard&) = delete;
};

}  // namespace glassbox
