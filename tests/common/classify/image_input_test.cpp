/// Images of any size, dark on light or light on dark, become what the network was trained on.
#include "common/classify/image_input.h"

#include <gtest/gtest.h>

#include "common/classify/images.h"
#include "common/classify/open.h"
#include "tests/common/classify/samples.h"
#include "tests/common/expect_error.h"
#include "tests/common/real_data.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

/// As MNIST: 28x28 pixels, objects of 20x20.
DatasetInfo mnist_like() {
  DatasetInfo info;
  info.name = "like mnist";
  info.sample_shape = {1, 28, 28};
  info.pixel_max = 255;
  info.ink_box = 20;
  info.mean = {0.13f};
  info.std = {0.31f};
  return info;
}

/// Normalisation undone: fractions of the brightest value, [H, W] double.
torch::Tensor fractions(const torch::Tensor& prepared, const DatasetInfo& info) {
  return prepared[0].to(torch::kFloat64) * info.std[0] + info.mean[0];
}

/// An image of `height` x `width` with a rectangle of ink.
torch::Tensor inked(int64_t height, int64_t width, int64_t top, int64_t left, int64_t tall, int64_t wide, int paper,
                    int ink) {
  const torch::Tensor gray = torch::full({height, width}, paper, torch::kUInt8);
  gray.slice(0, top, top + tall).slice(1, left, left + wide).fill_(ink);
  return gray;
}

struct Box {
  int64_t top, left, height, width;
};

/// The box of pixels brighter than a half.
Box ink_box(const torch::Tensor& image) {
  const torch::Tensor ink = image.gt(0.5);
  const torch::Tensor rows = ink.any(1).nonzero(), columns = ink.any(0).nonzero();
  const auto first = [](const torch::Tensor& t) { return t.min().item<int64_t>(); };
  return {first(rows), first(columns), rows.max().item<int64_t>() - first(rows) + 1,
          columns.max().item<int64_t>() - first(columns) + 1};
}

TEST(PrepareImage, OfNativeSizeIsOnlyNormalised) {
  const torch::Tensor gray = inked(28, 28, 3, 9, 15, 4, 0, 200);  // not in the middle, and it stays there
  const DatasetInfo info = mnist_like();
  const torch::Tensor prepared = prepare_image(gray, info, "x.png");
  EXPECT_EQ(prepared.sizes(), (std::vector<int64_t>{1, 28, 28}));
  EXPECT_EQ(prepared.scalar_type(), torch::kFloat32);
  const torch::Tensor want = (gray.to(torch::kFloat64) / 255 - 0.13) / 0.31;
  EXPECT_LT(largest_difference(prepared[0], want), 1e-5);
}

TEST(PrepareImage, AnInvertedCopyIsTheSameImage) {
  const DatasetInfo info = mnist_like();
  for (const torch::Tensor& gray : {inked(28, 28, 3, 9, 15, 4, 0, 255), inked(100, 60, 20, 10, 50, 20, 10, 240)}) {
    const torch::Tensor inverted = 255 - gray;
    EXPECT_LT(largest_difference(prepare_image(gray, info, "x"), prepare_image(inverted.contiguous(), info, "x")),
              1e-6);
  }
}

TEST(PrepareImage, DarkOnLightLandsInTheMiddleWithTheSizeOfTheInkBox) {
  const DatasetInfo info = mnist_like();
  // Ink of 80 x 32 pixels in the lower right of 100 x 60: 20 x 8 after scaling by 1/4.
  const torch::Tensor image = fractions(prepare_image(inked(100, 60, 18, 26, 80, 32, 255, 0), info, "x.png"), info);
  const Box box = ink_box(image);
  EXPECT_EQ(box.height, 20);
  EXPECT_EQ(box.width, 8);
  EXPECT_EQ(box.top, 4);    // (28 - 20) / 2
  EXPECT_EQ(box.left, 10);  // (28 - 8) / 2
  EXPECT_NEAR(image[14][14].item<double>(), 1, 1e-6);
  EXPECT_NEAR(image[0][0].item<double>(), 0, 1e-6);
}

TEST(PrepareImage, ASmallImageGrowsToTheInkBox) {
  const DatasetInfo info = mnist_like();
  const Box box = ink_box(fractions(prepare_image(inked(9, 12, 2, 3, 4, 5, 0, 255), info, "x.png"), info));
  EXPECT_EQ(box.width, 20);
  EXPECT_EQ(box.height, 16);
}

TEST(PrepareImage, TheCentreOfMassIsInTheMiddleEvenIfThatIsNotTheMiddleOfTheBox) {
  const DatasetInfo info = mnist_like();
  torch::Tensor gray = inked(60, 60, 10, 10, 40, 6, 0, 255);  // a tall bar on the left,
  gray.slice(0, 40, 50).slice(1, 10, 40).fill_(255);          // and a foot to the right: an L
  const torch::Tensor image = fractions(prepare_image(gray, info, "x.png"), info);
  const torch::Tensor at = torch::arange(28, torch::kFloat64);  // MNIST's own images have it at (14.0, 14.0) on average
  EXPECT_NEAR(((image * at.unsqueeze(1)).sum() / image.sum()).item<double>(), 14, 0.51);
  EXPECT_NEAR(((image * at).sum() / image.sum()).item<double>(), 14, 0.51);
}

TEST(PrepareImage, WithNothingOnItIsAnError) {
  for (int paper : {0, 128, 255}) {
    EXPECT_ERROR_HAS(prepare_image(torch::full({50, 40}, paper, torch::kUInt8), mnist_like(), "blank.png"),
                     "looking at blank.png: nothing stands out from the background", "want an image of one object");
  }
}

TEST(PrepareImage, OfOnePixelByOneIsAnErrorTooNotACrash) {
  EXPECT_ERROR_HAS(prepare_image(torch::full({1, 1}, 7, torch::kUInt8), mnist_like(), "dot.png"), "dot.png");
}

TEST(PrepareImage, HairlinesOnALargeImageStayVisible) {
  torch::Tensor gray = inked(2000, 2000, 100, 100, 1500, 2, 0, 255);  // a tall line of 2 pixels, 0.03 after scaling,
  gray.slice(0, 1598, 1600).slice(1, 100, 1100).fill_(255);           // and its foot
  const DatasetInfo info = mnist_like();
  const torch::Tensor image = fractions(prepare_image(gray, info, "lines.png"), info);
  EXPECT_NEAR(image.max().item<double>(), 1, 1e-6);
  EXPECT_GE(ink_box(image).width, 12);  // 1000 / 1500 of 20 is 13
}

TEST(PrepareImage, GreyPaperAndGreyInkAreTheSameImage) {
  const DatasetInfo info = mnist_like();
  const auto letter = [&](int paper, int ink) {  // an L
    const torch::Tensor gray = inked(100, 60, 18, 10, 60, 8, paper, ink);
    gray.slice(0, 70, 78).slice(1, 10, 50).fill_(ink);
    return prepare_image(gray, info, "l.png");
  };
  EXPECT_LT(largest_difference(letter(190, 70), letter(255, 0)), 0.02);
  EXPECT_LT(largest_difference(letter(110, 30), letter(255, 0)), 0.02);  // in dim light
  EXPECT_LT(largest_difference(letter(40, 120), letter(255, 0)), 0.02);  // chalk on a board
}

TEST(PrepareImage, WithoutAnInkBoxIsResizedWhole) {
  DatasetInfo info = mnist_like();
  info.ink_box = 0;
  const torch::Tensor image = fractions(prepare_image(inked(56, 56, 4, 8, 40, 20, 0, 255), info, "x.png"), info);
  const Box box = ink_box(image);
  EXPECT_EQ(box.top, 2);
  EXPECT_EQ(box.left, 4);
  EXPECT_EQ(box.height, 20);
  EXPECT_EQ(box.width, 10);
}

TEST(PrepareImage, ForEightByEightDigitsWhiteIsSixteenWhichIsOne) {
  DatasetInfo info = mnist_like();
  info.sample_shape = {1, 8, 8};
  info.pixel_max = 16;
  info.ink_box = 8;
  const torch::Tensor image = fractions(prepare_image(inked(80, 80, 10, 30, 60, 20, 255, 0), info, "x.png"), info);
  EXPECT_EQ(image.sizes(), (std::vector<int64_t>{8, 8}));
  EXPECT_NEAR(image.max().item<double>(), 1, 1e-6);
  EXPECT_NEAR(image.min().item<double>(), 0, 1e-6);
  EXPECT_EQ(ink_box(image).height, 8);
}

TEST(RealImages, EveryDigitOfTheSheetIsPreparedToTheBatchItIsLearnedFrom) {
  SKIP_WITHOUT("digits", "digits.png");
  LabelledDataset data = read_digit_sheet(real_file("digits", "digits.png"));
  data = data.normalised_by({0.17f}, {0.31f});
  const Batch batch = data.batch(torch::arange(data.size()));
  for (int64_t i = 0; i < data.size(); ++i) {
    ASSERT_LT(largest_difference(prepare_image(inputs_of(data)[i][0], data.info(), "cell"), batch.input[i]), 1e-5) << i;
  }
}

DatasetInfo colour_info(int64_t height, int64_t width) {
  DatasetInfo info;
  info.name = "colours";
  info.sample_shape = {3, height, width};
  info.pixel_max = 255;
  info.mean = {0.5f, 0.4f, 0.3f};
  info.std = {0.25f, 0.2f, 0.5f};
  return info;
}

TEST(PrepareImage, APhotographIsCroppedInTheMiddleAndItsColoursAreKept) {
  torch::Tensor photograph = torch::full({3, 40, 80}, 250, torch::kUInt8);  // bright at the border: not inverted
  photograph.slice(2, 20, 60).fill_(20);
  photograph[1].fill_(100);
  const DatasetInfo info = colour_info(8, 8);
  const torch::Tensor prepared = prepare_image(photograph, info, "x.png");
  EXPECT_EQ(prepared.sizes(), (std::vector<int64_t>{3, 8, 8}));
  EXPECT_NEAR(prepared[0][3][3].item<float>(), (20.0 / 255 - 0.5) / 0.25, 1e-5);
  EXPECT_NEAR(prepared[1][0][7].item<float>(), (100.0 / 255 - 0.4) / 0.2, 1e-5);
}

TEST(PrepareImage, AGreyImageFolderIsPhotographsToo) {
  DatasetInfo info = mnist_like();
  info.name = "image_folder";
  info.ink_box = 0;
  const torch::Tensor bright = torch::full({50, 40}, 240, torch::kUInt8);
  EXPECT_NEAR(fractions(prepare_image(bright, info, "x.png"), info).mean().item<double>(), 240.0 / 255, 1e-5);
}

TEST(ToPixels, UndoesTheNormalisation) {
  const torch::Tensor pixels = torch::arange(3 * 64).to(torch::kUInt8).view({3, 8, 8});
  EXPECT_TRUE(to_pixels(prepare_image(pixels, colour_info(8, 8), "x"), colour_info(8, 8)).equal(pixels));
  const torch::Tensor gray = torch::arange(28 * 28).remainder(100).to(torch::kUInt8).view({1, 28, 28});
  EXPECT_TRUE(to_pixels(normalise(gray, mnist_like()), mnist_like()).equal(gray));
  EXPECT_EQ(to_pixels(torch::full({1, 28, 28}, 1e6f), mnist_like()).min().item<int>(), 255);
}

}  // namespace
}  // namespace glassbox
