/// The fixture of the tests that kill: kill -9 at random moments, then resume.
/// The moments follow from a seed that is printed; GLASSBOX_KILL_SEED=N repeats them.
#pragma once

#include <random>

#include "tests/e2e/long_run.h"

namespace glassbox::e2e {

inline int number_from(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? otherwise : std::atoi(text);
}

class Kill : public LongRun {
 protected:
  Kill() {
    seed_ = unsigned(number_from("GLASSBOX_KILL_SEED", int(std::random_device()() % 1000000)));
    chance_.seed(seed_);
    RecordProperty("seed", int(seed_));
    std::printf("GLASSBOX_KILL_SEED=%u\n", seed_);
  }

  /// Starts, waits until the run's folder stands, then kills at a moment of the next `seconds`. True if it was still
  /// running.
  bool start_and_kill(const Words& words, double seconds) {
    Program program(app_, Words{"train", "--quiet", "--threads", "1"} + words, around());
    EXPECT_TRUE(wait_for(program, here_ / "run/config.json"));
    const double moment = std::uniform_real_distribution<>(0, seconds)(chance_);
    std::this_thread::sleep_for(std::chrono::duration<double>(moment));
    program.send(SIGKILL);
    const Ended ended = program.wait();
    EXPECT_TRUE(ended.signal == SIGKILL || ended.code == 0)
        << "code " << ended.code << ", signal " << ended.signal << ", " << ended.err;
    return ended.signal == SIGKILL;
  }

  /// Kills the run of `config` `times` times at work, every second of them again after the resume; each must end as the
  /// whole run did.
  void expect_survives(const std::string& config, int times) {
    const double startup_s = ask({"--version"}).seconds;
    const Ended whole = train({"--config", config, "--run", "whole"});
    const auto want = outcome(here_ / "whole");
    const double training_s = std::max(0.1, whole.seconds - startup_s);
    int killed = 0, same = 0;
    for (int attempt = 0; killed < times && attempt < 5 * times; ++attempt) {
      fs::remove_all(here_ / "run");
      if (!start_and_kill({"--config", config, "--run", "run"}, training_s)) continue;  // it had ended: another moment
      if (killed++ % 2 == 1) start_and_kill({"--resume", "run"}, startup_s + training_s / 2);
      train({"--resume", "run"});
      expect_same_outcome(here_ / "run", want);
      same += outcome(here_ / "run") == want ? 1 : 0;
      expect_no_litter();
    }
    EXPECT_EQ(killed, times) << "most kills came after the end: make the run longer";
    EXPECT_EQ(same, times);
    std::printf("%d of %d killed runs ended with the same bits; a whole run takes %.1f s\n", same, killed, training_s);
  }

  /// Temporary files of a killed process are gone once the run has been resumed.
  void expect_no_litter() const {
    for (const auto& [name, text] : snapshot(here_ / "run")) EXPECT_EQ(name.find(".tmp"), std::string::npos) << name;
  }

  unsigned seed_;
  std::mt19937 chance_;
};

}  // namespace glassbox::e2e
