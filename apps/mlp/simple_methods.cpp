#include "apps/mlp/simple_methods.h"

#include <chrono>
#include <opencv2/ml.hpp>

#include "common/base/error.h"
#include "common/base/stop.h"
#include "common/report/format.h"

namespace glassbox::mlp {
namespace {

struct Clock {
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(); }
};

/// All samples of a part, as OpenCV wants them.
struct Table {
  torch::Tensor input, target;  // float32 [N, F], int64 [N]
  cv::Mat rows, labels;         // the same memory; labels int32 [N, 1]

  explicit Table(const LabelledDataset& part) {
    const Batch all = part.batch(torch::arange(part.size()));
    input = all.input.flatten(1).contiguous();
    target = all.target;
    rows = cv::Mat(int(input.size(0)), int(input.size(1)), CV_32F, input.data_ptr<float>());
    labels = cv::Mat(int(input.size(0)), 1, CV_32S);
    for (int i = 0; i < labels.rows; ++i) labels.at<int>(i) = int(target[i].item<int64_t>());
  }
};

double fraction_right(const torch::Tensor& answers, const torch::Tensor& target) {
  return answers.eq(target).to(torch::kFloat64).mean().item<double>();
}

/// The class that most of the first k neighbours have; of several, the one whose nearest member is nearest.
/// neighbours: float [N, at least k] of labels, the nearest first. Returns int64 [N].
torch::Tensor vote(const cv::Mat& neighbours, int k, int64_t classes) {
  torch::Tensor answers = torch::empty({neighbours.rows}, torch::kInt64);
  for (int i = 0; i < neighbours.rows; ++i) {
    std::vector<int> votes(static_cast<size_t>(classes), 0);
    for (int j = 0; j < k; ++j) ++votes[size_t(neighbours.at<float>(i, j))];
    const int most = *std::max_element(votes.begin(), votes.end());
    int j = 0;
    while (votes[size_t(neighbours.at<float>(i, j))] != most) ++j;
    answers[i] = int64_t(neighbours.at<float>(i, j));
  }
  return answers;
}

cv::Mat neighbours_of(const cv::Ptr<cv::ml::KNearest>& method, const cv::Mat& rows, int k) {
  cv::Mat results, neighbours;
  if (stop_requested()) throw Interrupted("stopped while looking for neighbours");
  method->findNearest(rows, k, results, neighbours);
  return neighbours;
}

cv::Ptr<cv::ml::SVM> train_svm(const Table& train, int kernel, double c, double gamma) {
  if (stop_requested()) throw Interrupted("stopped while training a support vector machine");
  auto svm = cv::ml::SVM::create();
  svm->setType(cv::ml::SVM::C_SVC);
  svm->setKernel(kernel);
  svm->setC(c);
  svm->setGamma(gamma);
  svm->setTermCriteria({cv::TermCriteria::MAX_ITER + cv::TermCriteria::EPS, 20000, 1e-3});
  svm->train(train.rows, cv::ml::ROW_SAMPLE, train.labels);
  return svm;
}

torch::Tensor ask_svm(const cv::Ptr<cv::ml::SVM>& svm, const Table& part) {
  cv::Mat said;
  svm->predict(part.rows, said);
  return torch::from_blob(said.data, {said.rows}, torch::kFloat32).to(torch::kInt64);
}

}  // namespace

SimpleAnswers nearest_neighbours(const DataSplits& data) {
  const Table train(*data.train), val(*data.val), test(*data.test);
  const auto classes = int64_t(data.info().classes.size());
  SimpleAnswers best;
  best.learned_from = train.target.size(0);
  best.numbers = train.input.numel();
  const Clock learning;
  auto method = cv::ml::KNearest::create();
  method->train(train.rows, cv::ml::ROW_SAMPLE, train.labels);
  const int most = int(std::min<int64_t>(9, train.target.size(0)));
  const cv::Mat near_val = neighbours_of(method, val.rows, most);
  int best_k = 1;
  double best_score = -1;
  for (int k = 1; k <= most; k += 2) {
    const double score = fraction_right(vote(near_val, k, classes), val.target);
    if (score > best_score) best_k = k, best_score = score;
  }
  best.learn_seconds = learning.seconds();
  const Clock answering;
  best.answers = vote(neighbours_of(method, test.rows, best_k), best_k, classes);
  best.answer_seconds = answering.seconds();
  best.settings = as_text("k = ", best_k);
  return best;
}

SimpleAnswers support_vectors(const DataSplits& data, const std::string& kernel, int64_t most_samples) {
  const Table train(*first_samples(data.train, most_samples)), val(*data.val), test(*data.test);
  const bool rbf = kernel == "rbf";
  const std::vector<double> cs = rbf ? std::vector<double>{1, 10} : std::vector<double>{0.001, 0.01, 0.1, 1};
  const std::vector<double> scales = rbf ? std::vector<double>{0.1, 0.3, 1} : std::vector<double>{1};
  SimpleAnswers best;
  best.learned_from = train.target.size(0);
  cv::Ptr<cv::ml::SVM> best_svm;
  double best_score = -1;
  const Clock learning;
  for (double c : cs) {
    for (double scale : scales) {
      const double gamma = scale / double(train.input.size(1));
      const auto svm = train_svm(train, rbf ? cv::ml::SVM::RBF : cv::ml::SVM::LINEAR, c, gamma);
      const double score = fraction_right(ask_svm(svm, val), val.target);
      if (score <= best_score) continue;
      best_score = score;
      best_svm = svm;
      best.settings = as_text("C = ", c, rbf ? as_text(", gamma = ", format_number(gamma, 2)) : "");
    }
  }
  best.learn_seconds = learning.seconds();
  const cv::Mat vectors = best_svm->getSupportVectors();
  best.numbers = int64_t(vectors.rows) * (vectors.cols + 1);
  const Clock answering;
  best.answers = ask_svm(best_svm, test);
  best.answer_seconds = answering.seconds();
  return best;
}

}  // namespace glassbox::mlp
