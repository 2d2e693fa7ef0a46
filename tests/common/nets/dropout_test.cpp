#include <gtest/gtest.h>
#include <torch/utils.h>

#include "common/nets/network.h"

namespace glassbox {
namespace {

TEST(Dropout, HasOneMaskWhateverTheStrides) {
  const torch::Tensor x = torch::ones({3, 4, 5, 6}), channels_last = x.contiguous(at::MemoryFormat::ChannelsLast);
  torch::manual_seed(1);
  const torch::Tensor mask = dropout_mask(x, 0.25);
  torch::manual_seed(1);
  EXPECT_TRUE(torch::equal(dropout_mask(channels_last, 0.25), mask));
  EXPECT_TRUE(((mask == 0) | ((mask - 1 / 0.75).abs() < 1e-6)).all().item<bool>());
}

TEST(Dropout, SilencesTheFractionThatWasAsked) {
  torch::manual_seed(2);
  const torch::Tensor mask = dropout_mask(torch::ones({100, 1000}), 0.3);
  EXPECT_NEAR((mask == 0).to(torch::kFloat64).mean().item<double>(), 0.3, 0.01);
  EXPECT_NEAR(mask.mean().item<double>(), 1, 0.02);  // what comes out is as large as what went in
}

}  // namespace
}  // namespace glassbox
