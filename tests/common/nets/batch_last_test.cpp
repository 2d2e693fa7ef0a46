/// The convolution and pooling over the batch against LibTorch's.
#include "common/nets/batch_last.h"

#include <gtest/gtest.h>
#include <torch/nn/functional/conv.h>
#include <torch/utils.h>

#include "tests/common/tensors.h"

namespace glassbox {
namespace {

using torch::Tensor;

struct Case {
  int64_t n, channels, height, width, outputs, kernel_h, kernel_w, padding;
};

struct Gradients {
  Tensor y, x, weight, bias;
};

Gradients convolve(bool ours, const Case& c) {
  torch::manual_seed(3);
  const Tensor x = torch::randn({c.n, c.channels, c.height, c.width}).set_requires_grad(true);
  const Tensor w = torch::randn({c.outputs, c.channels, c.kernel_h, c.kernel_w}).set_requires_grad(true);
  const Tensor b = torch::randn({c.outputs}).set_requires_grad(true);
  const Tensor y = ours ? conv2d_batch_last(x, w, b, c.padding) : torch::conv2d(x, w, b, 1, c.padding);
  y.backward(torch::randn(y.sizes()));
  return {y, x.grad(), w.grad(), b.grad()};
}

TEST(BatchLast, ConvolvesAsLibTorchDoes) {
  for (const Case& c :
       {Case{16, 1, 28, 28, 6, 5, 5, 2}, Case{64, 6, 14, 14, 16, 5, 5, 0}, Case{32, 3, 7, 9, 5, 3, 3, 1},
        Case{80, 2, 6, 5, 7, 1, 2, 0}, Case{16, 4, 8, 8, 3, 4, 3, 2}, Case{48, 5, 9, 9, 13, 7, 6, 3}}) {
    const Gradients got = convolve(true, c), want = convolve(false, c);
    const double scale = double(c.channels * c.kernel_h * c.kernel_w);
    EXPECT_LT(largest_difference(got.y, want.y), 1e-5 * scale);
    EXPECT_LT(largest_difference(got.x, want.x), 1e-5 * double(c.outputs * c.kernel_h * c.kernel_w));
    EXPECT_LT(largest_difference(got.weight, want.weight), 1e-5 * double(c.n * c.height * c.width));
    EXPECT_LT(largest_difference(got.bias, want.bias), 1e-5 * double(c.n * c.height * c.width));
  }
}

TEST(BatchLast, ConvolvesWithoutBias) {
  torch::manual_seed(1);
  const Tensor x = torch::randn({16, 2, 5, 5}), w = torch::randn({3, 2, 3, 3});
  EXPECT_LT(largest_difference(conv2d_batch_last(x, w, {}, 1), torch::conv2d(x, w, {}, 1, 1)), 1e-4);
}

TEST(BatchLast, AShapeStaysAndElementwiseFunctionsKeepTheOrder) {
  const Tensor x = batch_last(torch::randn({16, 2, 6, 6}));
  EXPECT_EQ(x.sizes(), (std::vector<int64_t>{16, 2, 6, 6}));
  EXPECT_EQ(x.stride(0), 1);
  EXPECT_EQ(torch::tanh(x).stride(0), 1);
  EXPECT_EQ(max_pool_batch_last(torch::relu(conv2d_batch_last(x, torch::randn({4, 2, 3, 3}), {}, 0))).stride(0), 1);
}

TEST(BatchLast, PoolsAsLibTorchDoesEvenWithOddSides) {
  for (const auto& [h, w] : {std::pair<int64_t, int64_t>{8, 6}, {7, 5}, {2, 2}, {3, 8}}) {
    torch::manual_seed(2);
    const Tensor x = torch::randn({16, 3, h, w}).set_requires_grad(true);
    const Tensor other = x.detach().clone().set_requires_grad(true);
    const Tensor got = max_pool_batch_last(x), want = torch::max_pool2d(other, {2, 2});
    EXPECT_TRUE(same_bits(got, want));
    const Tensor g = torch::randn(want.sizes());
    got.backward(g);
    want.backward(g);
    EXPECT_TRUE(torch::equal(x.grad(), other.grad()));
  }
}

TEST(BatchLast, OfEqualNumbersTheFirstGetsTheGradient) {
  const Tensor x = torch::ones({16, 1, 2, 2}).set_requires_grad(true);
  max_pool_batch_last(x).sum().backward();
  EXPECT_EQ(doubles(x.grad()[5].flatten()), (std::vector<double>{1, 0, 0, 0}));
}

TEST(BatchLast, IsTheSameWhateverTheThreads) {
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const Gradients one = convolve(true, {64, 6, 14, 14, 16, 5, 5, 0});
  at::set_num_threads(2);
  const Gradients two = convolve(true, {64, 6, 14, 14, 16, 5, 5, 0});
  at::set_num_threads(before);
  EXPECT_TRUE(same_bits(one.y, two.y) && same_bits(one.x, two.x) && same_bits(one.weight, two.weight));
}

TEST(BatchLast, RefusesWeightsThatDoNotFit) {
  const Tensor x = torch::rand({16, 3, 6, 6}), weight = torch::rand({4, 3, 3, 3});
  EXPECT_THROW(conv2d_batch_last(x, torch::rand({4, 2, 3, 3}), torch::rand({4}), 0), c10::Error);
  EXPECT_THROW(conv2d_batch_last(x, weight, torch::rand({3}), 0), c10::Error);
}

TEST(BatchLast, TakesOnlyWholeVectorsOfSamples) {
  EXPECT_TRUE(fits_batch_last(torch::zeros({32, 1, 4, 4})));
  EXPECT_FALSE(fits_batch_last(torch::zeros({33, 1, 4, 4})));
  EXPECT_FALSE(fits_batch_last(torch::zeros({32, 1, 4, 4}, torch::kFloat64)));
  EXPECT_THROW(conv2d_batch_last(torch::zeros({3, 1, 4, 4}), torch::zeros({1, 1, 2, 2}), {}, 0), c10::Error);
}

}  // namespace
}  // namespace glassbox
