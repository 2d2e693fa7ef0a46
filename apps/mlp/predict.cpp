#include "apps/mlp/verbs.h"
#include "common/base/error.h"
#include "common/classify/answers.h"
#include "common/classify/predict_images.h"
#include "common/classify/table.h"

namespace glassbox::mlp {
namespace {

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

/// An answer for each row of a CSV file, plain or gzip.
void predict_rows(const std::string& file, const Trained& trained, torch::Device device, Answers& answers) {
  const DataConfig& data = trained.experiment.data;
  const CsvTable table = read_csv(file, {data.separator, data.header, data.label, trained.info.columns});
  const torch::Tensor rows =
      normalise(numbers_of(table, feature_columns(table, trained.info, file), file), trained.info);  // [N, columns]
  const auto name = [&](int64_t i) { return as_text(file, ":", table.line(size_t(i))); };
  for (int64_t i = 0; i < rows.size(0); ++i) {
    require(torch::isfinite(rows[i]).all().item<bool>(), file, ", line ", table.line(size_t(i)),
            ": too far from the numbers the network was trained on");
  }
  const c10::InferenceMode no_graph;
  constexpr int64_t kMostAtOnce = 1 << 26;  // activations
  const int64_t activations = size_of(trained.info, trained.experiment.model).activations;
  int64_t i = 0;
  for (const torch::Tensor& some : rows.split(std::max<int64_t>(1, kMostAtOnce / activations))) {
    for (const Answer& own : answers_of(trained.model.ptr()->forward(some.to(device)))) {
      answers.add(name(i), own);
      answers.say(name(i++) + "  " + answers.label(own));
    }
  }
}

}  // namespace

void predict(Session& session) {
  const Trained trained = load_trained(session);
  if (trained.info.is_image()) {
    predict_images(session, trained.info,
                   [&](const torch::Tensor& batch) { return trained.model.ptr()->forward(batch); });
    return;
  }
  Answers answers(session, trained.info.classes);
  for (const std::string& file : session.options().inputs) predict_rows(file, trained, session.device(), answers);
  answers.finish(session);
}

}  // namespace glassbox::mlp
