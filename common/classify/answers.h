/// What predict says: each answer at once as a line of text, or with --json all of them as one object at the end.
#pragma once

#include <torch/types.h>

#include <string>
#include <utility>
#include <vector>

#include "common/run/session.h"

namespace glassbox {

/// A classifier's answer to one sample.
struct Answer {
  std::vector<double> probabilities;  ///< one a class
  size_t best = 0;                    ///< the class with the highest
};

/// Logits [N, K] become N answers.
std::vector<Answer> answers_of(const torch::Tensor& logits);

class Answers {
 public:
  Answers(const Session& session, std::vector<std::string> classes);

  /// "cat  97.3 %"
  std::string label(const Answer& answer) const;
  /// Keeps it for --json; text is said by say().
  void add(const std::string& input, const Answer& answer);
  void say(const std::string& line) const;
  /// Counts what is left out; `aloud`: with a line on stderr.
  void skip(const std::string& input, const std::string& why, bool aloud);
  /// Ends the text with the number of what was left out, or prints the object.
  void finish(Session& session);

 private:
  std::vector<std::string> classes_;
  bool wants_json_;
  std::vector<std::pair<std::string, Answer>> predictions_;   // with --json
  std::vector<std::pair<std::string, std::string>> skipped_;  // with --json: input, reason
  int64_t skips_ = 0;
};

}  // namespace glassbox
