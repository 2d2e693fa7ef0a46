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

/// alpha >= 0 with a alpha as near to b as possible (Lawson and Hanson 1974, algorithm 23.10): columns of a come into
/// play one by one, and leave again if their fraction would become negative. a [m, n], b [m]. Returns [n].
torch::Tensor non_negative_least_squares(const torch::Tensor& a, const torch::Tensor& b) {
  torch::Tensor alpha = torch::zeros({a.size(1)}, a.options());
  torch::Tensor used = torch::zeros({a.size(1)}, torch::kBool);
  for (int64_t round = 0; round < 3 * a.size(1); ++round) {
    const torch::Tensor pull = torch::mv(a.t(), b - torch::mv(a, alpha)).masked_fill(used, -1);
    const auto next = pull.argmax().item<int64_t>();
    if (pull[next].item<double>() < 1e-12) break;
    used[next] = true;
    while (true) {
      const torch::Tensor columns = used.nonzero().squeeze(1);
      const torch::Tensor best =
          std::get<0>(torch::linalg_lstsq(a.index_select(1, columns), b.unsqueeze(1), c10::nullopt, "gelsd"))
              .squeeze(1);
      const torch::Tensor now = alpha.index_select(0, columns), negative = best <= 0;
      if (!negative.any().item<bool>()) {
        alpha.index_copy_(0, columns, best);
        break;
      }
      // As far towards `best` as all fractions stay >= 0; those that reach 0 leave.
      const double way = (now / (now - best)).masked_select(negative).min().item<double>();
      const torch::Tensor moved = (now + way * (best - now)).clamp_min(0);
      alpha.index_copy_(0, columns, moved.masked_fill(negative.logical_and(moved < 1e-14), 0));
      used = alpha > 0;
    }
  }
  return alpha;
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
    if (stop_requested()) throw Interrupted(as_text("stopped in pass ", pass, " of the perceptron"));
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

NovikoffBound novikoff_bound(const torch::Tensor& x, const torch::Tensor& y) {
  const torch::Tensor augmented = torch::cat({x, torch::ones({x.size(0), 1}, x.options())}, 1);  // [N, F + 1]
  const torch::Tensor samples = augmented * y.unsqueeze(1).to(x.scalar_type());
  NovikoffBound bound;
  bound.radius = augmented.norm(2, {1}).max().item<double>();
  // Fractions alpha >= 0 with sum 1 whose mixture of the samples is 0, as nearly as there are any.
  const torch::Tensor ones = torch::ones({1, x.size(0)}, x.options());
  const torch::Tensor a = torch::cat({samples.t(), ones}, 0);  // [F + 2, N]
  torch::Tensor b = torch::zeros({a.size(0)}, x.options());
  b[-1] = 1;
  const torch::Tensor rest = b - torch::mv(a, non_negative_least_squares(a, b));
  const double margin = margin_of(samples, -rest.narrow(0, 0, samples.size(1)));
  if (margin > 1e-9) bound.margin = margin;
  bound.hulls_overlap = margin <= 1e-9 && rest.norm().item<double>() < 1e-9;
  return bound;
}

SignedSamples signed_samples(const LabelledDataset& data) {
  require(data.info().classes.size() == 2, "model.name perceptron: want data of two classes, got ",
          data.info().classes.size(), " in ", data.info().name, "; set data.one_versus_rest or data.keep_classes");
  const Batch all = data.batch(torch::arange(data.size()));
  return {all.input.flatten(1).to(torch::kFloat64), all.target * 2 - 1};
}

}  // namespace glassbox::mlp
