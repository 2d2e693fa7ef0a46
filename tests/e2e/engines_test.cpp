/// "engine": "by_hand" through the program: the same losses as with autograd, and runs that go on to the same bits.
#include <cmath>

#include "tests/e2e/desk.h"
#include "tests/e2e/long_run.h"

namespace glassbox::e2e {
namespace {

class Engines : public LongRun {
 protected:
  /// The largest difference of a loss in any epoch of two runs.
  double worst_difference(const std::string& one, const std::string& other) const {
    std::istringstream first(read(one + "/metrics.jsonl")), second(read(other + "/metrics.jsonl"));
    double worst = 0;
    std::string a, b;
    while (std::getline(first, a)) {
      if (!std::getline(second, b)) return INFINITY;
      for (const char* loss : {"train_loss", "val_loss"}) {
        worst =
            std::max(worst, std::abs(Json::parse(a).at(loss).get<double>() - Json::parse(b).at(loss).get<double>()));
      }
    }
    return worst;
  }
  const Words kBoth = {"--config", "long.json", "--set", "precision=float64", "--set", "train.epochs=6"};
};

TEST_F(Engines, HaveTheSameLossInEveryEpoch) {
  for (const char* model :
       {R"({"activation": "relu"})", R"({"activation": "gelu", "dropout": 0.2, "batch_norm": true})"}) {
    long_config(std::string(R"({"model": )") + model + "}");
    train(kBoth + Words{"--run", std::string("autograd") + model[16]});
    train(kBoth + Words{"--run", std::string("by_hand") + model[16], "--set", "engine=by_hand"});
    EXPECT_LE(worst_difference(std::string("autograd") + model[16], std::string("by_hand") + model[16]), 1e-5) << model;
  }
}

TEST_F(Engines, EvalOfARunByHandRepeatsItsScores) {
  long_config();
  train(kBoth + Words{"--run", "run", "--set", "engine=by_hand"});
  const Ended ended = mlp({"eval", "--run", "run", "--json", "--quiet"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Json scores = Json::parse(ended.out), summary = read_json("run/summary.json");
  EXPECT_EQ(scores.at("loss"), summary.at("test").at("loss"));
  EXPECT_EQ(scores.at("accuracy"), summary.at("test").at("accuracy"));
}

TEST_F(Engines, ARunByHandThatWasStoppedGoesOnToTheSameBits) {
  long_config(R"({"engine": "by_hand", "model": {"dropout": 0.2, "batch_norm": true}, "train": {"epochs": 20}})");
  train({"--config", "long.json", "--run", "whole"});
  Program program("mlp", {"train", "--config", "long.json", "--run", "run", "--threads", "1"}, around());
  ASSERT_TRUE(wait_for(program, here_ / "run/checkpoints/state.safetensors"));
  program.send(SIGINT);
  EXPECT_EQ(program.wait().code, 130);
  train({"--resume", "run"});
  expect_same_outcome(here_ / "run", outcome(here_ / "whole"));
}

TEST_F(Engines, WhatCannotBeDoneByHandIsSaidBeforeAnyWork) {
  expect_refused({"train", "--config", moons(), "--set", "engine=by_hand", "--set", "optimizer.name=sgd", "--set",
                  "optimizer.nesterov=true"},
                 {"optimizer.nesterov: want false with engine \"by_hand\""});
}

}  // namespace
}  // namespace glassbox::e2e
