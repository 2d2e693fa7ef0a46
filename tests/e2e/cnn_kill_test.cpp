/// kill -9 of cnn with everything on that chance or memory is in: the resumed run ends with the same bits.
///
/// Two kills by default; the figure of the README comes from twenty:
///   GLASSBOX_KILLS=20 build/bin/e2e_cnn_test --gtest_filter='CnnKill.*'
#include <cstring>

#include "tests/e2e/cnn_desk.h"
#include "tests/e2e/kill.h"

namespace glassbox::e2e {
namespace {

class CnnKill : public Kill {
 protected:
  CnnKill() { app_ = "cnn"; }
  static bool has_digits() { return fs::exists(source_folder() / "data/digits/digits.png"); }

  /// 1,200 digits; about a second of training.
  std::string digits(int64_t epochs, int64_t workers) const {
    Json json = Json::parse(R"({"name": "kill", "looks": 12, "label_smoothing": 0.1, "test_time": "flip",
      "data": {"name": "digits", "keep_classes": ["1", "4", "7"], "batch_size": 32},
      "augment": {"rotate": 10, "scale": 0.1, "translate": 0.05, "pad_crop": 2, "flip": "alternating", "cutout": 4, "mixup": 0.3},
      "model": {"name": "layers", "layers": ["whiten 2x2", "conv 6 3x3 padding 1", "norm", "act relu", "pool max 2x2", "conv 8 3x3",
                "norm", "act relu", "pool max all", "dropout 0.2", "linear classes"]},
      "optimizer": {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9, "nesterov": true, "weight_decay": 0.001},
      "schedule": {"name": "one_cycle"}, "train": {"ema_decay": 0.95, "save_seconds": 0.05}})");
    json["train"]["epochs"] = epochs;
    json["data"]["workers"] = workers;
    return write("kill" + std::to_string(workers) + ".json", json.dump());
  }

  /// The numbers of a safetensors file, without its header: what the experiment says of its workers is in there.
  std::string numbers(const std::string& file) const {
    const std::string bytes = read(file);
    uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    return bytes.substr(8 + length);
  }

  void expect_same_numbers(const std::string& run, const std::string& want) const {
    for (const char* file : {"/checkpoints/last.safetensors", "/checkpoints/best.safetensors"}) {
      EXPECT_TRUE(numbers(run + file) == numbers(want + file)) << run << file;
    }
    EXPECT_EQ(outcome(here_ / run).at("metrics.jsonl"), outcome(here_ / want).at("metrics.jsonl")) << run;
  }
};

TEST_F(CnnKill, WithAugmentationAveragesDropoutAndBatchNorm) {
  SKIP_WITHOUT_DIGITS();
  expect_survives(digits(/*epochs=*/6, /*workers=*/1), number_from("GLASSBOX_KILLS", 2));
}

TEST_F(CnnKill, AnotherNumberOfWorkersGoesOnToTheSameNumbers) {
  SKIP_WITHOUT_DIGITS();
  train({"--config", digits(4, 0), "--run", "whole"});
  const std::string config = digits(4, 1);
  ASSERT_TRUE(start_and_kill({"--config", config, "--run", "run"}, 0.3));
  std::string text = read("run/config.json");
  const size_t workers = text.find("\"workers\": 1");
  ASSERT_NE(workers, std::string::npos) << text;
  write("run/config.json", text.replace(workers, 12, "\"workers\": 3"));
  train({"--resume", "run"});
  expect_same_numbers("run", "whole");
  expect_no_litter();
}

}  // namespace
}  // namespace glassbox::e2e
