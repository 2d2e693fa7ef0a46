/// Grad-CAM, integrated gradients and occlusion against computations by hand.
#include "apps/cnn/inside/maps.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/apps/cnn/inside_nets.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;

// f_c = sum_k w_ck mean(A_k), so df_c/dA_k = w_ck / (h w) at every place, and so is its mean.
TEST(GradCam, OfALinearHeadIsTheWeightedSumOfTheMaps) {
  Network net = net_of({"conv 4 3x3", "pool average all", "linear classes"}, {2, 7, 6}, 3);
  const Tensor x = image({1, 2, 7, 6});
  const Tensor maps = torch::conv2d(x, net->layers()[0].conv->weight, net->layers()[0].conv->bias)[0];  // [4, 5, 4]
  for (int64_t target = 0; target < 3; ++target) {
    const Tensor w = net->layers()[2].linear->weight[target].view({4, 1, 1});
    const Tensor by_hand = torch::relu((w * maps).sum(0) / (5 * 4));
    ASSERT_EQ(cam_layer(*net), std::optional<size_t>(0));
    const Tensor map = grad_cam(*net, x, target, 0);
    EXPECT_LT((map - by_hand).abs().max().item<double>(), 1e-6) << "class " << target;
    EXPECT_GE(map.min().item<double>(), 0);
  }
}

TEST(GradCam, LooksAtTheLastLayerOfPlacesWithItsNormAndActivation) {
  EXPECT_EQ(
      cam_layer(*net_of({"conv 2 3x3", "act relu", "conv 2 3x3", "norm", "act relu", "pool max 2x2", "linear classes"},
                        {1, 8, 8}, 2)),
      std::optional<size_t>(4));
  EXPECT_EQ(cam_layer(*net_of({"residual 2", "pool max 2x2", "norm", "linear classes"}, {1, 8, 8}, 2)),
            std::optional<size_t>(0));
  EXPECT_EQ(cam_layer(*net_of({"linear classes"}, {1, 8, 8}, 2)), std::nullopt);
}

TEST(GradientMap, OfALinearNetIsTheSizeOfItsWeights) {
  Network net = net_of({"linear classes"}, {2, 3, 3}, 2);
  const Tensor w = net->layers()[0].linear->weight[1].view({2, 3, 3});
  EXPECT_TRUE(gradient_map(*net, image({1, 2, 3, 3}), 1).allclose(w.abs().amax(0), 1e-12, 1e-12));
}

TEST(IntegratedGradients, AreExactForALinearNet) {
  Network net = net_of({"conv 3 3x3", "linear classes"}, {1, 5, 5}, 2);
  const Tensor x = image({1, 1, 5, 5}), base = torch::full_like(x, -0.4);
  const IntegratedGradients found = integrated_gradients(*net, x, base, 1, /*steps=*/1);
  EXPECT_LT(found.error(), 1e-10);
  EXPECT_NEAR(found.change, (net->forward(x) - net->forward(base))[0][1].item<double>(), 1e-12);
  EXPECT_EQ(found.map.sizes().vec(), (std::vector<int64_t>{1, 5, 5}));
}

TEST(IntegratedGradients, TheErrorFallsWithMoreSteps) {
  Network net = net_of({"conv 8 3x3", "act tanh", "linear classes"}, {1, 5, 5}, 2);
  const Tensor x = 3 * image({1, 1, 5, 5}), base = torch::zeros_like(x);
  const double few = integrated_gradients(*net, x, base, 0, 4).error();
  const double some = integrated_gradients(*net, x, base, 0, 16).error();
  const double many = integrated_gradients(*net, x, base, 0, 200).error();  // more than go through the net at once
  EXPECT_LT(some, few);
  EXPECT_LT(many, some);
  EXPECT_LT(many, 1e-3 * std::abs(integrated_gradients(*net, x, base, 0, 200).change));
}

TEST(OcclusionMap, OfANetThatLooksAtOnePixelIsItsSurroundings) {
  Network net = net_of({"linear classes no_bias"}, {1, 6, 6}, 2);
  Tensor w = torch::zeros({2, 1, 6, 6}, torch::kFloat64);
  w[0][0][2][3] = 1;
  put(net->layers()[0].linear->weight, w.view({2, 36}));
  const Tensor map = occlusion_map(*net, torch::ones({1, 1, 6, 6}, torch::kFloat64), 0, torch::zeros({1}), 2, 1);
  // Covered, the logit falls from 1 to 0: the probability from 1 / (1 + e^-1) to 1/2.
  const double fall = 1 / (1 + std::exp(-1.0)) - 0.5;
  for (int64_t y = 0; y < 6; ++y) {
    for (int64_t x = 0; x < 6; ++x) {
      const bool near = std::abs(y - 2) <= 1 && std::abs(x - 3) <= 1;  // some square of 2 covers both
      EXPECT_EQ(std::abs(map[y][x].item<double>()) > 1e-12, near) << y << ", " << x;
    }
  }
  EXPECT_NEAR(map[2][3].item<double>(), fall, 1e-6);      // every square over the pixel has the same fall
  EXPECT_NEAR(map[1][3].item<double>(), fall / 2, 1e-6);  // half of the squares over its neighbour cover it
}

TEST(OcclusionMap, CoversEveryPixelWhateverTheStride) {
  Network net = net_of({"linear classes"}, {1, 7, 5}, 2);
  const Tensor map = occlusion_map(*net, image({1, 1, 7, 5}), 1, torch::zeros({1}), 3, 3);
  EXPECT_TRUE(torch::isfinite(map).all().item<bool>());
}

TEST(Background, IsBlackForInkAndTheMeanForColours) {
  DatasetInfo info;
  info.pixel_max = 255;
  info.sample_shape = {1, 2, 2};
  info.mean = {0.25F};
  info.std = {0.5F};
  EXPECT_EQ(background(info).item<float>(), -0.5F);  // (0 - 0.25) / 0.5
  info.sample_shape = {3, 2, 2};
  EXPECT_TRUE(background(info).equal(torch::zeros({3})));
}

}  // namespace
}  // namespace glassbox::cnn
