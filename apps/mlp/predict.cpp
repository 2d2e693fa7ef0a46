#include <nlohmann/json.hpp>

#include "apps/mlp/verbs.h"
#include "common/base/error.h"
#include "common/base/json_text.h"
#include "common/classify/image_input.h"
#include "common/classify/table.h"
#include "common/report/format.h"

namespace glassbox::mlp {
namespace fs = std::filesystem;
namespace {

/// What the network shall look at: names, and float32 [N, ...] normalised.
struct Inputs {
  std::vector<std::string> names;
  std::vector<torch::Tensor> samples;
};

Inputs read_images(const std::vector<std::string>& inputs, const DatasetInfo& info) {
  Inputs read;
  for (const fs::path& file : list_images(inputs)) {
    read.names.push_back(file.string());
    read.samples.push_back(read_input(file, info));
  }
  return read;
}

/// Columns by name where the file has a header, else all of them in order.
std::vector<size_t> feature_columns(const CsvTable& table, const DatasetInfo& info, const std::string& source) {
  std::vector<size_t> columns;
  if (!table.header().empty()) {
    for (const std::string& name : info.columns) columns.push_back(table.column(name, source));
    return columns;
  }
  require(int64_t(table.columns()) == info.features(), source, ": want ", info.features(),
          " columns, as in training (or a header with their names), got ", table.columns());
  for (size_t i = 0; i < table.columns(); ++i) columns.push_back(i);
  return columns;
}

Inputs read_rows(const std::vector<std::string>& inputs, const DatasetInfo& info, const DataConfig& data) {
  Inputs read;
  for (const std::string& file : inputs) {
    const CsvTable table = read_csv(file, {data.separator, data.header, data.label, info.columns});
    const torch::Tensor rows = normalise(numbers_of(table, feature_columns(table, info, file), file), info);
    for (int64_t i = 0; i < rows.size(0); ++i) {
      require(torch::isfinite(rows[i]).all().item<bool>(), file, ", line ", table.line(size_t(i)),
              ": too far from the numbers the network was trained on");
      read.names.push_back(as_text(file, ":", table.line(size_t(i))));
      read.samples.push_back(rows[i]);
    }
  }
  return read;
}

}  // namespace

void predict(Session& session) {
  Trained trained = load_trained(session);
  const auto& files = session.options().inputs;
  const Inputs inputs = trained.info.is_image() ? read_images(files, trained.info)
                                                : read_rows(files, trained.info, trained.experiment.data);
  const c10::InferenceMode no_graph;
  const torch::Tensor batch = torch::stack(inputs.samples).to(session.device());
  const torch::Tensor probabilities = torch::softmax(trained.model->forward(batch).cpu(), 1);  // [N, K]

  nlohmann::ordered_json json = {
      {"app", "mlp"}, {"run", session.options().run.string()}, {"predictions", nlohmann::ordered_json::array()}};
  std::string text;
  for (size_t i = 0; i < inputs.names.size(); ++i) {
    const torch::Tensor own = probabilities[int64_t(i)];
    const auto best = size_t(own.argmax().item<int64_t>());
    const double probability = own.max().item<double>();
    nlohmann::ordered_json each;
    for (size_t k = 0; k < trained.info.classes.size(); ++k)
      each[trained.info.classes[k]] = own[int64_t(k)].item<double>();
    json["predictions"].push_back({{"input", inputs.names[i]},
                                   {"class", trained.info.classes[best]},
                                   {"probability", probability},
                                   {"probabilities", each}});
    text += inputs.names[i] + "  " + trained.info.classes[best] + "  " + format_percent(probability) + "\n";
  }
  session.answer(json_text(json), text);
}

}  // namespace glassbox::mlp
