#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/cnn/inside/checks_page.h"
#include "apps/cnn/inside/explained.h"
#include "apps/cnn/inside/page.h"
#include "apps/cnn/inside/receptive.h"
#include "apps/cnn/inside/watched.h"
#include "apps/cnn/verbs.h"
#include "common/base/error.h"
#include "common/base/json_text.h"
#include "common/classify/classifier.h"
#include "common/classify/classifier_report.h"
#include "common/classify/image_input.h"
#include "common/report/format.h"
#include "common/run/run_records.h"
#include "common/vision/find_images.h"
#include "common/vision/video.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;
using Json = nlohmann::ordered_json;

Explained test_sample(const LabelledDataset& test, int64_t place) {
  require(place < test.size(), "explain --trace: want a test sample from 0 to ", test.size() - 1, ", got ", place);
  const Batch one = test.batch(torch::tensor({place}));
  return {
      {as_text("test sample ", place), as_text("测试样本 ", place)}, one.input[0], one.target[0].item<int64_t>(), 0, 0};
}

/// The first that is right, and the one whose true class got the least probability, if it is wrong.
std::vector<int64_t> telling_samples(const Predictions& answers) {
  const Tensor right = answers.logits.argmax(1).eq(answers.targets);
  const Tensor own =
      torch::log_softmax(answers.logits.to(torch::kFloat64), 1).gather(1, answers.targets.unsqueeze(1)).squeeze(1);
  std::vector<int64_t> chosen;
  if (right.any().item<bool>()) chosen.push_back(right.to(torch::kInt64).argmax().item<int64_t>());
  const auto worst = own.argmin().item<int64_t>();
  if (!right[worst].item<bool>()) chosen.push_back(worst);
  return chosen;
}

/// The files that were named, or the sample of --trace, or two samples of the test set that tell most.
std::vector<Explained> images_to_explain(const Options& options, const DatasetInfo& info, const LabelledDataset& test,
                                         const Predictions& answers) {
  std::vector<Explained> images;
  if (!options.inputs.empty()) {
    for (const std::filesystem::path& file : list_images(options.inputs))
      images.push_back({file.filename().string(), read_input(file, info), -1, 0, 0});
  }
  if (options.trace >= 0) images.push_back(test_sample(test, options.trace));
  if (!images.empty()) return images;
  for (const int64_t place : telling_samples(answers)) images.push_back(test_sample(test, place));
  return images;
}

Json fields_json(const NetworkImpl& model) {
  Json json = Json::array();
  const std::vector<ReceptiveField> fields = receptive_fields(model);
  for (size_t i = 0; i < fields.size(); ++i) {
    json.push_back({{"layer", model.layers()[i].line.text},
                    {"size", {fields[i].y.size, fields[i].x.size}},
                    {"jump", {fields[i].y.jump, fields[i].x.jump}},
                    {"first", {fields[i].y.first, fields[i].x.first}}});
  }
  return json;
}

Json shifts_json(const ShiftAccuracy& shifts) {
  return {{"network", shifts.network},
          {"mlp", shifts.mlp},
          {"mlp_parameters", shifts.mlp_parameters},
          {"images", shifts.images},
          {"seconds", shifts.seconds}};
}

}  // namespace

void explain(Session& session) {
  const Options& options = session.options();
  for (const std::string& input : options.inputs)
    require(!is_camera(input) && !has_video_name(input), "explain: want images, got ", input,
            "; videos and cameras are for predict, which can save images (--output)");
  Trained trained = load_trained(session);
  NetworkImpl& model = *trained.model;
  const DataSplits data = open_data(trained.experiment.data, session.data_folders(), uint64_t(trained.experiment.seed));
  const RunFolder run = RunFolder::open(options.run, /*to_continue=*/false);
  require_same_data(run, sources_of(data));
  require_same_samples(trained.info, data.info(), trained.checkpoint);
  const DataLoader loader = scoring_loader(data.test);
  const Predictions answers = predict_all(scoring_forward(model, trained.experiment), loader, session.device());
  const std::vector<Look> looks = read_looks(run, watched_of(model));

  HtmlPage page = begin_explain_page(trained.experiment.name, data, answers, count_parameters(model), looks.size());
  const std::string file = run.file("explain.html").string(), numbers = run.file("explain.json").string();
  Json json = {
      {"app", "cnn"}, {"run", options.run.string()}, {"page", file}, {"numbers", numbers}, {"inputs", Json::array()}};
  std::vector<Explained> images = images_to_explain(options, trained.info, *data.test, answers);
  for (Explained& image : images) {
    ask_network(model, trained.experiment.test_time, image);
    json["inputs"].push_back(add_explained(page, model, trained.info, image));
  }
  add_arithmetic(page, model, images);
  json["randomisation"] = add_sanity(page, model, *data.test, images.front());
  const ShiftAccuracy shifts = shifts_of_run(run, model, data, session.device());
  add_shifts(page, shifts, count_parameters(model));
  json["shifts"] = shifts_json(shifts);
  json["receptive_fields"] = fields_json(model);
  add_inside(page, model, *data.test, looks);
  add_test_scores(page, answers, data.info().classes);
  add_cases(page, *data.test, answers, /*count=*/24);
  page.write(run.file("explain.html"));
  run.write("explain.json", json_text(json));
  session.answer(json_text(json), "page " + file + "\nnumbers " + numbers + "\n");
}

}  // namespace glassbox::cnn
