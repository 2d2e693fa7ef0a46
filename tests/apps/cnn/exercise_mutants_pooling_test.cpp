/// Wrong solutions of task 3 that the checks must reject.
#include "tests/apps/cnn/loops.h"
#include "tests/apps/cnn/mutants.h"

namespace glassbox::cnn::exercise {
namespace {

class RejectedPooling : public Rejected {};
TEST_P(RejectedPooling, ByTheChecksOfItsOwnTask) { expect_rejected(GetParam()); }

using T = const Tensor&;
using W = const Window&;
using I = int64_t;

const double kInfinity = std::numeric_limits<double>::infinity();

/// The right values with other winners; `winner(row, column, n-th channel, x)`.
template <typename Winner>
std::function<void(Functions&)> winners(Winner winner) {
  return [=](Functions& f) {
    f.max_pool_forward = [=](T x, W it) {
      const MaxPoolResult right = loops::max_pool(x, it);
      const Tensor row = right.winner.div(x.size(3), "floor"), column = right.winner.remainder(x.size(3));
      return MaxPoolResult{right.y, winner(row, column, x, it)};
    };
  };
}

std::vector<Mutant> max_pools() {
  const auto is = [](auto wrong) { return [=](Functions& f) { f.max_pool_forward = wrong; }; };
  const auto from = [=](double start, std::function<bool(double, double)> better) {
    return is([=](T x, W it) { return loops::max_pool(x, it, start, better); });
  };
  const auto more = std::greater<double>();
  return {{"TheLastOfEqualsWins", "3.1", from(-kInfinity, std::greater_equal<double>())},
          {"TheSmallestWins", "3.1", from(kInfinity, std::less<double>())},
          {"TheLargestInSizeWins", "3.1", from(0, [](double a, double b) { return std::abs(a) > std::abs(b); })},
          {"TheSearchStartsAtZero", "3.1", from(0, more)},
          {"TheSearchStartsAtTheSmallestPositiveNumber", "3.1", from(std::numeric_limits<double>::min(), more)},
          {"TheSearchStartsAtMinusTen", "3.1", from(-10, more)},
          {"PaddingIsZero", "3.1", is([](T x, W it) {
             require(2 * it.padding <= std::min(it.kernel_h, it.kernel_w), "padding");
             const I p = it.padding, width = x.size(3);
             MaxPoolResult out =
                 loops::max_pool(torch::constant_pad_nd(x, {p, p, p, p}), {it.kernel_h, it.kernel_w, it.stride, 0});
             const Tensor row = out.winner.div(width + 2 * p, "floor") - p,
                          column = out.winner.remainder(width + 2 * p) - p;
             out.winner = row.clamp(0, x.size(2) - 1) * width + column.clamp(0, width - 1);
             return out;
           })},
          {"NoWinnerAmongMinusInfinities", "3.1", is([](T x, W it) {
             MaxPoolResult out = loops::max_pool(x, it);
             out.winner = torch::where(out.y.isinf(), torch::full_like(out.winner, -1), out.winner);
             return out;
           })},
          {"WinnersInThePaddedImage", "3.1", winners([](T row, T column, T x, W it) {
             return (row + it.padding) * (x.size(3) + 2 * it.padding) + column + it.padding;
           })},
          {"WinnersColumnByColumn", "3.1", winners([](T row, T column, T x, W) { return column * x.size(2) + row; })},
          {"WinnersByTheHeight", "3.1", winners([](T row, T column, T x, W) { return row * x.size(2) + column; })},
          {"WinnersWithinTheirWindow", "3.1", winners([](T row, T column, T, W it) {
             return row.remainder(it.kernel_h) * it.kernel_w + column.remainder(it.kernel_w);
           })},
          {"WinnersCountedThroughAllChannels", "3.1", winners([](T row, T column, T x, W) {
             const Tensor channel = torch::arange(x.size(1), torch::kInt64).view({1, -1, 1, 1});
             return (channel * x.size(2) + row) * x.size(3) + column;
           })},
          {"WinnersAsFloats", "3.1",
           winners([](T row, T column, T x, W) { return (row * x.size(3) + column).to(x.scalar_type()); })},
          {"MaxPoolOfASquareKernel", "3.1", is([](T x, W it) {
             return loops::max_pool(x, {it.kernel_w, it.kernel_w, it.stride, it.padding});
           })},
          {"MaxPoolStrideIsTheKernel", "3.1", is([](T x, W it) {
             loops::max_pool(x, it);
             return loops::max_pool(x, {it.kernel_h, it.kernel_w, it.kernel_h, it.padding});
           })},
          {"MaxPoolOfAllChannelsTogether", "3.1",
           is([](T x, W it) { return loops::max_pool(x.amax(1, true).expand(x.sizes()), it); })},
          {"MaxPoolAlwaysInFloat64", "3.1", is([](T x, W it) { return loops::max_pool(x.to(torch::kFloat64), it); })},
          {"MaxPoolTakesWidePadding", "3.1", is([](T x, W it) {
             if (2 * it.padding > std::min(it.kernel_h, it.kernel_w)) return MaxPoolResult{x, x.to(torch::kInt64)};
             return loops::max_pool(x, it);
           })},
          {"MaxPoolInFloat32", "3.1", is([](T x, W it) {
             const MaxPoolResult out = loops::max_pool(x.div(3).to(torch::kFloat32), it);
             return MaxPoolResult{out.y.to(x.scalar_type()) * 3, out.winner};
           })},
          {"MaxPoolRoundedUp", "3.1", is([](T x, W it) {
             MaxPoolResult out = loops::max_pool(x, it);
             const auto [y, winner] = torch::max_pool2d_with_indices(x, {it.kernel_h, it.kernel_w}, it.stride,
                                                                     it.padding, 1, /*ceil_mode=*/true);
             return MaxPoolResult{y, winner};
           })}};
}

std::vector<Mutant> max_pool_gradients() {
  const auto is = [](auto wrong) { return [=](Functions& f) { f.max_pool_backward = wrong; }; };
  const auto right = loops::max_pool_backward;
  return {
      {"TheLastPlaceOverwritesTheOthers", "3.2", is([](T g, T winner, I h, I w) {
         Tensor out = torch::zeros({g.size(0), g.size(1), h * w}, g.options());
         out.scatter_(2, winner.flatten(2), g.flatten(2));
         return out.view({g.size(0), g.size(1), h, w});
       })},
      {"WinnersFractionTheirGradient", "3.2", is([=](T g, T winner, I h, I w) {
         return right(g, winner, h, w) / right(torch::ones_like(g), winner, h, w).clamp_min(1);
       })},
      {"WinnersCounted", "3.2", is([=](T g, T winner, I h, I w) { return right(torch::ones_like(g), winner, h, w); })},
      {"WinnersReadColumnByColumn", "3.2",
       is([=](T g, T winner, I h, I w) { return right(g, winner.remainder(h) * w + winner.div(h, "floor"), h, w); })},
      {"WinnersOneTooFar", "3.2",
       is([=](T g, T winner, I h, I w) { return right(g, (winner + 1).remainder(h * w), h, w); })},
      {"WinnersOfTheFirstImageForAll", "3.2",
       is([=](T g, T winner, I h, I w) { return right(g, winner.narrow(0, 0, 1).expand(winner.sizes()), h, w); })},
      {"WinnersOfTheFirstChannelForAll", "3.2",
       is([=](T g, T winner, I h, I w) { return right(g, winner.narrow(1, 0, 1).expand(winner.sizes()), h, w); })},
      {"GradientToTheNeighbourToo", "3.2", is([=](T g, T winner, I h, I w) {
         return right(g, winner, h, w) + right(g, (winner + 1).remainder(h * w), h, w);
       })},
      {"GradientToAllPixels", "3.2", is([=](T g, T, I h, I w) {
         return (g.sum(at::IntArrayRef{2, 3}, true) / (h * w)).expand({g.size(0), g.size(1), h, w}).clone();
       })},
      {"GradientOnItsSide", "3.2", is([=](T g, T winner, I h, I w) {
         return right(g, winner, h, w).reshape({g.size(0), g.size(1), w, h});
       })},
      {"GradientThatEmptiesG", "3.2", is([=](T g, T winner, I h, I w) {
         const Tensor out = right(g, winner, h, w);
         g.zero_();
         return out;
       })}};
}

/// A mean of each window, by hand: the sum over `count`, which may be a number or a tensor.
Tensor sums(T x, W it) {
  return torch::avg_pool2d(x, {it.kernel_h, it.kernel_w}, it.stride, it.padding, false, true, 1);
}

std::vector<Mutant> average_pools() {
  const auto is = [](auto wrong) {
    return [=](Functions& f) {
      f.avg_pool_forward = [=](T x, W it) {
        avg_pool_forward(x, it);  // refuses what is to be refused
        return wrong(x, it);
      };
    };
  };
  return {
      {"AverageNotDivided", "3.3", is([](T x, W it) { return sums(x, it); })},
      {"AverageOfThePixelsInside", "3.3", is([](T x, W it) {
         return torch::avg_pool2d(x, {it.kernel_h, it.kernel_w}, it.stride, it.padding, false, false);
       })},
      {"AverageByTheHeightSquared", "3.3",
       is([](T x, W it) { return sums(x, it) / double(it.kernel_h * it.kernel_h); })},
      {"AverageByTheStrideSquared", "3.3", is([](T x, W it) { return sums(x, it) / double(it.stride * it.stride); })},
      {"AverageByOneTooFew", "3.3",
       is([](T x, W it) { return sums(x, it) / double(std::max<I>(1, it.kernel_h * it.kernel_w - 1)); })},
      {"AverageOfAllChannels", "3.3",
       is([](T x, W it) { return avg_pool_forward(x.mean(1, true).expand(x.sizes()), it); })},
      {"AverageWithoutPadding", "3.3", is([](T x, W it) {
         return torch::avg_pool2d(x, {it.kernel_h, it.kernel_w}, it.stride);
       })},
      {"AverageStrideIsTheKernel", "3.3", is([](T x, W it) {
         return torch::avg_pool2d(x, {it.kernel_h, it.kernel_w}, {it.kernel_h, it.kernel_w}, it.padding);
       })},
      {"AverageOfASquareKernel", "3.3", is([](T x, W it) {
         return torch::avg_pool2d(x, {it.kernel_h, it.kernel_h}, it.stride, it.padding);
       })},
      {"AverageRoundedUp", "3.3", is([](T x, W it) {
         return torch::avg_pool2d(x, {it.kernel_h, it.kernel_w}, it.stride, it.padding, true);
       })},
      {"AverageAlwaysInFloat64", "3.3", is([](T x, W it) { return avg_pool_forward(x.to(torch::kFloat64), it); })},
      {"AverageIsTheLargest", "3.3", is([](T x, W it) { return loops::max_pool(x, it).y; })},
      {"AverageTakesWidePadding", "3.3", [](Functions& f) {
         f.avg_pool_forward = [](T x, W it) {
           const bool wide = 2 * it.padding > std::min(it.kernel_h, it.kernel_w);
           return wide ? x : avg_pool_forward(x, it);
         };
       }}};
}

std::vector<Mutant> average_pool_gradients() {
  const auto is = [](auto wrong) { return [=](Functions& f) { f.avg_pool_backward = wrong; }; };
  /// g of every window spread over its pixels, then back.
  const auto spread = [](T g, W it) {
    const I pixels = it.kernel_h * it.kernel_w;
    return g.reshape({g.size(0), g.size(1), 1, -1})
        .expand({g.size(0), g.size(1), pixels, g.size(2) * g.size(3)})
        .reshape({g.size(0), g.size(1) * pixels, -1});
  };
  const auto walking = [=](loops::How how, bool overwrites) {
    return is([=](T g, I h, I w, W it) {
      return loops::col2im(spread(g / double(it.kernel_h * it.kernel_w), it), h, w, it, how, overwrites);
    });
  };
  loops::How no_padding, rows_dense, columns_dense;
  no_padding.padding = rows_dense.stride_rows = columns_dense.stride_columns = false;
  return {{"AverageGradientNotDivided", "3.4",
           is([=](T g, I h, I w, W it) { return loops::col2im(spread(g, it), h, w, it); })},
          {"AverageGradientByThePixelsInside", "3.4", is([](T g, I h, I w, W it) {
             const Tensor x = torch::zeros({g.size(0), g.size(1), h, w}, g.options());
             return torch::avg_pool2d_backward(g.contiguous(), x, {it.kernel_h, it.kernel_w}, it.stride, it.padding,
                                               false, false, {});
           })},
          {"AverageGradientByTheHeightSquared", "3.4", is([=](T g, I h, I w, W it) {
             return loops::col2im(spread(g / double(it.kernel_h * it.kernel_h), it), h, w, it);
           })},
          {"AverageGradientOverwritten", "3.4", walking({}, true)},
          {"AverageGradientWithoutPadding", "3.4", walking(no_padding, false)},
          {"AverageGradientStrideForgottenDownwards", "3.4", walking(rows_dense, false)},
          {"AverageGradientStrideForgottenSideways", "3.4", walking(columns_dense, false)},
          {"AverageGradientToTheFirstPixel", "3.4", is([=](T g, I h, I w, W it) {
             const Tensor columns = spread(g, it).view({g.size(0), g.size(1), it.kernel_h * it.kernel_w, -1}).clone();
             if (columns.size(2) > 1) columns.narrow(2, 1, columns.size(2) - 1).zero_();
             return loops::col2im(columns.flatten(1, 2), h, w, it);
           })},
          {"AverageGradientOfTheWholeImage", "3.4", is([](T g, I h, I w, W) {
             return (g.sum(at::IntArrayRef{2, 3}, true) / (h * w)).expand({g.size(0), g.size(1), h, w}).clone();
           })},
          {"AverageGradientThatScalesG", "3.4",
           is([](T g, I h, I w, W it) { return avg_pool_backward(g.div_(2), h, w, it) * 2; })},
          {"AverageGradientOnItsSide", "3.4",
           is([](T g, I h, I w, W it) { return avg_pool_backward(g, h, w, it).transpose(2, 3); })}};
}

INSTANTIATE_TEST_SUITE_P(MaxPool, RejectedPooling, testing::ValuesIn(max_pools()), name_of);
INSTANTIATE_TEST_SUITE_P(MaxPoolGradient, RejectedPooling, testing::ValuesIn(max_pool_gradients()), name_of);
INSTANTIATE_TEST_SUITE_P(AveragePool, RejectedPooling, testing::ValuesIn(average_pools()), name_of);
INSTANTIATE_TEST_SUITE_P(AveragePoolGradient, RejectedPooling, testing::ValuesIn(average_pool_gradients()), name_of);

}  // namespace
}  // namespace glassbox::cnn::exercise
