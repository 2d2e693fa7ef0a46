/// The experiments in configs/cnn: each is read, replays from what a run keeps of it, and its network can be built.
#include "apps/cnn/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "apps/cnn/model.h"
#include "tests/common/presets.h"

namespace glassbox::cnn {
namespace {

namespace fs = std::filesystem;

Experiment read_from(Config& config) {
  Experiment ask;
  ask.read(config.root());
  config.finish();
  return ask;
}

TEST(CnnPresets, EachParsesAndItsNetworkIsBuilt) {
  const std::map<std::string, std::vector<int64_t>> shapes = {
      {"digits", {1, 20, 20}}, {"mnist", {1, 28, 28}}, {"fashion_mnist", {1, 28, 28}}, {"cifar10", {3, 32, 32}}};
  ASSERT_GE(presets_in("configs/cnn").size(), 10u);
  for (const fs::path& file : presets_in("configs/cnn")) {
    ASSERT_EQ(file.extension(), ".json");
    Config config = Config::from_file(file);
    const Experiment ask = read_from(config);
    EXPECT_EQ(ask.name, file.stem().string());
    EXPECT_EQ(ask.model.ignored_fields(), std::vector<std::string>{}) << file;
    EXPECT_EQ(ask.data.ignored_fields(), std::vector<std::string>{}) << file;
    const bool folder = ask.data.name == "image_folder";
    ASSERT_TRUE(folder || shapes.count(ask.data.name) > 0) << file << ": " << ask.data.name;
    const std::vector<int64_t> shape =
        folder ? std::vector<int64_t>{ask.data.channels, ask.data.image_size, ask.data.image_size}
               : shapes.at(ask.data.name);
    EXPECT_EQ(Network(shape, 10, ask.model)->layers().back().out, (std::vector<int64_t>{10})) << file;
  }
}

TEST(CnnPresets, EachReplaysFromItsCompleteJson) {
  for (const fs::path& file : presets_in("configs/cnn")) expect_replays<Experiment>(file);
}

}  // namespace
}  // namespace glassbox::cnn
