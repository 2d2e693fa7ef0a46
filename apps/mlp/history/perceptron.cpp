#include "apps/mlp/history/perceptron.h"

#include <algorithm>
#include <numeric>

#include "apps/mlp/exercise/exercise.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/base/stop.h"

namespace glassbox::mlp {
namespace {

/// Looks at every sample once, in the order of pass `pass`.
int64_t learn_pass(const torch::Tensor& x, const torch::Tensor& y, int64_t pass, uint64_t seed,
                   PerceptronCourse& course) {
  std::vector<int64_t> order(size_t(x.size(0)));
  std::iota(order.begin(), order.end(), 0);
  Rng(seed, "perceptron", uint64_t(pass)).shuffle(order);
  const auto label = y.accessor<int64_t, 1>();
  int64_t mistakes = 0;
  for (int64_t place : order) {
    if (!exercise::perceptron_update(x[place], label[place], course.last.weight, course.last.bias)) continue;
    ++mistakes;
    if (course.moments.size() < PerceptronCourse::kMoments) course.moments.push_back(course.last.copy());
  }
  return mistakes;
}

/// y (w'x + b) / |(w, b)| of the worst sample.
double margin_of(const torch::Tensor& samples, const torch::Tensor& direction) {
  const double length = direction.norm().item<double>();
  return length > 0 ? torch::mv(samples, direction).min().item<double>() / length : 0;
}

}  // namespace

int64_t Perceptron::mistakes(const torch::Tensor& x, const torch::Tensor& y) const {
  return (sums(x) > 0).ne(y > 0).sum().item<int64_t>();
}

int64_t PerceptronCourse::mistakes() const {
  return std::accumulate(mistakes_of_pass.begin(), mistakes_of_pass.end(), int64_t{0});
}

PerceptronCourse learn_perceptron(const torch::Tensor& x, const torch::Tensor& y, int64_t most_passes, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  PerceptronCourse course;
  course.last = {torch::zeros({x.size(1)}, torch::kFloat64), torch::zeros({}, torch::kFloat64)};
  int64_t fewest = x.size(0) + 1;
  for (int64_t pass = 1; pass <= most_passes && !course.converged; ++pass) {
    if (stop_requested()) throw Interrupted(concat("stopped in pass ", pass, " of the perceptron"));
    course.mistakes_of_pass.push_back(learn_pass(x, y, pass, seed, course));
    course.converged = course.mistakes_of_pass.back() == 0;
    course.wrong_after_pass.push_back(course.last.mistakes(x, y));
    if (course.wrong_after_pass.back() >= fewest) continue;
    fewest = course.wrong_after_pass.back();
    course.pocket = course.last.copy();
    course.pocket_pass = pass;
  }
  return course;
}

NovikoffBound novikoff_bound(const torch::Tensor& x, const torch::Tensor& y, const Perceptron& found) {
  const torch::Tensor augmented = torch::cat({x, torch::ones({x.size(0), 1}, x.options())}, 1);  // [N, F + 1]
  const torch::Tensor samples = augmented * y.unsqueeze(1).to(x.scalar_type());
  NovikoffBound bound;
  bound.radius = augmented.norm(2, {1}).max().item<double>();
  bound.margin = margin_of(samples, torch::cat({found.weight, found.bias.view({1})}));
  torch::Tensor direction = torch::zeros({samples.size(1)}, samples.options());
  bound.margin_limit = bound.radius;
  constexpr int kSteps = 3000;
  for (int i = 1; i <= kSteps; ++i) {
    direction += samples[torch::mv(samples, direction).argmin().item<int64_t>()];
    bound.margin_limit = std::min(bound.margin_limit, direction.norm().item<double>() / i);
    if (i % 50 == 0) bound.margin = std::max(bound.margin, margin_of(samples, direction));
  }
  return bound;
}

SignedSamples signed_samples(const Dataset& data) {
  require(data.info().classes.size() == 2, "model.name perceptron: want data of two classes, got ",
          data.info().classes.size(), " in ", data.info().name, "; set data.one_versus_rest or data.keep_classes");
  const Batch all = data.batch(torch::arange(data.size()));
  return {all.input.flatten(1).to(torch::kFloat64), all.target * 2 - 1};
}

}  // namespace glassbox::mlp
