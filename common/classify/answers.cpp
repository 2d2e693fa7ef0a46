#include "common/classify/answers.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "common/base/error.h"
#include "common/base/json_text.h"
#include "common/base/shown.h"
#include "common/report/format.h"

namespace glassbox {

std::vector<Answer> answers_of(const torch::Tensor& logits) {
  const torch::Tensor probabilities = torch::softmax(logits, 1).cpu().to(torch::kFloat64).contiguous();  // [N, K]
  const double* row = probabilities.data_ptr<double>();
  const int64_t classes = probabilities.size(1);
  std::vector<Answer> answers;
  for (int64_t i = 0; i < probabilities.size(0); ++i, row += classes) {
    answers.push_back({{row, row + classes}, size_t(std::max_element(row, row + classes) - row)});
  }
  return answers;
}

Answers::Answers(const Session& session, std::vector<std::string> classes)
    : classes_(std::move(classes)), wants_json_(session.options().json) {}

std::string Answers::label(const Answer& answer) const {
  return classes_[answer.best] + "  " + format_percent(answer.probabilities[answer.best]);
}

void Answers::add(const std::string& input, const Answer& answer) {
  if (wants_json_) predictions_.emplace_back(input, answer);
}

void Answers::say(const std::string& line) const {
  if (!wants_json_) std::cout << shown(line, line.size()) << std::endl;  // a file may be called as two lines
}

void Answers::skip(const std::string& input, const std::string& why, bool aloud) {
  ++skips_;
  if (wants_json_) skipped_.emplace_back(input, why);
  if (aloud) std::cerr << "skipped: " << printable_message(why) << "\n";
}

void Answers::finish(Session& session) {
  if (skips_ > 0) say(as_text("skipped ", skips_, skips_ == 1 ? " image" : " images", ", see above"));
  nlohmann::ordered_json json = {{"app", session.app()}, {"run", session.options().run.string()}};
  json["predictions"] = json["skipped"] = nlohmann::ordered_json::array();
  for (const auto& [input, answer] : predictions_) {
    nlohmann::ordered_json each;
    for (size_t k = 0; k < classes_.size(); ++k) each[classes_[k]] = answer.probabilities[k];
    json["predictions"].push_back({{"input", input},
                                   {"class", classes_[answer.best]},
                                   {"probability", answer.probabilities[answer.best]},
                                   {"probabilities", each}});
  }
  for (const auto& [input, why] : skipped_) json["skipped"].push_back({{"input", input}, {"reason", why}});
  session.answer(json_text(json), /*text=*/"");
}

}  // namespace glassbox
