/// Wrong solutions of tasks 5 to 7 that the checks must reject.
#include <torch/types.h>

#include <cmath>

#include "tests/apps/mlp/mutants.h"

namespace glassbox::mlp::exercise {
namespace {

class RejectedLayer : public Rejected {};
TEST_P(RejectedLayer, ByTheChecksOfItsOwnTaskAlone) { expect_rejected(GetParam()); }

using T = const Tensor&;

std::vector<Mutant> dropouts() {
  const auto mask = [](auto wrong) { return [=](Functions& f) { f.dropout_mask = wrong; }; };
  const auto forward = [](auto wrong) { return [=](Functions& f) { f.dropout_forward = wrong; }; };
  const auto backward = [](auto wrong) { return [=](Functions& f) { f.dropout_backward = wrong; }; };
  return {{"MaskDropsTheComplement", "5.1",
           mask([](T x, double fraction) { return torch::empty_like(x).bernoulli_(fraction); })},
          {"MaskOfAWholeRow", "5.1", mask([](T x, double fraction) {
             return torch::empty_like(x.narrow(-1, 0, 1)).bernoulli_(1 - fraction).expand_as(x).clone();
           })},
          {"MaskOfAWholeColumn", "5.1", mask([](T x, double fraction) {
             return torch::empty_like(x.narrow(0, 0, 1)).bernoulli_(1 - fraction).expand_as(x).clone();
           })},
          {"MaskOfBools", "5.1", mask([](T x, double fraction) { return torch::rand_like(x) >= fraction; })},
          {"MaskAlreadyScaled", "5.1",
           mask([](T x, double fraction) { return torch::empty_like(x).bernoulli_(1 - fraction) / (1 - fraction); })},
          {"MaskAlwaysTheSame", "5.1", mask([](T x, double fraction) {
             torch::manual_seed(7);
             return torch::empty_like(x).bernoulli_(1 - fraction);
           })},
          {"MaskFromAnotherGenerator", "5.1", mask([](T x, double fraction) {
             static uint64_t seed = 1;
             torch::manual_seed(++seed);
             return torch::empty_like(x).bernoulli_(1 - fraction);
           })},
          {"MaskOfNormals", "5.1",
           mask([](T x, double fraction) { return (torch::randn_like(x) > fraction - 0.5).to(x); })},
          {"MaskWithTheSameNumberOfZerosEveryTime", "5.1", mask([](T x, double fraction) {
             const int64_t zeros = std::llround(fraction * double(x.numel()));
             Tensor flat = torch::ones({x.numel()}, x.options());
             flat.index_fill_(0, torch::randperm(x.numel()).narrow(0, 0, zeros), 0);
             return flat.view(x.sizes());
           })},
          {"MaskOfTwoRowsOverAndOver", "5.1", mask([](T x, double fraction) {
             const Tensor two =
                 torch::empty_like(x.narrow(0, 0, std::min<int64_t>(2, x.size(0)))).bernoulli_(1 - fraction);
             return two.index_select(0, torch::arange(x.size(0)).remainder(2));
           })},
          {"DropoutWithoutScaling", "5.2", forward([](T x, T m, double) { return x * m; })},
          {"DropoutScaledByTheFraction", "5.2",
           forward([](T x, T m, double fraction) { return fraction > 0 ? x * m / fraction : x * m; })},
          {"DropoutShrinksInPlaceOfGrowing", "5.2",
           forward([](T x, T m, double fraction) { return x * m * (1 - fraction); })},
          {"DropoutOfTheComplement", "5.2",
           forward([](T x, T m, double fraction) { return x * (1 - m) / (1 - fraction); })},
          {"DropoutInPlace", "5.2", forward([](T x, T m, double fraction) { return x.mul_(m).div_(1 - fraction); })},
          {"DropoutBackwardWithoutMask", "5.2", backward([](T, double fraction, T g) { return g / (1 - fraction); })},
          {"DropoutBackwardWithoutScaling", "5.2", backward([](T m, double, T g) { return g * m; })},
          {"DropoutBackwardIsTheIdentity", "5.2", backward([](T, double, T g) { return g.clone(); })}};
}

/// Training with parts to break.
struct Broken6 {
  double batch_fraction = -1;  // in place of momentum
  bool biased_running = false, unbiased_batch = false, epsilon_outside = false, no_shift = false, freeze = false,
       whole_batch = false;
};

BatchNormResult train_with(const Broken6& how, const Tensor& x, BatchNorm& norm) {
  const Tensor mean = how.whole_batch ? x.mean().expand({x.size(1)}) : x.mean(0);
  const Tensor var = x.var(0, how.unbiased_batch), running = x.var(0, !how.biased_running);
  const double fraction = how.batch_fraction < 0 ? norm.momentum : how.batch_fraction;
  if (!how.freeze) {
    norm.running_mean.mul_(1 - fraction).add_(mean, fraction);
    norm.running_var.mul_(1 - fraction).add_(running, fraction);
  }
  const Tensor inverse = how.epsilon_outside ? 1 / (var.sqrt() + norm.epsilon) : 1 / (var + norm.epsilon).sqrt();
  const Tensor x_hat = (x - mean) * inverse;
  return {how.no_shift ? norm.scale * x_hat : norm.scale * x_hat + norm.shift, x_hat, inverse};
}

std::vector<Mutant> batch_norms() {
  const auto train = [](Broken6 how) {
    return [=](Functions& f) { f.batch_norm_train = [=](T x, BatchNorm& norm) { return train_with(how, x, norm); }; };
  };
  const auto eval = [](auto wrong) { return [=](Functions& f) { f.batch_norm_eval = wrong; }; };
  /// Each of the three paths back to x counts with its factor.
  const auto paths = [](double through_mean, double through_var, double x_hat_of_scale) {
    return [=](Functions& f) {
      f.batch_norm_backward = [=](const BatchNormResult& r, T scale, T g) {
        const Tensor dscale = (g * r.x_hat).sum(0), dshift = g.sum(0);
        const double n = double(g.size(0));
        const Tensor inner = g - through_mean * dshift / n - through_var * r.x_hat * dscale / n;
        return BatchNormGradients{scale * r.inverse_std * inner, x_hat_of_scale * dscale, dshift};
      };
    };
  };
  const auto spoilt = [](auto spoil) {
    return [=](Functions& f) {
      f.batch_norm_backward = [=](const BatchNormResult& r, T scale, T g) {
        BatchNormGradients out = batch_norm_backward(r, scale, g);
        spoil(out, r, scale, g);
        return out;
      };
    };
  };
  using G = BatchNormGradients&;
  using R = const BatchNormResult&;
  Broken6 biased, unbiased, outside, no_shift, frozen, half, whole;
  biased.biased_running = unbiased.unbiased_batch = outside.epsilon_outside = no_shift.no_shift = frozen.freeze =
      whole.whole_batch = true;
  half.batch_fraction = 0.1;
  return {
      {"RunningVarianceOfN", "6.1", train(biased)},
      {"BatchVarianceOfNLessOne", "6.1", train(unbiased)},
      {"EpsilonOutsideTheRootInTraining", "6.1", train(outside)},
      {"NoShiftInTraining", "6.1", train(no_shift)},
      {"RunningFiguresNeverMove", "6.1", train(frozen)},
      {"MomentumIgnored", "6.1", train(half)},
      {"OneMeanForAllColumns", "6.1", train(whole)},
      {"MomentumRolesSwapped", "6.1",
       [](Functions& f) {
         f.batch_norm_train = [](T x, BatchNorm& norm) {
           Broken6 swapped;
           swapped.batch_fraction = 1 - norm.momentum;
           return train_with(swapped, x, norm);
         };
       }},
      {"RunningFiguresReplacedByNewTensors", "6.1",
       [](Functions& f) {
         f.batch_norm_train = [](T x, BatchNorm& norm) {
           norm.running_mean = norm.running_mean.clone();
           norm.running_var = norm.running_var.clone();
           return batch_norm_train(x, norm);
         };
       }},
      {"EvaluationWithTheBatchsFigures", "6.2", eval([](T x, const BatchNorm& n) {
         return n.scale * (x - x.mean(0)) / (x.var(0, false) + n.epsilon).sqrt() + n.shift;
       })},
      {"EvaluationMovesTheRunningFigures", "6.2", eval([](T x, const BatchNorm& n) {
         const Tensor y = batch_norm_eval(x, n);
         Tensor mean = n.running_mean;
         mean.mul_(0.9).add_(x.mean(0), 0.1);
         return y;
       })},
      {"EvaluationWithoutEpsilon", "6.2",
       eval([](T x, const BatchNorm& n) { return n.scale * (x - n.running_mean) / n.running_var.sqrt() + n.shift; })},
      {"EvaluationByTheVariance", "6.2", eval([](T x, const BatchNorm& n) {
         return n.scale * (x - n.running_mean) / (n.running_var + n.epsilon) + n.shift;
       })},
      {"BackwardWithoutTheMeansPath", "6.3", paths(0, 1, 1)},
      {"BackwardWithoutTheVariancesPath", "6.3", paths(1, 0, 1)},
      {"BackwardAsIfTheFiguresWereConstant", "6.3", paths(0, 0, 1)},
      {"BackwardScaleGradientAveraged", "6.3", spoilt([](G out, R, T, T g) { out.scale = out.scale / g.size(0); })},
      {"BackwardScaleGradientFromY", "6.3", spoilt([](G out, R r, T, T g) { out.scale = (g * r.y).sum(0); })},
      {"BackwardForgetsTheScale", "6.3", spoilt([](G out, R, T scale, T) { out.x = out.x / scale; })},
      {"BackwardForgetsTheStandardDeviation", "6.3", spoilt([](G out, R r, T, T) { out.x = out.x / r.inverse_std; })},
      {"BackwardShiftGradientAveraged", "6.3", spoilt([](G out, R, T, T g) { out.shift = g.mean(0); })}};
}

std::vector<Mutant> optimizers() {
  const auto sgd = [](auto wrong) { return [=](Functions& f) { f.sgd_step = wrong; }; };
  const auto momentum = [](auto wrong) { return [=](Functions& f) { f.momentum_step = wrong; }; };
  const auto adam = [](auto wrong) { return [=](Functions& f) { f.adam_step = wrong; }; };
  using W = Tensor&;
  using Rates = const AdamRates&;
  const auto move = [](W m, W v, T g, Rates r) {
    m.mul_(r.beta1).add_(g, 1 - r.beta1);
    v.mul_(r.beta2).addcmul_(g, g, 1 - r.beta2);
  };
  const auto fraction = [](double beta, int64_t step) { return 1 - std::pow(beta, double(step)); };
  return {{"SgdClimbs", "7.1", sgd([](W w, T g, double rate) { w.add_(g, rate); })},
          {"SgdWithoutTheRate", "7.1", sgd([](W w, T g, double) { w.sub_(g); })},
          {"SgdMakesANewTensor", "7.1", sgd([](W w, T g, double rate) { w = w - rate * g; })},
          {"SgdScalesTheGradientInPlace", "7.1", sgd([](W w, T g, double rate) { w.sub_(g.mul_(rate)); })},
          {"SgdWithTheSignOnly", "7.1", sgd([](W w, T g, double rate) { w.sub_(g.sign(), rate); })},
          {"MomentumForgets", "7.2", momentum([](W w, T g, W u, double rate, double) { u.copy_(g), w.sub_(u, rate); })},
          {"MomentumDamped", "7.2",
           momentum([](W w, T g, W u, double rate, double keep) { u.mul_(keep).add_(g, 1 - keep), w.sub_(u, rate); })},
          {"MomentumRolesSwapped", "7.2",
           momentum([](W w, T g, W u, double rate, double keep) { u.mul_(1 - keep).add_(g), w.sub_(u, rate); })},
          {"MomentumStepsBeforeTheGradient", "7.2",
           momentum([](W w, T g, W u, double rate, double keep) { w.sub_(u, rate), u.mul_(keep).add_(g); })},
          {"MomentumOfNesterov", "7.2",
           momentum([](W w, T g, W u, double rate, double keep) { u.mul_(keep).add_(g), w.sub_(g + keep * u, rate); })},
          {"MomentumNotRemembered", "7.2",
           momentum([](W w, T g, W u, double rate, double keep) { w.sub_(keep * u + g, rate); })},
          {"MomentumWithTheRateInside", "7.2",
           momentum([](W w, T g, W u, double rate, double keep) { u.mul_(keep).add_(g, rate), w.sub_(u); })},
          {"AdamWithoutBiasCorrection", "7.3", adam([=](W w, T g, W m, W v, int64_t, Rates r) {
             move(m, v, g, r);
             w.sub_(r.learning_rate * m / (v.sqrt() + r.epsilon));
           })},
          {"AdamCorrectsTheMeanOnly", "7.3", adam([=](W w, T g, W m, W v, int64_t step, Rates r) {
             move(m, v, g, r);
             w.sub_(r.learning_rate * (m / fraction(r.beta1, step)) / (v.sqrt() + r.epsilon));
           })},
          {"AdamEpsilonInsideTheRoot", "7.3", adam([=](W w, T g, W m, W v, int64_t step, Rates r) {
             move(m, v, g, r);
             w.sub_(r.learning_rate * (m / fraction(r.beta1, step)) / (v / fraction(r.beta2, step) + r.epsilon).sqrt());
           })},
          {"AdamEpsilonBeforeTheCorrection", "7.3", adam([=](W w, T g, W m, W v, int64_t step, Rates r) {
             move(m, v, g, r);
             w.sub_(r.learning_rate * std::sqrt(fraction(r.beta2, step)) / fraction(r.beta1, step) * m /
                    (v.sqrt() + r.epsilon));
           })},
          {"AdamCountsStepsFromZero", "7.3",
           adam([](W w, T g, W m, W v, int64_t step, Rates r) { adam_step(w, g, m, v, step - 1, r); })},
          {"AdamCountsStepsFromTwo", "7.3",
           adam([](W w, T g, W m, W v, int64_t step, Rates r) { adam_step(w, g, m, v, step + 1, r); })},
          {"AdamWithoutTheRoot", "7.3", adam([=](W w, T g, W m, W v, int64_t step, Rates r) {
             move(m, v, g, r);
             w.sub_(r.learning_rate * (m / fraction(r.beta1, step)) / (v / fraction(r.beta2, step) + r.epsilon));
           })},
          {"AdamStoresCorrectedMemories", "7.3", adam([=](W w, T g, W m, W v, int64_t step, Rates r) {
             move(m, v, g, r);
             m.div_(fraction(r.beta1, step)), v.div_(fraction(r.beta2, step));
             w.sub_(r.learning_rate * m / (v.sqrt() + r.epsilon));
           })},
          {"AdamSwapsTheBetas", "7.3", adam([](W w, T g, W m, W v, int64_t step, Rates r) {
             adam_step(w, g, m, v, step, {r.learning_rate, r.beta2, r.beta1, r.epsilon});
           })}};
}

INSTANTIATE_TEST_SUITE_P(Dropout, RejectedLayer, testing::ValuesIn(dropouts()), name_of);
INSTANTIATE_TEST_SUITE_P(BatchNorm, RejectedLayer, testing::ValuesIn(batch_norms()), name_of);
INSTANTIATE_TEST_SUITE_P(Optimizer, RejectedLayer, testing::ValuesIn(optimizers()), name_of);

}  // namespace
}  // namespace glassbox::mlp::exercise
