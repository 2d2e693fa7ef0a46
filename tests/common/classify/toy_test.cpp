/// Generated points: without noise they lie where the header says.
#include "common/classify/toy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "tests/common/classify/samples.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

const double kPi = std::acos(-1.0);

struct Point {
  double x, y, radius;
  int64_t label;
};

std::vector<Point> points_of(const std::string& name, double noise, int64_t classes, int64_t samples = 400) {
  const LabelledDataset data = make_toy(name, samples, noise, classes, Rng(3, "toy"));
  const std::vector<double> at = doubles(inputs_of(data));
  const std::vector<int64_t> labels = ints(data.targets());
  std::vector<Point> points;
  for (size_t i = 0; i < labels.size(); ++i) {
    points.push_back({at[2 * i], at[2 * i + 1], std::hypot(at[2 * i], at[2 * i + 1]), labels[i]});
  }
  return points;
}

TEST(Toy, ClassesComeInTurnAndEveryPointHasTwoCoordinates) {
  const LabelledDataset data = make_toy("blobs", 7, 0.1, 3, Rng(1));
  EXPECT_EQ(ints(data.targets()), (std::vector<int64_t>{0, 1, 2, 0, 1, 2, 0}));
  EXPECT_EQ(inputs_of(data).sizes(), (std::vector<int64_t>{7, 2}));
  EXPECT_EQ(data.info().classes, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_FALSE(data.info().is_image());
}

TEST(Toy, XorIsClassOneWhereExactlyOneCoordinateIsOne) {
  int corners[2][2] = {};
  for (const Point& p : points_of("xor", 0, 2)) {
    EXPECT_EQ(p.label, (p.x == 1) != (p.y == 1));
    ASSERT_TRUE((p.x == 0 || p.x == 1) && (p.y == 0 || p.y == 1));
    ++corners[int(p.x)][int(p.y)];
  }
  for (const auto& row : corners) {
    for (int count : row) EXPECT_NEAR(count, 100, 40);  // 400 points over 4 corners, standard deviation 7
  }
}

TEST(Toy, CirclesHaveRadiusOneAndTwo) {
  for (const Point& p : points_of("circles", 0, 2)) EXPECT_NEAR(p.radius, p.label == 0 ? 1 : 2, 1e-6);
}

TEST(Toy, MoonsAreTheUpperHalfOfACircleAndTheLowerHalfOfOneAtOneAndAHalf) {
  for (const Point& p : points_of("moons", 0, 2)) {
    if (p.label == 0) {
      EXPECT_NEAR(p.radius, 1, 1e-6);
      EXPECT_GE(p.y, 0);
    } else {
      EXPECT_NEAR(std::hypot(p.x - 1, p.y - 0.5), 1, 1e-6);
      EXPECT_LE(p.y, 0.5);
    }
  }
}

TEST(Toy, BlobsWithoutNoiseAreThirdsOfACircleOfRadiusThree) {
  for (const Point& p : points_of("blobs", 0, 3)) {
    EXPECT_NEAR(p.x, 3 * std::cos(2 * kPi * double(p.label) / 3), 1e-6);
    EXPECT_NEAR(p.y, 3 * std::sin(2 * kPi * double(p.label) / 3), 1e-6);
  }
}

TEST(Toy, SpiralArmsAreTheFirstArmTurned) {
  for (const Point& p : points_of("spirals", 0, 3)) {
    // Arm 0 at radius r is at the angle 3 pi r / 2: one and a half turns up to r = 2. Arm k is turned by k / 3.
    const double angle = 1.5 * kPi * p.radius + 2 * kPi * double(p.label) / 3;
    EXPECT_NEAR(p.x, p.radius * std::cos(angle), 1e-5);
    EXPECT_NEAR(p.y, p.radius * std::sin(angle), 1e-5);
    EXPECT_TRUE(p.radius >= 0.2 - 1e-6 && p.radius <= 2);
  }
}

TEST(Toy, NoiseHasTheStandardDeviationThatWasAskedFor) {
  const LabelledDataset clean = make_toy("blobs", 20000, 0, 2, Rng(1)),
                        noisy = make_toy("blobs", 20000, 0.5, 2, Rng(2));
  const torch::Tensor noise = inputs_of(noisy) - inputs_of(clean);  // blobs draw nothing but noise
  EXPECT_NEAR(noise.mean().item<double>(), 0, 0.015);               // 4 standard errors: 4 * 0.5 / sqrt(40000) = 0.01
  EXPECT_NEAR(noise.std().item<double>(), 0.5, 0.01);
}

TEST(Toy, IsAFunctionOfTheSeed) {
  const auto draw = [](uint64_t seed) { return inputs_of(make_toy("moons", 50, 0.1, 2, Rng(seed, "toy"))); };
  EXPECT_TRUE(same_bits(draw(1), draw(1)));
  EXPECT_FALSE(same_bits(draw(1), draw(2)));
}

TEST(Toy, AnotherNameIsOurBug) { EXPECT_THROW(make_toy("cubes", 10, 0, 2, Rng(1)), std::logic_error); }

TEST(MakeToy, AndOrAreTheirTruthTables) {
  for (const std::string name : {"and", "or"}) {
    const LabelledDataset data = make_toy(name, 60, /*noise=*/0, 2, Rng(1));
    int64_t corners_seen = 0;
    for (int64_t i = 0; i < data.size(); ++i) {
      const bool x = inputs_of(data)[i][0].item<float>() == 1, y = inputs_of(data)[i][1].item<float>() == 1;
      EXPECT_EQ(data.targets()[i].item<int64_t>(), name == "and" ? x && y : x || y);
      corners_seen |= 1 << (2 * x + y);
    }
    EXPECT_EQ(corners_seen, 15);  // all four
  }
}

}  // namespace
}  // namespace glassbox
