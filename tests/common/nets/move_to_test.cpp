/// Numbers change their type, counters do not.
#include "common/nets/move_to.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>

namespace glassbox {
namespace {

TEST(MoveTo, ChangesTheTypeOfNumbersAndNotOfCounters) {
  torch::nn::BatchNorm2d norm(3);
  for (const auto type : {torch::kFloat64, torch::kFloat32}) {
    move_to(*norm, torch::kCPU, type);
    EXPECT_EQ(norm->weight.scalar_type(), type);
    EXPECT_EQ(norm->running_mean.scalar_type(), type);
    EXPECT_EQ(norm->num_batches_tracked.scalar_type(), torch::kInt64);
    EXPECT_TRUE(norm->weight.requires_grad());
  }
}

}  // namespace
}  // namespace glassbox
