#include "apps/cnn/config.h"

namespace glassbox::cnn {

void Experiment::read(ConfigReader json) {
  json.field("name", name, any_text(), "names the run's folder");
  json.field("seed", seed, between(0, 9e15), "all chance in the run follows from it");
  json.field("engine", engine, one_of({"autograd", "by_hand"}), "by_hand = the functions of apps/cnn/exercise");
  json.field("looks", looks, between(0, 1000), "times the inside of the network is recorded in a run; 0 = never");
  json.field("label_smoothing", label_smoothing, from_below(0, 1),
             "fraction of a target that is spread over all classes");
  json.field("test_time", test_time, one_of({"none", "flip", "flip_shift"}),
             "views of an image whose answers are averaged when scoring");
  data.read(json.section("data", "what is learned from"));
  augment.read(json.section("augment", "how training images are varied"));
  model.read(json.section("model", "the network"));
  optimizer.read(json.section("optimizer", "the optimizer and its learning rate"));
  schedule.read(json.section("schedule", "how the learning rate changes over the run"));
  train.read(json.section("train", "how long, and what is kept"));
  sweep.read(json.section("sweep", "the same several times, for the verb sweep"));
  if (name.empty() || name.find('/') != std::string::npos || name.front() == '.') {
    json.problem("name", "want a folder's name without \"/\" and no dot in front, got \"" + name + "\"");
  }
}

}  // namespace glassbox::cnn
