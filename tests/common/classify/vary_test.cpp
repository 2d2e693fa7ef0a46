/// Augmentation of labelled images: laws, values against plain references, and the same bits whatever batches and
/// threads.
#include "common/classify/vary.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <set>

#include "common/base/random.h"
#include "common/data/image_loops.h"
#include "tests/common/expect_error.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

DatasetInfo varied_info(int64_t height = 12, int64_t width = 10) {
  DatasetInfo info;
  info.name = "colours";
  info.classes = {"a", "b"};
  info.sample_shape = {3, height, width};
  info.pixel_max = 255;
  info.mean = {0.5, 0.4, 0.3};
  info.std = {0.25, 0.2, 0.5};
  return info;
}

/// Pixels drawn from [0, 1], normalised. Sample i is at place first + i.
Batch random_batch(int64_t count, const DatasetInfo& info, int64_t first = 0) {
  torch::Tensor pixels = torch::empty({count, info.sample_shape[0], info.sample_shape[1], info.sample_shape[2]});
  for (int64_t i = 0; i < count; ++i) {
    Rng rng(7, "test", uint64_t(first + i));
    float* own = pixels.data_ptr<float>() + i * info.features();
    for (int64_t j = 0; j < info.features(); ++j) own[j] = float(rng.uniform());
  }
  const torch::Tensor index = torch::arange(first, first + count);
  DatasetInfo units = info;
  units.pixel_max = 1;
  return {normalise(pixels, units), index.remainder(2), index};
}

torch::Tensor augmented(const AugmentConfig& config, int64_t count = 64, int64_t epoch = 1, uint64_t seed = 1) {
  const DatasetInfo info = varied_info();
  Batch batch = random_batch(count, info);
  vary(batch, config, info, seed, epoch);
  return batch.input;
}

AugmentConfig everything() {
  AugmentConfig all;
  all.rotate = 15;
  all.scale = 0.1;
  all.translate = 0.1;
  all.shear = 5;
  all.brightness = all.contrast = all.saturation = 0.4;
  all.pad_crop = 2;
  all.flip = "random";
  all.cutout = 4;
  return all;
}

/// How often each sample equals its mirror image in `other`.
int64_t mirrored(const torch::Tensor& samples, const torch::Tensor& other) {
  int64_t count = 0;
  for (int64_t i = 0; i < samples.size(0); ++i) count += samples[i].equal(other[i].flip({2})) ? 1 : 0;
  return count;
}

TEST(Augment, EverythingIsOffByDefault) {
  EXPECT_FALSE(AugmentConfig().is_on());
  EXPECT_TRUE(augmented({}).equal(random_batch(64, varied_info()).input));
}

TEST(Augment, ACropOfThePaddedImageIsAShiftWithBlackBehind) {
  AugmentConfig config;
  config.pad_crop = 2;
  const Batch before = random_batch(64, varied_info());
  const torch::Tensor after = augmented(config);
  const torch::Tensor black = torch::tensor({-2.0, -2.0, -0.6}).view({3, 1, 1}).to(torch::kFloat32);  // -mean / std
  torch::Tensor padded = black.expand({64, 3, 16, 14}).clone();
  padded.slice(2, 2, 14).slice(3, 2, 12).copy_(before.input);
  std::set<int64_t> seen;
  for (int64_t i = 0; i < 64; ++i) {
    int64_t found = -1;
    for (int64_t place = 0; place < 25; ++place) {
      const torch::Tensor crop = padded[i].slice(1, place / 5, place / 5 + 12).slice(2, place % 5, place % 5 + 10);
      if (torch::allclose(crop, after[i])) found = place;
    }
    ASSERT_GE(found, 0) << "sample " << i << " is no crop";
    seen.insert(found);
  }
  EXPECT_GT(seen.size(), 18U);  // of 25 places, 64 draws leave 1.8 out on average
}

TEST(Augment, ReflectionIsThatOfLibTorchsPadding) {
  AugmentConfig config;
  config.pad_crop = 3;
  config.pad_mode = "reflect";
  config.flip = "random";
  const torch::Tensor after = augmented(config, 16), before = random_batch(16, varied_info()).input;
  const torch::Tensor padded = at::reflection_pad2d(before, {3, 3, 3, 3});
  for (int64_t i = 0; i < 16; ++i) {
    bool found = false;
    for (int64_t place = 0; place < 49; ++place) {
      const torch::Tensor crop = padded[i].slice(1, place / 7, place / 7 + 12).slice(2, place % 7, place % 7 + 10);
      found = found || crop.equal(after[i]) || crop.flip({2}).equal(after[i]);
    }
    EXPECT_TRUE(found) << "sample " << i;
  }
}

TEST(Augment, ARandomFlipMirrorsAboutHalf) {
  AugmentConfig config;
  config.flip = "random";
  const torch::Tensor before = random_batch(400, varied_info()).input, after = augmented(config, 400);
  const int64_t flipped = mirrored(after, before);
  for (int64_t i = 0; i < 400; ++i) EXPECT_TRUE(after[i].equal(before[i]) || after[i].equal(before[i].flip({2})));
  EXPECT_NEAR(double(flipped), 200, 50);  // five standard deviations
}

TEST(Augment, AnAlternatingFlipShowsBothSidesInTwoEpochsInARow) {
  AugmentConfig config;
  config.flip = "alternating";
  const torch::Tensor before = random_batch(400, varied_info()).input;
  const torch::Tensor first = augmented(config, 400, 1), second = augmented(config, 400, 2);
  EXPECT_EQ(mirrored(first, second), 400);  // so flipping twice is the identity, too:
  EXPECT_TRUE(augmented(config, 400, 3).equal(first));
  EXPECT_NEAR(double(mirrored(first, before)), 200, 50);
  EXPECT_FALSE(augmented(config, 400, 1, /*seed=*/2).equal(first));
}

TEST(Augment, CutoutIsASquareOfZeros) {
  AugmentConfig config;
  config.cutout = 4;
  const torch::Tensor before = random_batch(200, varied_info()).input, after = augmented(config, 200);
  int64_t largest = 0;
  for (int64_t i = 0; i < 200; ++i) {
    const torch::Tensor hole = (after[i] != before[i]).any(0);  // [H, W]
    EXPECT_EQ(after[i].masked_select(hole).abs().sum().item<float>(), 0);
    const int64_t rows = hole.any(1).sum().item<int64_t>(), columns = hole.any(0).sum().item<int64_t>();
    EXPECT_EQ(hole.sum().item<int64_t>(), rows * columns) << "a rectangle";
    EXPECT_GE(std::min(rows, columns), 2) << "the centre is inside";
    largest = std::max(largest, rows * columns);
  }
  EXPECT_EQ(largest, 16);
}

TEST(Augment, IsAFunctionOfSeedEpochAndPlaceAlone) {
  const DatasetInfo info = varied_info();
  const torch::Tensor whole = augmented(everything(), 32, 3);
  Batch later = random_batch(8, info, 20);  // places 20 to 27 alone
  vary(later, everything(), info, 1, 3);
  EXPECT_TRUE(later.input.equal(whole.slice(0, 20, 28)));
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  EXPECT_TRUE(augmented(everything(), 32, 3).equal(whole));
  at::set_num_threads(threads);
  EXPECT_FALSE(augmented(everything(), 32, 4).equal(whole));
  EXPECT_FALSE(augmented(everything(), 32, 3, /*seed=*/2).equal(whole));
}

TEST(Augment, SwitchingOneThingOnLeavesTheOthersDraws) {
  AugmentConfig flips;
  flips.flip = "random";
  AugmentConfig both = flips;
  both.brightness = 0.5;
  const torch::Tensor before = random_batch(50, varied_info()).input, after = augmented(flips, 50);
  AugmentConfig bright;
  bright.brightness = 0.5;
  const torch::Tensor brightened = augmented(bright, 50), together = augmented(both, 50);
  for (int64_t i = 0; i < 50; ++i) {
    const bool flipped = !after[i].equal(before[i]);
    EXPECT_TRUE(together[i].equal(flipped ? brightened[i].flip({2}) : brightened[i]));
  }
}

TEST(Augment, MixupIsTheConvexCombinationWithTheNextSample) {
  AugmentConfig config;
  config.mixup = 0.4;
  const DatasetInfo info = varied_info();
  const Batch before = random_batch(300, info);
  Batch after = random_batch(300, info);
  vary(after, config, info, 1, 1);
  ASSERT_EQ(after.target.sizes(), (std::vector<int64_t>{300, 2}));
  EXPECT_TRUE(after.target.sum(1).allclose(torch::ones({300})));
  const torch::Tensor one_hot = torch::one_hot(before.target, 2).to(torch::kFloat32);
  // Samples 0, 1, 0, 1, ... of two classes: what is left of a sample's own class is its lambda.
  const torch::Tensor lambda = (after.target * one_hot).sum(1);
  EXPECT_TRUE(((lambda >= 0) & (lambda <= 1)).all().item<bool>());
  // Beta(a, a) has mean 1/2 and variance 1 / (4 (2a + 1)) = 0.139 here.
  EXPECT_NEAR(lambda.mean().item<float>(), 0.5, 0.1);
  EXPECT_NEAR(lambda.var().item<float>(), 0.139, 0.03);
  const torch::Tensor weight = lambda.view({-1, 1, 1, 1});
  const torch::Tensor want = weight * before.input + (1 - weight) * before.input.roll(-1, 0);
  EXPECT_LT(largest_difference(after.input, want), 1e-5);
}

/// An image of 1 x 2 pixels: (0.2, 0.4, 0.6) and (0.8, 0.4, 0.0) in [0, 1], mean 0 and std 1.
std::vector<double> jittered(const Jitter& jitter) {
  std::vector<float> image = {0.2f, 0.8f, 0.4f, 0.4f, 0.6f, 0.0f};
  const float zeros[] = {0, 0, 0}, ones[] = {1, 1, 1};
  jitter_image(image.data(), {3, 1, 2}, jitter, zeros, ones);
  return {image.begin(), image.end()};
}

void expect_near(const std::vector<double>& got, const std::vector<double>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-5) << "at " << i;
}

TEST(Jitter, BrightnessIsAFactorAndClamped) {
  expect_near(jittered({1.5f, 1, 1}), {0.3, 1.0, 0.6, 0.6, 0.9, 0.0});  // 0.8 * 1.5 = 1.2 is cut at 1
}

TEST(Jitter, ContrastMovesAwayFromTheMeanGrey) {
  // grey: 0.2989*0.2 + 0.587*0.4 + 0.114*0.6 = 0.36298; 0.2989*0.8 + 0.587*0.4 = 0.47392; mean 0.41845
  const double m = 0.5 * 0.41845;
  expect_near(jittered({1, 0.5f, 1}), {0.1 + m, 0.4 + m, 0.2 + m, 0.2 + m, 0.3 + m, 0.0 + m});
}

TEST(Jitter, WithoutSaturationAPixelIsItsGrey) {
  expect_near(jittered({1, 1, 0}), {0.36298, 0.47392, 0.36298, 0.47392, 0.36298, 0.47392});
}

TEST(Jitter, FactorsOfOneChangeNothing) { expect_near(jittered({}), {0.2, 0.8, 0.4, 0.4, 0.6, 0.0}); }

torch::Tensor warped(const torch::Tensor& image, const Affine& map) {
  torch::Tensor out = torch::empty_like(image);
  const float black[] = {-1, -1, -1};
  warp_image(image.data_ptr<float>(), out.data_ptr<float>(), {image.size(0), image.size(1), image.size(2)}, map, black);
  return out;
}

TEST(Affine, NoAngleIsTheIdentity) {
  const torch::Tensor image = random_batch(1, varied_info(9, 7)).input[0];
  EXPECT_TRUE(warped(image, affine_about_centre({3, 9, 7}, 0, 1, 0, 0, 0)).equal(image));
}

TEST(Affine, NinetyDegreesIsRot90) {
  const torch::Tensor image = random_batch(1, varied_info(8, 8)).input[0].contiguous();
  const torch::Tensor turned = warped(image, affine_about_centre({3, 8, 8}, 90, 1, 0, 0, 0));
  EXPECT_LT(largest_difference(turned, torch::rot90(image, 1, {1, 2})), 1e-4);
}

TEST(Affine, AShiftByWholePixelsIsAShift) {
  const torch::Tensor image = torch::arange(12).to(torch::kFloat32).view({1, 3, 4});
  const torch::Tensor shifted = warped(image, affine_about_centre({1, 3, 4}, 0, 1, 0, 1, 1));  // right, down
  const std::vector<double> want = {-1, -1, -1, -1, -1, 0, 1, 2, -1, 4, 5, 6};
  EXPECT_LT(largest_difference(shifted, torch::tensor(want).view({1, 3, 4})), 1e-5);
}

TEST(Affine, TwiceTheScaleShowsTheMiddleHalfBetweenPixelsBilinear) {
  const torch::Tensor image = torch::tensor({0.0f, 1.0f, 2.0f, 3.0f, 4.0f}).view({1, 1, 5}).repeat({1, 5, 1});
  const torch::Tensor twice = warped(image, affine_about_centre({1, 5, 5}, 0, 2, 0, 0, 0));
  const std::vector<double> want = {1, 1.5, 2, 2.5, 3};
  const auto got = doubles(twice[0][2]);
  for (size_t i = 0; i < 5; ++i) EXPECT_NEAR(got[i], want[i], 1e-5);
}

TEST(Affine, FarOutsideAllIsBlack) {
  const torch::Tensor image = torch::ones({1, 3, 3});
  Affine far;
  far.c = 1e300;
  EXPECT_TRUE(warped(image, far).equal(torch::full({1, 3, 3}, -1.0f)));
}

TEST(AugmentConfig, NamesTheFieldTheRangeAndTheValue) {
  const auto problem = [](const std::string& text) {
    return error_of([&] {
      Config config = Config::from_text(text, "x.json");
      AugmentConfig().read(config.root());
      config.finish();
    });
  };
  Config none = Config::from_text("{}", "x.json");
  AugmentConfig().read(none.root());
  EXPECT_NO_THROW(none.finish());
  EXPECT_NE(problem(R"({"flip": "vertical"})").find("flip: want"), std::string::npos);
  EXPECT_NE(problem(R"({"scale": 1})").find("scale: want a number in [0, 1), got 1"), std::string::npos);
}

TEST(Augment, WantsImagesAndAPadThatReflectionCanFill) {
  AugmentConfig config;
  config.pad_crop = 10;
  config.pad_mode = "reflect";
  const DatasetInfo info = varied_info();
  Batch batch = random_batch(2, info);
  EXPECT_ERROR_HAS(vary(batch, config, info, 1, 1), "augment.pad_crop: want at most 9", "got 10");
  DatasetInfo table;
  table.name = "iris";
  table.sample_shape = {4};
  EXPECT_ERROR_HAS(vary(batch, config, table, 1, 1), "augment: want images, got the table iris");
}

}  // namespace
}  // namespace glassbox
