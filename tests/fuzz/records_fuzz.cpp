/// Any text as one of a run's records: saved progress ("p" in front), a look ("l"), a summary or a line of metrics.
#include <cmath>
#include <string>

#include "common/base/error.h"
#include "common/base/json_record.h"
#include "common/inside/look_file.h"
#include "common/train/progress.h"
#include "tests/fuzz/expect.h"

namespace glassbox {
namespace {

void try_progress(const std::string& text) {
  const Progress now = Progress::from_json(text, "x");
  expect(now.epoch >= 1 && now.batch >= 0 && now.step >= 0 && now.samples >= 0, "counts are counts");
  expect(now.best_epoch >= 0 && now.best_epoch <= now.epoch, "the best epoch has been");
  expect(std::isfinite(now.best) && std::isfinite(now.learning_rate), "finite numbers");
  expect(Progress::from_json(now.to_json(), "again").to_json() == now.to_json(), "progress survives");
}

void try_look(const std::string& text) {
  const Look look = look_from_line(text, "x");
  expect(look.step >= 0 && std::isfinite(look.epoch), "a step that has been");
  for (const LayerLook& layer : look.layers) {
    for (const Histogram* histogram : {&layer.gradients, &layer.activations}) {
      expect(histogram->counts.empty() || histogram->counts.size() == size_t(kBins), "all bins or none");
    }
  }
}

void try_record(const std::string& text) {
  const JsonRecord record = JsonRecord::from_text(text, "x");
  record.text("app", "");
  record.text("status", "");
  if (record.has("epochs")) expect(record.whole("epochs", 0, 1000000) <= 1000000, "within its range");
  if (record.has("test")) {
    const JsonRecord test = record.object("test");
    for (const std::string& name : test.names()) test.number_or_nan(name);
  }
}

}  // namespace
}  // namespace glassbox

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    if (data[0] == 'p') {
      glassbox::try_progress(text);
    } else if (data[0] == 'l') {
      glassbox::try_look(text);
    } else {
      glassbox::try_record(text);
    }
  } catch (const glassbox::UserError&) {
  }
  return 0;
}
