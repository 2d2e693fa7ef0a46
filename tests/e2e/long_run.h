/// A run long enough to be stopped in the middle, and a way to wait for the middle.
#pragma once

#include "tests/e2e/desk.h"

namespace glassbox::e2e {

class LongRun : public Desk {
 protected:
  /// About two seconds of training on one thread of an idle machine, saved twenty times a second.
  std::string long_config(const std::string& changes = "{}", const std::string& name = "long.json") const {
    Json json =
        Json::parse(R"({"name": "long", "data": {"name": "moons", "samples": 4000, "batch_size": 32, "noise": 0.2},
                                "model": {"hidden": [64, 64]}, "train": {"epochs": 50, "save_seconds": 0.05}})");
    json.merge_patch(Json::parse(changes));
    return write(name, json.dump());
  }

  /// False if the program ends, or a minute passes, before `file` is there.
  static bool wait_for(Program& program, const fs::path& file) {
    while (!fs::exists(file)) {
      if (!program.running() || program.age() > 60) return fs::exists(file);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }
};

}  // namespace glassbox::e2e
