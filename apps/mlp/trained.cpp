#include <iostream>
#include <nlohmann/json.hpp>

#include "apps/mlp/engine.h"
#include "apps/mlp/verbs.h"
#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/json_text.h"
#include "common/base/strict_json.h"
#include "common/classify/evaluate.h"
#include "common/classify/trained.h"
#include "common/report/format.h"
#include "common/run/run_records.h"
#include "common/train/checkpoint.h"

namespace glassbox::mlp {
namespace fs = std::filesystem;
namespace {

/// Units set by hand are their own description.
void describe_units(const Session& session, const Experiment& ask) {
  std::string text;
  for (const std::string& unit : ask.model.units) text += unit + "\n";
  session.answer(json_text({{"name", ask.name}, {"units", ask.model.units}}), text);
}

/// Baselines are several networks, and units set by hand are none. What cannot be read is complained of later.
void require_one_network(const RunFolder& run) {
  const auto config =
      parse_strict_json(run.read("config.json"), run.file("config.json").string(), JsonComments::kAllowed);
  const auto text = [&](const char* place) {
    const nlohmann::json::json_pointer pointer(place);
    return config.contains(pointer) && config[pointer].is_string() ? config[pointer].get<std::string>() : "";
  };
  const std::string path = run.path().string();
  require(verb_of_run(run) != "baselines", "opening ", path, ": it compares methods; its networks are in ",
          run.file("network").string(), " and ", run.file("softmax_regression").string());
  require(text("/model/name") != "threshold_units", "opening ", path,
          ": its units were set by hand, there is no network that learned; see ", run.file("report.html").string());
}

}  // namespace

Trained load_trained(const Session& session) {
  const RunFolder run = RunFolder::open(session.options().run, /*to_continue=*/false);
  require_one_network(run);
  return load_weights(best_of_run(session), session.device());
}

Trained load_weights(const FileAt& checkpoint, torch::Device device) {
  const auto found = read_trained<Experiment>(checkpoint, "mlp");
  const int64_t bytes_a_number = found.experiment.precision == "float64" ? 8 : 4;
  require_holds(found.tensor_bytes, size_of(found.info, found.experiment.model), bytes_a_number, checkpoint.string());
  Trained trained{found.experiment, found.info, make_model(found.info, found.experiment, device), checkpoint.string()};
  load_into(state_dict(*trained.model), checkpoint);
  trained.model->eval();
  return trained;
}

void eval(Session& session) {
  Trained trained = load_trained(session);
  const DataSplits data = open_data(trained.experiment.data, session.data_folders(), uint64_t(trained.experiment.seed));
  eval_classifier(session, data, trained.info, forward_of(*trained.model, trained.experiment.engine));
}

void describe(Session& session) {
  const auto ask = session.read<Experiment>();
  if (ask.model.name == "threshold_units") return describe_units(session, ask);
  const DatasetInfo info = describes_trained(session.options())
                               ? load_trained(session).info
                               : open_data(ask.data, session.data_folders(), uint64_t(ask.seed)).info();
  describe_classifier(session, ask.name, info, describe_layers(info, ask.model), memories_of(ask.optimizer));
}

}  // namespace glassbox::mlp
