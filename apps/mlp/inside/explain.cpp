#include <nlohmann/json.hpp>

#include "apps/mlp/inside/page.h"
#include "apps/mlp/inside/plane.h"
#include "apps/mlp/inside/trace.h"
#include "apps/mlp/verbs.h"
#include "common/base/error.h"
#include "common/base/json_text.h"
#include "common/classify/classifier.h"
#include "common/classify/classifier_report.h"
#include "common/classify/evaluate.h"
#include "common/report/format.h"
#include "common/run/run_records.h"

namespace glassbox {
extern const char* const kPageWords;
extern const char* const kTraceText;
extern const char* const kTraceScript;
extern const char* const kTraceStyle;
}  // namespace glassbox

namespace glassbox::mlp {
namespace {

/// trace.json, and the section of the page that draws it. Returns the file that was written.
std::string add_trace(HtmlPage& page, const RunFolder& run, const MlpImpl& model, const LabelledDataset& test,
                      int64_t sample) {
  require(sample < test.size(), "explain --trace: want a test sample from 0 to ", test.size() - 1, ", got ", sample);
  const Batch one = test.batch(torch::tensor({sample}));
  nlohmann::ordered_json json = {{"app", "mlp"}, {"run", run.path().string()}, {"split", "test"}, {"sample", sample}};
  json.update(trace_sample(model, test.info(), one.input[0], one.target[0].item<int64_t>()));
  run.write("trace.json", json_text(json));
  page.section({as_text("Every number of test sample ", sample), as_text("测试样本 ", sample, " 的每一个数")});
  page.data("trace-data", json.dump());
  page.place("trace");
  page.style(kTraceStyle);
  page.script(std::string(kPageWords) + kTraceText + kTraceScript);
  return run.file("trace.json").string();
}

}  // namespace

void write_report(const RunFolder& run, MlpImpl& model, const LabelledDataset& test, const Predictions& answers) {
  const std::vector<Look> looks = read_looks(run, watched_of(model));
  write_classifier_report(run, test, answers, [&](HtmlPage& page) { add_inside(page, model, test, looks); });
}

void explain(Session& session) {
  Trained trained = load_trained(session);
  const DataSplits data = open_data(trained.experiment.data, session.data_folders(), uint64_t(trained.experiment.seed));
  const RunFolder run = RunFolder::open(session.options().run, /*to_continue=*/false);
  require_same_data(run, sources_of(data));
  require_same_samples(trained.info, data.info(), trained.checkpoint);
  const DataLoader loader = scoring_loader(data.test);
  const auto forward = [&](const Batch& batch) { return trained.model->forward(batch.input); };
  const Predictions answers = predict_all(forward, loader, session.device());
  const std::vector<Look> looks = read_looks(run, watched_of(*trained.model));

  HtmlPage page =
      begin_explain_page(trained.experiment.name, data, answers, count_parameters(*trained.model), looks.size());
  std::vector<std::string> traces;
  if (session.options().trace >= 0) {
    traces.push_back(add_trace(page, run, *trained.model, *data.test, session.options().trace));
  }
  add_inside(page, *trained.model, *data.test, looks);
  add_test_scores(page, answers, data.info().classes);
  add_cases(page, *data.test, answers, /*count=*/24);
  page.write(run.file("explain.html"));

  const std::string file = run.file("explain.html").string();
  const nlohmann::ordered_json json = {
      {"app", "mlp"}, {"run", session.options().run.string()}, {"page", file}, {"traces", traces}};
  std::string text = "page " + file + "\n";
  for (const std::string& trace : traces) text += "numbers " + trace + "\n";
  session.answer(json_text(json), text);
}

}  // namespace glassbox::mlp
