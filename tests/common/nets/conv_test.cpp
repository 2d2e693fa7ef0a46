/// One door for every order of memory: the same numbers, and batch-last stays batch-last.
#include "common/nets/conv.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include "common/nets/batch_last.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

using torch::Tensor;

std::vector<Tensor> in_every_order(const Tensor& x) {
  return {x, x.contiguous(at::MemoryFormat::ChannelsLast), batch_last(x)};
}

TEST(ConvDoor, GivesTheSameNumbersInEveryOrderOfMemory) {
  torch::manual_seed(1);
  const Tensor w = torch::randn({5, 3, 3, 2}), bias = torch::randn({5});
  for (int64_t batch : {16, 7}) {
    for (const Tensor& x : in_every_order(torch::randn({batch, 3, 9, 8}))) {
      for (const auto& [stride, padding] : {std::pair<int64_t, int64_t>{1, 0}, {1, 1}, {1, 2}, {2, 0}, {3, 2}}) {
        const Tensor y = conv(x, w, bias, stride, padding);
        EXPECT_LT(largest_difference(y, torch::conv2d(x.contiguous(), w, bias, stride, padding)), 1e-4)
            << x.strides() << " stride " << stride << " padding " << padding;
      }
      EXPECT_TRUE(max_pool(x, {2, 2}, 2, 0).equal(torch::max_pool2d(x.contiguous(), {2, 2}, 2)));
      EXPECT_TRUE(max_pool(x, {3, 2}, 1, 1).equal(torch::max_pool2d(x.contiguous(), {3, 2}, 1, 1)));
      EXPECT_LT(largest_difference(average_pool(x, {3, 3}, 2, 1), torch::avg_pool2d(x.contiguous(), {3, 3}, 2, 1)),
                1e-6);
    }
  }
}

TEST(ConvDoor, BatchLastStaysSo) {
  const Tensor x = batch_last(torch::randn({32, 2, 8, 8})), w = torch::randn({4, 2, 3, 3});
  EXPECT_TRUE(is_batch_last(conv(x, w, {}, 1, 1)));
  for (int64_t stride : {1, 2}) {
    EXPECT_TRUE(is_batch_last(max_pool(x, {2, 2}, stride, 0)));
    EXPECT_TRUE(is_batch_last(average_pool(x, {2, 2}, stride, 0)));
  }
  EXPECT_FALSE(is_batch_last(x.contiguous()));
  EXPECT_FALSE(is_batch_last(batch_last(torch::randn({7, 2, 8, 8})))) << "7 samples fill no vector";
}

}  // namespace
}  // namespace glassbox
