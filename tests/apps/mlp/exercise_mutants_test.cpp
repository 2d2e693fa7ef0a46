/// Wrong solutions of tasks 1 to 4 that the checks must reject.
#include <torch/types.h>

#include <cmath>

#include "tests/apps/mlp/mutants.h"

namespace glassbox::mlp::exercise {
namespace {

using T = const Tensor&;

TEST_P(Rejected, ByTheChecksOfItsOwnTaskAlone) { expect_rejected(GetParam()); }

double sum_of(const Tensor& x, const Tensor& w, const Tensor& b) { return ((w * x).sum() + b).item<double>(); }

std::vector<Mutant> perceptrons() {
  /// The right rule with parts to break.
  const auto rule = [](auto mistaken, auto move) {
    return [=](Functions& f) {
      f.perceptron_update = [=](const Tensor& x, int64_t y, Tensor& w, Tensor& b) {
        const bool mistake = mistaken(sum_of(x, w, b), y);
        if (mistake) move(x, y, w, b);
        return mistake;
      };
    };
  };
  const auto right = [](double sum, int64_t y) { return (sum > 0 ? 1 : -1) != y; };
  const auto moved = [](const Tensor& x, int64_t y, Tensor& w, Tensor& b) { w.add_(x, y), b.add_(y); };
  return {
      {"PerceptronLearnsFromRightAnswersToo", "1.1", rule([](double, int64_t) { return true; }, moved)},
      {"PerceptronNeverLearns", "1.1", rule([](double, int64_t) { return false; }, moved)},
      {"PerceptronAnswersPlusAtZero", "1.1",
       rule([](double sum, int64_t y) { return (sum >= 0 ? 1 : -1) != y; }, moved)},
      {"PerceptronCountsZeroAsAMistakeAlways", "1.1",
       rule([](double sum, int64_t y) { return sum * double(y) <= 0; }, moved)},
      {"PerceptronForgetsTheBias", "1.1",
       rule(right, [](const Tensor& x, int64_t y, Tensor& w, Tensor&) { w.add_(x, y); })},
      {"PerceptronAddsXWhateverY", "1.1",
       rule(right, [](const Tensor& x, int64_t y, Tensor& w, Tensor& b) { w.add_(x), b.add_(y); })},
      {"PerceptronWithALearningRate", "1.1",
       rule(right, [](const Tensor& x, int64_t y, Tensor& w,
                      Tensor& b) { w.add_(x, 0.1 * double(y)), b.add_(0.1 * double(y)); })},
      {"PerceptronBiasLearnsSlower", "1.1",
       rule(right, [](const Tensor& x, int64_t y, Tensor& w, Tensor& b) { w.add_(x, y), b.add_(0.5 * double(y)); })},
      {"PerceptronWithTheErrorDoubled", "1.1",
       rule(right, [](const Tensor& x, int64_t y, Tensor& w, Tensor& b) { w.add_(x, 2 * y), b.add_(2 * y); })},
      {"PerceptronMakesNewTensors", "1.1",
       rule(right, [](const Tensor& x, int64_t y, Tensor& w, Tensor& b) { w = w + y * x, b = b + y; })},
      {"PerceptronReturnsTheOpposite", "1.1", [=](Functions& f) {
         f.perceptron_update = [=](const Tensor& x, int64_t y, Tensor& w, Tensor& b) {
           const bool mistake = right(sum_of(x, w, b), y);
           if (mistake) moved(x, y, w, b);
           return !mistake;
         };
       }}};
}

std::vector<Mutant> linears() {
  const auto forward = [](Functions::Three wrong) { return [=](Functions& f) { f.linear_forward = wrong; }; };
  /// The right gradients, then `spoil`.
  const auto backward = [](auto spoil) {
    return [=](Functions& f) {
      f.linear_backward = [=](const Tensor& x, const Tensor& w, const Tensor& g) {
        LinearGradients gradients = linear_backward(x, w, g);
        spoil(gradients, x, w, g);
        return gradients;
      };
    };
  };
  using G = LinearGradients&;
  return {{"LinearWithoutBias", "2.1", forward([](T x, T w, T) { return x.mm(w.t()); })},
          {"LinearWithBiasSubtracted", "2.1", forward([](T x, T w, T b) { return x.mm(w.t()) - b; })},
          {"LinearWithoutTranspose", "2.1", forward([](T x, T w, T b) { return x.mm(w) + b; })},
          {"LinearWithWReshapedNotTransposed", "2.1", forward([](T x, T w, T b) {
             return x.mm(w.reshape({w.size(1), w.size(0)})) + b;
           })},
          {"LinearRightInFloat64Only", "2.1", forward([](T x, T w, T b) {
             const Tensor y = x.mm(w.t());
             return x.scalar_type() == torch::kFloat64 ? y + b : y;
           })},
          {"LinearAddsTheBiasInPlaceOfX", "2.1", forward([](T x, T w, T b) {
             x.add_(1);
             return x.mm(w.t()) + b;
           })},
          {"BiasGradientNotSummed", "2.2", backward([](G out, T, T, T g) { out.bias = g[0].clone(); })},
          {"BiasGradientOfTheWrongShape", "2.2", backward([](G out, T, T, T g) { out.bias = g; })},
          {"BiasGradientAveraged", "2.2", backward([](G out, T, T, T g) { out.bias = g.mean(0); })},
          {"BiasGradientSummedOverOutputs", "2.2",
           backward([](G out, T, T, T g) { out.bias = g.sum().expand({g.size(1)}).clone(); })},
          {"WeightGradientAveraged", "2.2", backward([](G out, T, T, T g) { out.weight = out.weight / g.size(0); })},
          {"WeightGradientWithoutTranspose", "2.2", backward([](G out, T x, T, T g) { out.weight = x.t().mm(g); })},
          {"WeightGradientReshapedNotTransposed", "2.2",
           backward([](G out, T x, T w, T g) { out.weight = x.t().mm(g).reshape(w.sizes()); })},
          {"InputGradientWithoutTranspose", "2.2", backward([](G out, T, T w, T g) { out.x = g.mm(w.t()); })},
          {"InputGradientAveraged", "2.2", backward([](G out, T, T, T g) { out.x = out.x / g.size(0); })},
          {"InputGradientForgotten", "2.2", backward([](G out, T, T, T) { out.x = Tensor(); })},
          {"WeightMovedBeforeAllGradients", "2.2",
           [](Functions& f) {
             f.linear_backward = [](T x, T w, T g) {
               const Tensor weight = g.t().mm(x);
               w.sub_(weight, 0.1);  // a step taken too early
               return LinearGradients{g.mm(w), weight, g.sum(0)};
             };
           }},
          {"GradientScaledInPlace", "2.2", [](Functions& f) {
             f.linear_backward = [](T x, T w, T g) {
               g.div_(g.size(0));
               return LinearGradients{g.mm(w), g.t().mm(x), g.sum(0)};
             };
           }}};
}

std::vector<Mutant> activations() {
  const auto one = [](Functions::One Functions::*which, Functions::One wrong) {
    return [=](Functions& f) { f.*which = wrong; };
  };
  const auto three = [](Functions::Three Functions::*which, Functions::Three wrong) {
    return [=](Functions& f) { f.*which = wrong; };
  };
  using F = Functions;
  const double pi = std::acos(-1.0);
  const auto below = [](T z) { return 0.5 * (1 + torch::erf(z / std::sqrt(2.0))); };
  return {
      {"ReluSlopeAtZeroIsOne", "3.1", three(&F::relu_backward, [](T z, T, T g) { return g * (z >= 0); })},
      {"ReluSlopeAtZeroIsHalf", "3.1",
       three(&F::relu_backward, [](T z, T, T g) { return g * ((z > 0).to(g) + (z >= 0).to(g)) / 2; })},
      {"ReluSlopeForgetsG", "3.1", three(&F::relu_backward, [](T z, T, T g) { return (z > 0).to(g); })},
      {"ReluSlopeByTheSignOfG", "3.1", three(&F::relu_backward, [](T, T, T g) { return g.clamp_min(0); })},
      {"ReluOfTheSize", "3.1", one(&F::relu_forward, [](T z) { return z.abs(); })},
      {"ReluInPlace", "3.1", one(&F::relu_forward, [](T z) { return z.clamp_min_(0); })},
      {"LeakyReluLeaksATenth", "3.2", one(&F::leaky_relu_forward, [](T z) { return torch::where(z > 0, z, 0.1 * z); })},
      {"LeakySlopeAtTheWrongSide", "3.2",
       three(&F::leaky_relu_backward, [](T z, T, T g) { return torch::where(z > 0, 0.01 * g, g); })},
      {"LeakySlopeIsThatOfRelu", "3.2", three(&F::leaky_relu_backward, [](T z, T, T g) { return g * (z > 0); })},
      {"LeakySlopeAtZeroIsOne", "3.2",
       three(&F::leaky_relu_backward, [](T z, T, T g) { return torch::where(z >= 0, g, 0.01 * g); })},
      {"LeakySlopeTimesZ", "3.2",
       three(&F::leaky_relu_backward, [](T z, T, T g) { return torch::where(z > 0, g, 0.01 * g * z); })},
      {"TanhSlopeFromZ", "3.3", three(&F::tanh_backward, [](T z, T, T g) { return g * (1 - z * z); })},
      {"TanhSlopeOfTanhOfA", "3.3", three(&F::tanh_backward, [](T, T a, T g) { return g * (1 - a.tanh().square()); })},
      {"TanhSlopeIsThatOfSigmoid", "3.3", three(&F::tanh_backward, [](T, T a, T g) { return g * a * (1 - a); })},
      {"TanhOverflows", "3.3", one(&F::tanh_forward, [](T z) { return ((2 * z).exp() - 1) / ((2 * z).exp() + 1); })},
      {"SigmoidSlopeFromZ", "3.4", three(&F::sigmoid_backward, [](T z, T, T g) { return g * z * (1 - z); })},
      {"SigmoidSlopePlus", "3.4", three(&F::sigmoid_backward, [](T, T a, T g) { return g * a * (1 + a); })},
      {"SigmoidOfMinusZ", "3.4", one(&F::sigmoid_forward, [](T z) { return 1 / (1 + z.exp()); })},
      {"SigmoidOverflows", "3.4", one(&F::sigmoid_forward, [](T z) { return z.exp() / (1 + z.exp()); })},
      {"GeluByTanh", "3.5",
       one(&F::gelu_forward,
           [=](T z) { return 0.5 * z * (1 + (std::sqrt(2 / pi) * (z + 0.044715 * z.pow(3))).tanh()); })},
      {"GeluBySigmoid", "3.5", one(&F::gelu_forward, [](T z) { return z * torch::sigmoid(1.702 * z); })},
      {"GeluSlopeWithoutTheDensity", "3.5", three(&F::gelu_backward, [=](T z, T, T g) { return g * below(z); })},
      {"GeluSlopeWithoutZ", "3.5",
       three(&F::gelu_backward, [=](T z, T, T g) { return g * (below(z) + (-z * z / 2).exp() / std::sqrt(2 * pi)); })},
      {"GeluDensityNotNormalised", "3.5",
       three(&F::gelu_backward, [=](T z, T, T g) { return g * (below(z) + z * (-z * z / 2).exp()); })}};
}

std::vector<Mutant> losses() {
  const auto softmax_is = [](Functions::One wrong) { return [=](Functions& f) { f.softmax = wrong; }; };
  const auto forward = [](Functions::Two wrong) { return [=](Functions& f) { f.cross_entropy_forward = wrong; }; };
  const auto backward = [](Functions::Two wrong) { return [=](Functions& f) { f.cross_entropy_backward = wrong; }; };
  const auto at = [](T values, T target) { return values.gather(1, target.unsqueeze(1)).squeeze(1); };
  const auto hot = [](T like, T target) { return torch::zeros_like(like).scatter_(1, target.unsqueeze(1), 1.0); };
  return {
      {"SoftmaxOverTheWrongAxis", "4.1", softmax_is([](T z) { return torch::softmax(z, 0); })},
      {"SoftmaxOfTheWholeBatch", "4.1", softmax_is([](T z) { return torch::softmax(z.flatten(), 0).view(z.sizes()); })},
      {"SoftmaxWithoutShift", "4.1", softmax_is([](T z) { return z.exp() / z.exp().sum(1, true); })},
      {"SoftmaxShiftedByTheBatchsLargest", "4.1", softmax_is([](T z) {
         const Tensor powers = (z - z.max()).exp();
         return powers / powers.sum(1, true);
       })},
      {"SoftmaxClippedAgainstOverflow", "4.1", softmax_is([](T z) {
         const Tensor powers = z.clamp(-30, 30).exp();
         return powers / powers.sum(1, true);
       })},
      {"SoftmaxWithATinyNumberInTheSum", "4.1", softmax_is([](T z) {
         const Tensor powers = (z - z.amax(1, true)).exp();
         return powers / (powers.sum(1, true) + 1e-6);
       })},
      {"SoftmaxInPlace", "4.1", softmax_is([](T z) { return z.copy_(torch::softmax(z, 1)); })},
      {"LossOfTheLogOfZero", "4.2", forward([=](T z, T t) { return -at(torch::softmax(z, 1), t).log().mean(); })},
      {"LossWithATinyNumberInTheLog", "4.2",
       forward([=](T z, T t) { return -(at(torch::softmax(z, 1), t) + 1e-10).log().mean(); })},
      {"LossSummedNotAveraged", "4.2", forward([=](T z, T t) { return -at(torch::log_softmax(z, 1), t).sum(); })},
      {"LossOverClassesToo", "4.2",
       forward([=](T z, T t) { return -at(torch::log_softmax(z, 1), t).mean() / z.size(1); })},
      {"LossOfTheFirstTargetForAll", "4.2",
       forward([=](T z, T t) { return -torch::log_softmax(z, 1).select(1, t[0].item<int64_t>()).mean(); })},
      {"LossOfTheLikeliestClass", "4.2", forward([=](T z, T) { return -torch::log_softmax(z, 1).amax(1).mean(); })},
      {"LossInBits", "4.2", forward([=](T z, T t) { return -at(torch::log_softmax(z, 1), t).mean() / std::log(2.0); })},
      {"LossWithTheWrongSign", "4.2", forward([=](T z, T t) { return at(torch::log_softmax(z, 1), t).mean(); })},
      {"LossGradientNotOfAMean", "4.3", backward([=](T z, T t) { return torch::softmax(z, 1) - hot(z, t); })},
      {"LossGradientAlsoOverClasses", "4.3",
       backward([=](T z, T t) { return (torch::softmax(z, 1) - hot(z, t)) / z.numel(); })},
      {"LossGradientWithTheWrongSign", "4.3",
       backward([=](T z, T t) { return (hot(z, t) - torch::softmax(z, 1)) / z.size(0); })},
      {"LossGradientWithoutTheTarget", "4.3", backward([=](T z, T) { return torch::softmax(z, 1) / z.size(0); })},
      {"LossGradientAtTheTargetOnly", "4.3",
       backward([=](T z, T t) { return (torch::softmax(z, 1) - 1) * hot(z, t) / z.size(0); })},
      {"LossGradientOfSoftmaxOverTheBatch", "4.3",
       backward([=](T z, T t) { return (torch::softmax(z, 0) - hot(z, t)) / z.size(0); })},
      {"LossGradientOverflows", "4.3",
       backward([=](T z, T t) { return (z.exp() / z.exp().sum(1, true) - hot(z, t)) / z.size(0); })}};
}

INSTANTIATE_TEST_SUITE_P(Perceptron, Rejected, testing::ValuesIn(perceptrons()), name_of);
INSTANTIATE_TEST_SUITE_P(Linear, Rejected, testing::ValuesIn(linears()), name_of);
INSTANTIATE_TEST_SUITE_P(Activation, Rejected, testing::ValuesIn(activations()), name_of);
INSTANTIATE_TEST_SUITE_P(Loss, Rejected, testing::ValuesIn(losses()), name_of);

}  // namespace
}  // namespace glassbox::mlp::exercise
