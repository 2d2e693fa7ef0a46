/// Any text as an experiment file. Overrides follow it, each after a NUL byte.
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/base/error.h"
#include "tests/fuzz/expect.h"

namespace glassbox {
namespace {

/// Reads one field of each kind; returns what the run would write as its config.json.
std::string read_all(Config& config) {
  std::string name = "run", kind = "adam", source = "none";
  double rate = 1e-3, fraction = 0.5;
  int64_t epochs = 10;
  bool shuffle = true;
  std::vector<int64_t> hidden = {256, 128};
  std::vector<std::string> metrics = {"accuracy"};

  ConfigReader json = config.root();
  json.field("name", name, any_text(), "name");
  json.field("hidden", hidden, at_least(1), "units");
  json.required("source", source, any_text(), "origin");
  ConfigReader train = json.section("train", "how");
  train.field("kind", kind, one_of({"sgd", "adam"}), "rule");
  train.field("rate", rate, greater_than(0), "step");
  train.field("fraction", fraction, between(0, 1), "fraction");
  train.field("epochs", epochs, at_least(1), "passes");
  train.field("shuffle", shuffle, "order");
  train.section("more", "deeper").field("metrics", metrics, one_of({"accuracy", "f1"}), "measured");
  return config.complete_json();
}

void try_config(const std::string& text, const std::vector<std::string>& overrides) {
  Config config = Config::from_text(text, "x.json", overrides);
  const std::string complete = read_all(config);
  expect(!config.docs().empty() && !config.schema_json().empty(), "docs and schema can be written");
  expect(config.differences().size() < 10 * (text.size() + 1000), "differences are short");

  Config again = Config::from_text(complete, "config.json");
  expect(read_all(again) == complete, "config.json replays the run, even after problems");
  again.finish();
  config.finish();
}

}  // namespace
}  // namespace glassbox

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < size; ++i) {
    if (data[i] == 0) parts.emplace_back();
    if (data[i] != 0) parts.back() += char(data[i]);
  }
  const std::string text = parts[0];
  parts.erase(parts.begin());
  try {
    glassbox::try_config(text, parts);
  } catch (const glassbox::UserError&) {
  }
  return 0;
}
