/// Wrong solutions of task 4 that the checks must reject.
#include <torch/types.h>

#include "tests/apps/cnn/mutants.h"

namespace glassbox::cnn::exercise {
namespace {

class RejectedFolding : public Rejected {};
TEST_P(RejectedFolding, ByTheChecksOfItsOwnTask) { expect_rejected(GetParam()); }

using T = const Tensor&;

std::vector<Mutant> foldings() {
  using B = const BatchNorm&;
  const auto is = [](auto wrong) { return [=](Functions& f) { f.fold_batch_norm = wrong; }; };
  /// By another factor.
  const auto factor = [=](auto of) {
    return is([=](T w, T b, B n) {
      const Tensor by = of(n);
      return ConvParameters{w * by.reshape({-1, 1, 1, 1}), (b - n.running_mean) * by + n.shift};
    });
  };
  const auto right = [](B n) { return n.scale / (n.running_var + n.epsilon).sqrt(); };
  /// By another bias.
  const auto bias = [=](auto of) {
    return is([=](T w, T b, B n) { return ConvParameters{w * right(n).reshape({-1, 1, 1, 1}), of(b, n, right(n))}; });
  };
  return {
      {"FoldedWithoutEpsilon", "4.1", factor([](B n) { return n.scale / n.running_var.sqrt(); })},
      {"FoldedWithTheUsualEpsilon", "4.1", factor([](B n) { return n.scale / (n.running_var + 1e-5).sqrt(); })},
      {"FoldedEpsilonOutsideTheRoot", "4.1", factor([](B n) { return n.scale / (n.running_var.sqrt() + n.epsilon); })},
      {"FoldedByTheVariance", "4.1", factor([](B n) { return n.scale / (n.running_var + n.epsilon); })},
      {"FoldedWithoutScale", "4.1", factor([](B n) { return 1 / (n.running_var + n.epsilon).sqrt(); })},
      {"FoldedTimesTheDeviation", "4.1", factor([](B n) { return n.scale * (n.running_var + n.epsilon).sqrt(); })},
      {"FoldedByTheFirstChannelsFactor", "4.1",
       factor([=](B n) { return right(n)[0].expand(n.scale.sizes()).clone(); })},
      {"FoldedWithoutRunningMean", "4.1", bias([](T b, B n, T by) { return b * by + n.shift; })},
      {"FoldedRunningMeanAdded", "4.1", bias([](T b, B n, T by) { return (b + n.running_mean) * by + n.shift; })},
      {"FoldedRunningMeanNotScaled", "4.1", bias([](T b, B n, T by) { return b * by - n.running_mean + n.shift; })},
      {"FoldedBiasIgnored", "4.1", bias([](T, B n, T by) { return n.shift - n.running_mean * by; })},
      {"FoldedBiasNotScaled", "4.1", bias([](T b, B n, T by) { return b - n.running_mean * by + n.shift; })},
      {"FoldedWithoutShift", "4.1", bias([](T b, B n, T by) { return (b - n.running_mean) * by; })},
      {"FoldedShiftScaled", "4.1", bias([](T b, B n, T by) { return (b - n.running_mean + n.shift) * by; })},
      {"FoldedWeightLeftAsItWas", "4.1", is([=](T w, T b, B n) {
         return ConvParameters{w.clone(), (b - n.running_mean) * right(n) + n.shift};
       })},
      {"FoldedAlongTheInputChannels", "4.1", is([=](T w, T b, B n) {
         const bool square = w.size(0) == w.size(1);
         return ConvParameters{
             w * right(n).reshape(square ? at::IntArrayRef{1, -1, 1, 1} : at::IntArrayRef{-1, 1, 1, 1}),
             (b - n.running_mean) * right(n) + n.shift};
       })},
      {"FoldedInPlace", "4.1", is([=](T w, T b, B n) {
         return ConvParameters{w.mul_(right(n).reshape({-1, 1, 1, 1})), (b - n.running_mean) * right(n) + n.shift};
       })}};
}

INSTANTIATE_TEST_SUITE_P(Folding, RejectedFolding, testing::ValuesIn(foldings()), name_of);

}  // namespace
}  // namespace glassbox::cnn::exercise
