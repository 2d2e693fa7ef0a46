/// Ranks and Spearman's correlation, by hand.
#include "common/inside/ranks.h"

#include <gtest/gtest.h>

#include <cmath>

namespace glassbox {
namespace {

TEST(Ranks, EqualNumbersFractionTheMeanOfTheirRanks) {
  // Sorted: 1, 5, 5, 9: ranks 1, (2 + 3) / 2 twice, 4.
  EXPECT_TRUE(ranks(torch::tensor({5.0, 1.0, 9.0, 5.0})).equal(torch::tensor({2.5, 1.0, 4.0, 2.5}, torch::kFloat64)));
}

TEST(Spearman, IsOneForTheSameOrderAndMinusOneForTheReverse) {
  const torch::Tensor a = torch::tensor({1.0, 2.0, 3.0, 4.0});
  EXPECT_DOUBLE_EQ(spearman(a, a.exp()), 1);
  EXPECT_DOUBLE_EQ(spearman(a, -a.pow(3)), -1);
}

TEST(Spearman, WithoutTiesIsOneMinusSixSumsOfSquares) {
  // Ranks 1 2 3 4 5 against 2 1 4 3 5: d^2 = 1 1 1 1 0; 1 - 6 x 4 / (5 x 24) = 0.8.
  EXPECT_NEAR(spearman(torch::tensor({10., 20., 30., 40., 50.}), torch::tensor({2., 1., 4., 3., 5.})), 0.8, 1e-12);
}

TEST(Spearman, WithTies) {
  // Ranks 1.5 1.5 3 against 1 2 3, less their mean 2: (-.5, -.5, 1) and (-1, 0, 1): 1.5 / sqrt(1.5 x 2).
  EXPECT_NEAR(spearman(torch::tensor({7., 7., 8.}), torch::tensor({1., 2., 3.})), 1.5 / std::sqrt(3.0), 1e-12);
}

TEST(Spearman, OfAConstantIsNotANumber) {
  EXPECT_TRUE(std::isnan(spearman(torch::zeros({4}), torch::arange(4))));
  EXPECT_TRUE(std::isnan(spearman(torch::tensor({1.0, double(NAN)}), torch::tensor({1.0, 2.0}))));
  EXPECT_THROW(spearman(torch::zeros({4}), torch::zeros({3})), std::logic_error);
}

}  // namespace
}  // namespace glassbox
