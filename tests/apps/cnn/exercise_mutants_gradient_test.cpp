/// Wrong solutions of tasks 2.1, 2.2 and 2.4 that the checks must reject.
#include "tests/apps/cnn/loops.h"
#include "tests/apps/cnn/mutants.h"

namespace glassbox::cnn::exercise {
namespace {

class RejectedGradient : public Rejected {};
TEST_P(RejectedGradient, ByTheChecksOfItsOwnTask) { expect_rejected(GetParam()); }

using T = const Tensor&;
using W = const Window&;

struct Ways {
  loops::How one_off, no_padding, rows_dense, columns_dense, wraps;
};

Ways wrong_ways() {
  Ways ways;
  ways.one_off.begin = 1;
  ways.no_padding.padding = ways.rows_dense.stride_rows = ways.columns_dense.stride_columns = false;
  ways.wraps.wraps = true;
  return ways;
}

/// Columns [N, C kh kw, L] with their parts apart, [N, C, kh, kw, Ho, Wo], reordered.
Tensor reordered(T columns, T x, W it, at::IntArrayRef order) {
  const loops::Sizes s = loops::sizes_of(x, it);
  return columns.view({s.n, s.c, it.kernel_h, it.kernel_w, s.out_h, s.out_w}).permute(order).reshape(columns.sizes());
}

std::vector<Mutant> to_columns() {
  const auto is = [](auto wrong) { return [=](Functions& f) { f.im2col = wrong; }; };
  const auto order = [=](std::vector<int64_t> axes) {
    return is([=](T x, W it) { return reordered(loops::im2col(x, it), x, it, axes); });
  };
  const auto walking = [=](loops::How how) { return is([=](T x, W it) { return loops::im2col(x, it, how); }); };
  const Ways ways = wrong_ways();
  return {{"ColumnsWithTheChannelLast", "2.1", order({0, 2, 3, 1, 4, 5})},
          {"ColumnsWithKernelRowsAndColumnsSwapped", "2.1", order({0, 1, 3, 2, 4, 5})},
          {"ColumnsWithPlacesColumnByColumn", "2.1", order({0, 1, 2, 3, 5, 4})},
          {"ColumnsMissingTheirTranspose", "2.1",
           is([](T x, W it) { return loops::im2col(x, it).transpose(1, 2).contiguous(); })},
          {"ColumnsUpsideDown", "2.1", is([](T x, W it) { return loops::im2col(x, it).flip({1}); })},
          {"ColumnsBeginOneTooFar", "2.1", walking(ways.one_off)},
          {"ColumnsBeginInsideInSpiteOfPadding", "2.1", walking(ways.no_padding)},
          {"ColumnsStrideForgottenDownwards", "2.1", walking(ways.rows_dense)},
          {"ColumnsStrideForgottenSideways", "2.1", walking(ways.columns_dense)},
          {"ColumnsPaddingFromTheRowAbove", "2.1", walking(ways.wraps)},
          {"ColumnsPaddedWithOnes", "2.1", is([](T x, W it) {
             const int64_t p = it.padding;
             return loops::im2col(torch::constant_pad_nd(x, {p, p, p, p}, 1), {it.kernel_h, it.kernel_w, it.stride, 0});
           })},
          {"ColumnsOfASquareKernel", "2.1", is([](T x, W it) {
             return loops::im2col(x, {it.kernel_h, it.kernel_h, it.stride, it.padding});
           })},
          {"ColumnsOfTheFirstImage", "2.1",
           is([](T x, W it) { return loops::im2col(x.narrow(0, 0, 1).expand(x.sizes()), it); })},
          {"ColumnsOfTheFirstChannel", "2.1",
           is([](T x, W it) { return loops::im2col(x.narrow(1, 0, 1).expand(x.sizes()), it); })},
          {"ColumnsThatEmptyTheImage", "2.1", is([](T x, W it) {
             const Tensor columns = loops::im2col(x, it);
             x.zero_();
             return columns;
           })},
          {"ColumnsOfWindowsThatDoNotFit", "2.1", is([](T x, W it) {
             const bool fits = x.size(2) + 2 * it.padding >= it.kernel_h && x.size(3) + 2 * it.padding >= it.kernel_w;
             return fits ? loops::im2col(x, it) : torch::zeros({x.size(0), x.size(1), 0}, x.options());
           })}};
}

std::vector<Mutant> to_images() {
  using I = int64_t;
  const auto is = [](auto wrong) { return [=](Functions& f) { f.col2im = wrong; }; };
  const auto walking = [=](loops::How how) {
    return is([=](T columns, I h, I w, W it) { return loops::col2im(columns, h, w, it, how); });
  };
  const Ways ways = wrong_ways();
  return {{"ImageOverwritten", "2.2",
           is([](T columns, I h, I w, W it) { return loops::col2im(columns, h, w, it, {}, /*overwrites=*/true); })},
          {"ImageAveraged", "2.2", is([](T columns, I h, I w, W it) {
             return loops::col2im(columns, h, w, it) / loops::col2im(torch::ones_like(columns), h, w, it).clamp_min(1);
           })},
          {"ImageWithItsPadding", "2.2", is([](T columns, I h, I w, W it) {
             return loops::col2im(columns, h + 2 * it.padding, w + 2 * it.padding,
                                  {it.kernel_h, it.kernel_w, it.stride, 0});
           })},
          {"ImageCutAtTheCorner", "2.2", is([](T columns, I h, I w, W it) {
             const Tensor framed = loops::col2im(columns, h + 2 * it.padding, w + 2 * it.padding,
                                                 {it.kernel_h, it.kernel_w, it.stride, 0});
             return framed.narrow(2, 0, h).narrow(3, 0, w).clone();
           })},
          {"ImageBeginsOneTooFar", "2.2", walking(ways.one_off)},
          {"ImageStrideForgottenDownwards", "2.2", walking(ways.rows_dense)},
          {"ImageStrideForgottenSideways", "2.2", walking(ways.columns_dense)},
          {"ImageOfTurnedKernels", "2.2", is([](T columns, I h, I w, W it) {
             const Tensor apart = columns.reshape({columns.size(0), -1, it.kernel_h * it.kernel_w, columns.size(2)});
             return loops::col2im(apart.flip({2}).reshape(columns.sizes()), h, w, it);
           })},
          {"ImageWithTheChannelLast", "2.2", is([](T columns, I h, I w, W it) {
             const I pixels = it.kernel_h * it.kernel_w, channels = columns.size(1) / pixels;
             const Tensor apart = columns.reshape({columns.size(0), pixels, channels, columns.size(2)});
             return loops::col2im(apart.transpose(1, 2).reshape(columns.sizes()), h, w, it);
           })},
          {"ImageOnItsSide", "2.2",
           is([](T columns, I h, I w, W it) { return loops::col2im(columns, h, w, it).transpose(2, 3); })},
          {"ImageThatEmptiesTheColumns", "2.2", is([](T columns, I h, I w, W it) {
             const Tensor x = loops::col2im(columns, h, w, it);
             columns.zero_();
             return x;
           })}};
}

using Spoil = std::function<void(ConvGradients&, T x, T weight, T g, int64_t stride, int64_t padding)>;

Mutant spoilt(const std::string& name, const Spoil& spoil) {
  return {name, "2.4", [=](Functions& f) {
            f.conv2d_backward = [=](T x, T w, T g, int64_t s, int64_t p) {
              ConvGradients out = loops::backward(x, w, g, s, p);
              spoil(out, x, w, g, s, p);
              return out;
            };
          }};
}

Mutant walking(const std::string& name, const loops::How& in_x, const loops::How& in_weight) {
  return {name, "2.4", [=](Functions& f) {
            f.conv2d_backward = [=](T x, T w, T g, int64_t s, int64_t p) {
              return loops::backward(x, w, g, s, p, in_x, in_weight);
            };
          }};
}

std::vector<Mutant> of_bias_and_weight() {
  using G = ConvGradients&;
  using I = int64_t;
  return {spoilt("BiasGradientOfTheFirstImage",
                 [](G out, T, T, T g, I, I) {
                   out.bias = g[0].sum({1, 2});
                 }),
          spoilt("BiasGradientOfTheFirstPlace",
                 [](G out, T, T, T g, I, I) { out.bias = g.select(2, 0).select(2, 0).sum(0); }),
          spoilt("BiasGradientAveraged",
                 [](G out, T, T, T g, I, I) {
                   out.bias = g.mean(at::IntArrayRef{0, 2, 3});
                 }),
          spoilt("BiasGradientPerImageAveraged", [](G out, T, T, T g, I, I) { out.bias = out.bias / g.size(0); }),
          spoilt("BiasGradientOfAllChannels",
                 [](G out, T, T, T g, I, I) { out.bias = g.sum().expand({g.size(1)}).clone(); }),
          spoilt("BiasGradientMissing", [](G out, T, T, T, I, I) { out.bias = torch::zeros_like(out.bias); }),
          spoilt("WeightGradientOfTheFirstImage",
                 [](G out, T x, T w, T g, I s, I p) {
                   out.weight = loops::backward(x.narrow(0, 0, 1), w, g.narrow(0, 0, 1), s, p).weight;
                 }),
          spoilt("WeightGradientAveraged", [](G out, T x, T, T, I, I) { out.weight = out.weight / x.size(0); }),
          spoilt("WeightGradientFlipped",
                 [](G out, T, T, T, I, I) {
                   out.weight = out.weight.flip({2, 3});
                 }),
          spoilt("WeightGradientRowsReadAsColumns",
                 [](G out, T, T, T, I, I) { out.weight = out.weight.transpose(2, 3).reshape(out.weight.sizes()); }),
          spoilt("WeightGradientKernelsAndChannelsSwapped",
                 [](G out, T, T, T, I, I) { out.weight = out.weight.transpose(0, 1).reshape(out.weight.sizes()); }),
          spoilt("WeightGradientWithDecay", [](G out, T, T w, T, I, I) { out.weight = out.weight + 1e-4 * w; }),
          spoilt("GradientsWithTheWrongSign", [](G out, T, T, T, I, I) { out.x = -out.x, out.weight = -out.weight; })};
}

std::vector<Mutant> of_x() {
  using G = ConvGradients&;
  using I = int64_t;
  const Ways ways = wrong_ways();
  return {
      spoilt("ImageGradientByTheFlippedKernel",
             [](G out, T x, T w, T g, I s, I p) {
               out.x = loops::backward(x, w.flip({2, 3}), g, s, p).x;
             }),
      spoilt("ImageGradientMissingATranspose",
             [](G out, T x, T w, T g, I s, I p) {
               out.x = loops::backward(x, w.transpose(0, 1).reshape(w.sizes()), g, s, p).x;
             }),
      spoilt("ImageGradientOfTheFirstKernel",
             [](G out, T x, T w, T g, I s, I p) {
               out.x = loops::backward(x, w.narrow(0, 0, 1), g.narrow(1, 0, 1), s, p).x;
             }),
      spoilt("ImageGradientTheSameInAllChannels",
             [](G out, T, T, T, I, I) { out.x = out.x.mean(1, true).expand(out.x.sizes()).clone(); }),
      spoilt("ImageGradientAveraged", [](G out, T x, T, T, I, I) { out.x = out.x / x.size(0); }),
      spoilt("ImageGradientCutAtTheCorner",
             [](G out, T x, T w, T g, I s, I p) {
               const Tensor framed = torch::constant_pad_nd(x, {p, p, p, p});
               out.x = loops::backward(framed, w, g, s, 0).x.narrow(2, 0, x.size(2)).narrow(3, 0, x.size(3)).clone();
             }),
      spoilt(
          "ImageGradientOverwritten",
          [](G out, T x, T w, T g, I s, I p) {
            const Tensor columns = torch::matmul(w.reshape({w.size(0), -1}).t(), g.reshape({g.size(0), g.size(1), -1}));
            out.x = loops::col2im(columns, x.size(2), x.size(3), {w.size(2), w.size(3), s, p}, {}, /*overwrites=*/true);
          }),
      spoilt("GradientsThatScaleG", [](G, T, T, T g, I, I) { g.mul_(0.5); }),
      spoilt("GradientsAlwaysInFloat64", [](G out, T, T, T, I, I) { out.x = out.x.to(torch::kFloat64); }),
      walking("ImageGradientWithStrideForgottenDownwards", ways.rows_dense, {}),
      walking("ImageGradientWithStrideForgottenSideways", ways.columns_dense, {}),
      walking("ImageGradientWithoutPadding", ways.no_padding, {}),
      walking("ImageGradientOneTooFar", ways.one_off, {}),
      walking("WeightGradientWithStrideForgottenDownwards", {}, ways.rows_dense),
      walking("WeightGradientWithStrideForgottenSideways", {}, ways.columns_dense),
      walking("WeightGradientWithoutPadding", {}, ways.no_padding),
      walking("WeightGradientOneTooFar", {}, ways.one_off)};
}

INSTANTIATE_TEST_SUITE_P(Im2col, RejectedGradient, testing::ValuesIn(to_columns()), name_of);
INSTANTIATE_TEST_SUITE_P(Col2im, RejectedGradient, testing::ValuesIn(to_images()), name_of);
INSTANTIATE_TEST_SUITE_P(BiasAndWeight, RejectedGradient, testing::ValuesIn(of_bias_and_weight()), name_of);
INSTANTIATE_TEST_SUITE_P(Image, RejectedGradient, testing::ValuesIn(of_x()), name_of);

}  // namespace
}  // namespace glassbox::cnn::exercise
