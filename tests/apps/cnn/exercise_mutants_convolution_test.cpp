/// Wrong solutions of tasks 1.1, 1.2 and 2.3 that the checks must reject.
#include <torch/nn/functional/padding.h>

#include "tests/apps/cnn/loops.h"
#include "tests/apps/cnn/mutants.h"

namespace glassbox::cnn::exercise {
namespace {

class RejectedConvolution : public Rejected {};
TEST_P(RejectedConvolution, ByTheChecksOfItsOwnTask) { expect_rejected(GetParam()); }

using T = const Tensor&;

std::vector<Mutant> sizes() {
  const auto is = [](auto wrong) { return [=](Functions& f) { f.output_size = wrong; }; };
  const auto careful = [=](auto wrong) {
    return is([=](int64_t input, int64_t kernel, int64_t stride, int64_t padding) {
      output_size(input, kernel, stride, padding);  // refuses what is to be refused
      return wrong(input, kernel, stride, padding);
    });
  };
  using I = int64_t;
  return {{"SizeRoundedUp", "1.1", careful([](I in, I k, I s, I p) { return (in + 2 * p - k + s - 1) / s + 1; })},
          {"SizeWithoutTheFirstPlace", "1.1", careful([](I in, I k, I s, I p) { return (in + 2 * p - k) / s; })},
          {"SizeWithPaddingAtOneEnd", "1.1", careful([](I in, I k, I s, I p) { return (in + p - k) / s + 1; })},
          {"SizeWithoutPadding", "1.1", careful([](I in, I k, I s, I) { return (in - k) / s + 1; })},
          {"SizeWithStrideIgnored", "1.1", careful([](I in, I k, I, I p) { return in + 2 * p - k + 1; })},
          {"SizeOfTheKernelIgnored", "1.1", careful([](I in, I, I s, I p) { return (in + 2 * p) / s; })},
          {"SizeDividedTooEarly", "1.1", careful([](I in, I k, I s, I p) { return (in + 2 * p) / s - k / s + 1; })},
          {"SizeOfWhatDoesNotFit", "1.1", is([](I in, I k, I s, I p) {
             require(in > 0 && k > 0 && s > 0 && p >= 0, "no");
             return (in + 2 * p - k) / s + 1;
           })},
          {"SizeOfWhatDoesNotFitIsZero", "1.1", is([](I in, I k, I s, I p) {
             require(in > 0 && k > 0 && s > 0 && p >= 0, "no");
             return in + 2 * p < k ? 0 : output_size(in, k, s, p);
           })},
          {"SizeWithNegativePadding", "1.1", is([](I in, I k, I s, I p) {
             return p < 0 && in + 2 * p >= k ? (in + 2 * p - k) / s + 1 : output_size(in, k, s, p);
           })},
          {"SizeRefusedWithAnotherException", "1.1", is([](I in, I k, I s, I p) {
             if (s < 1) throw std::invalid_argument("stride");
             return output_size(in, k, s, p);
           })}};
}

using Wrong = Functions::Convolution;

/// The kernel's rows read as columns, in its own shape.
Tensor transposed(T w) { return w.transpose(2, 3).reshape(w.sizes()); }

Tensor padded_by(T x, std::vector<int64_t> sides) { return torch::constant_pad_nd(x, sides); }

Tensor with_edges_repeated(T x, int64_t p) {
  namespace F = torch::nn::functional;
  return p == 0 ? x : F::pad(x, F::PadFuncOptions({p, p, p, p}).mode(torch::kReplicate));
}

Wrong walking(loops::How how) {
  return [=](T x, T w, T b, int64_t s, int64_t p) { return loops::convolve(x, w, b, s, p, how); };
}

std::vector<std::pair<std::string, Wrong>> of_kernel_and_bias() {
  using I = int64_t;
  const auto right = loops::convolve;
  return {
      {"KernelFlipped",
       [=](T x, T w, T b, I s, I p) {
         return right(x, w.flip({2, 3}), b, s, p, {});
       }},
      {"KernelFlippedLeftRight", [=](T x, T w, T b, I s, I p) { return right(x, w.flip({3}), b, s, p, {}); }},
      {"KernelRowsReadAsColumns", [=](T x, T w, T b, I s, I p) { return right(x, transposed(w), b, s, p, {}); }},
      {"KernelWithoutItsLastColumn",
       [=](T x, T w, T b, I s, I p) {
         const Tensor cut = w.clone();
         if (w.size(3) > 1) cut.select(3, -1).zero_();
         return right(x, cut, b, s, p, {});
       }},
      {"BiasForgotten", [=](T x, T w, T b, I s, I p) { return right(x, w, torch::zeros_like(b), s, p, {}); }},
      {"BiasOncePerChannel", [=](T x, T w, T b, I s, I p) { return right(x, w, b * x.size(1), s, p, {}); }},
      {"BiasOncePerWeight", [=](T x, T w, T b, I s, I p) { return right(x, w, b * w[0].numel(), s, p, {}); }},
      {"BiasOfTheFirstForAll", [=](T x, T w, T b, I s, I p) { return right(x, w, b[0].expand(b.sizes()), s, p, {}); }},
      {"BiasSubtracted", [=](T x, T w, T b, I s, I p) { return right(x, w, -b, s, p, {}); }},
      {"ChannelsOnlyTheFirst",
       [=](T x, T w, T b, I s, I p) {
         right(x, w, b, s, p, {});
         return right(x.narrow(1, 0, 1), w.narrow(1, 0, 1), b, s, p, {});
       }},
      {"ChannelsAveraged", [=](T x, T w, T b, I s, I p) { return right(x, w / double(w.size(1)), b, s, p, {}); }},
      {"ChannelsInTheWrongOrder", [=](T x, T w, T b, I s, I p) { return right(x.flip({1}), w, b, s, p, {}); }},
      {"ChannelsAllWithTheFirstKernel",
       [=](T x, T w, T b, I s, I p) { return right(x, w.narrow(1, 0, 1).expand(w.sizes()), b, s, p, {}); }},
      {"KernelsInTheWrongOrder", [=](T x, T w, T b, I s, I p) { return right(x, w, b, s, p, {}).flip({1}); }}};
}

std::vector<std::pair<std::string, Wrong>> of_places() {
  using I = int64_t;
  const auto right = loops::convolve;
  loops::How one_off, no_padding, rows_dense, columns_dense, wraps;
  one_off.begin = 1;
  no_padding.padding = rows_dense.stride_rows = columns_dense.stride_columns = false;
  wraps.wraps = true;
  return {{"WindowBeginsOneTooFar", walking(one_off)},
          {"WindowBeginsInsideInSpiteOfPadding", walking(no_padding)},
          {"StrideForgottenDownwards", walking(rows_dense)},
          {"StrideForgottenSideways", walking(columns_dense)},
          {"PaddingReadFromTheRowAbove", walking(wraps)},
          {"StrideIgnored", [=](T x, T w, T b, I s, I p) { return right(x, w, b, s > 0 ? 1 : s, p, {}); }},
          {"PaddingIgnored", [=](T x, T w, T b, I s, I) { return right(x, w, b, s, 0, {}); }},
          {"PaddingOnTheRightAndBelowOnly",
           [=](T x, T w, T b, I s, I p) {
             return right(padded_by(x, {0, 2 * p, 0, 2 * p}), w, b, s, 0, {});
           }},
          {"PaddingOffByOne",
           [=](T x, T w, T b, I s, I p) {
             const int64_t off = p > 0 ? 1 : 0;
             return right(padded_by(x, {p - off, p + off, p - off, p + off}), w, b, s, 0, {});
           }},
          {"PaddingRepeatsTheEdge",
           [=](T x, T w, T b, I s, I p) { return right(with_edges_repeated(x, p), w, b, s, 0, {}); }},
          {"PaddingIsTheBias",
           [=](T x, T w, T b, I s, I p) {
             return right(torch::constant_pad_nd(x, {p, p, p, p}, b[0].item<double>()), w, b, s, 0, {});
           }},
          {"TheFirstImageForAll",
           [=](T x, T w, T b, I s, I p) { return right(x.narrow(0, 0, 1).expand(x.sizes()), w, b, s, p, {}); }},
          {"RowsAndColumnsSwapped",
           [=](T x, T w, T b, I s, I p) { return right(x.transpose(2, 3), w.transpose(2, 3), b, s, p, {}); }},
          {"ExtraChannelsLeftOut",
           [=](T x, T w, T b, I s, I p) {
             const int64_t c = std::min(x.size(1), w.size(1));
             return right(x.narrow(1, 0, c), w.narrow(1, 0, c), b, s, p, {});
           }},
          {"InFloat32",
           [=](T x, T w, T b, I s, I p) {
             const auto single = [](T it) { return it.to(torch::kFloat32); };
             return right(single(x), single(w), single(b), s, p, {}).to(x.scalar_type());
           }},
          {"AlwaysInFloat64", [=](T x, T w, T b, I s, I p) { return right(x, w, b, s, p, {}).to(torch::kFloat64); }},
          {"ReadsWhatLiesInMemory",
           [=](T x, T w, T b, I s, I p) {
             return right(x.as_strided(x.sizes(), torch::empty_like(x, at::MemoryFormat::Contiguous).strides()), w, b,
                          s, p, {});
           }},
          {"ChangesTheImage", [=](T x, T w, T b, I s, I p) {
             const Tensor y = right(x, w, b, s, p, {});
             x.zero_();
             return y;
           }}};
}

/// Each of them by loops and by matrices.
std::vector<Mutant> convolutions() {
  std::vector<Mutant> mutants;
  for (const auto& list : {of_kernel_and_bias(), of_places()}) {
    for (const auto& [name, wrong] : list) {
      mutants.push_back({"Direct" + name, "1.2", [wrong = wrong](Functions& f) { f.conv2d_direct = wrong; }});
      mutants.push_back({"Matrix" + name, "2.3", [wrong = wrong](Functions& f) { f.conv2d_im2col = wrong; }});
    }
  }
  return mutants;
}

INSTANTIATE_TEST_SUITE_P(Size, RejectedConvolution, testing::ValuesIn(sizes()), name_of);
INSTANTIATE_TEST_SUITE_P(Convolution, RejectedConvolution, testing::ValuesIn(convolutions()), name_of);

}  // namespace
}  // namespace glassbox::cnn::exercise
