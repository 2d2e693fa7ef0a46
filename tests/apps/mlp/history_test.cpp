/// The units and rules of 1943 to 1969: truth tables, the perceptron's steps, Novikoff's bound, the verdicts.
#include <gtest/gtest.h>

#include <cmath>

#include "apps/mlp/history/history.h"
#include "apps/mlp/history/perceptron.h"
#include "apps/mlp/history/perceptron_report.h"
#include "apps/mlp/history/threshold_units.h"
#include "tests/common/expect_error.h"

namespace glassbox::mlp {
namespace {

using Texts = std::vector<std::string>;

std::string column(const ThresholdNet& net, const std::string& unit) {
  std::string answers;
  for (const TruthRow& row : net.truth_table()) answers += row.values.at(unit) == 1 ? '1' : '0';
  return answers;
}

TEST(ThresholdUnits, ThreeOfThemSayXor) {
  const ThresholdNet net = make_threshold_net({"OR = a + b >= 1", "NAND = -a - b >= -1", "XOR = OR + NAND >= 2"});
  EXPECT_EQ(net.inputs, (Texts{"a", "b"}));
  EXPECT_EQ(column(net, "OR"), "0111");
  EXPECT_EQ(column(net, "NAND"), "1110");
  EXPECT_EQ(column(net, "XOR"), "0110");
  EXPECT_EQ(net.inputs_of("XOR"), (Texts{"a", "b"}));
}

TEST(ThresholdUnits, WeightsSignsAndNumbersAreRead) {
  const ThresholdUnit unit = parse_unit("M=2.5 a-b + 1e-1 c>=-0.5");
  EXPECT_EQ(unit.name, "M");
  ASSERT_EQ(unit.inputs.size(), 3u);
  EXPECT_EQ(unit.inputs[0].weight, 2.5);
  EXPECT_EQ(unit.inputs[1].weight, -1);
  EXPECT_EQ(unit.inputs[2].weight, 0.1);
  EXPECT_EQ(unit.inputs[2].name, "c");
  EXPECT_EQ(unit.threshold, -0.5);
}

TEST(ThresholdUnits, AWrongTruthTableIsShownBesideTheRightOne) {
  const ThresholdNet net = make_threshold_net({"AND = a + b >= 1", "NOT = -a >= 0"});
  const auto checks = check_truth(net, {"AND = 0001", "NOT = 10"});
  EXPECT_EQ(checks[0].got, "0111");
  EXPECT_EQ(checks[1].got, "10");
}

TEST(ThresholdUnits, MistakesAreNamed) {
  EXPECT_ERROR_HAS(parse_unit("AND = a + b"), "no number after \">=\"");
  EXPECT_ERROR_HAS(parse_unit("a + b >= 2"), "no \"NAME =\"");
  EXPECT_ERROR_HAS(parse_unit("AND = a & b >= 2"), "\"&\"");
  EXPECT_ERROR_HAS(parse_unit("D = a + 3 >= 2"), "\">=\" where a name should stand");
  EXPECT_ERROR_HAS(parse_unit("C = a b >= 2"), "no + or - before \"b\"");
  EXPECT_ERROR_HAS(parse_unit("P = a + >= 2"), "\">=\" where a name should stand");
  EXPECT_ERROR_HAS(make_threshold_net({"X = Y >= 1", "Y = a >= 1"}), "Y is used before it is defined");
  EXPECT_ERROR_HAS(make_threshold_net({"X = a >= 1", "X = b >= 1"}), "got X twice");
  const ThresholdNet net = make_threshold_net({"X = a >= 1"});
  EXPECT_ERROR_HAS(check_truth(net, {"X = 0110"}), "want 2 digits");
  EXPECT_ERROR_HAS(check_truth(net, {"Y = 01"}), "want a unit's name");
}

torch::Tensor rows(std::vector<double> numbers, int64_t columns) {
  return torch::tensor(numbers, torch::kFloat64).view({-1, columns});
}

TEST(PerceptronCourse, ConvergesOnTwoPointsAndCountsItsMistakes) {
  // From w = 0 every sample is answered -1, so (1, 1) -> +1 is the first mistake: w = (1, 1), b = 1. Then (-1, -1) is
  // right, and the second pass has no mistake.
  const torch::Tensor x = rows({1, 1, -1, -1}, 2), y = torch::tensor({1, -1});
  const PerceptronCourse course = learn_perceptron(x, y, 10, 1);
  EXPECT_TRUE(course.converged);
  EXPECT_EQ(course.mistakes(), 1);
  EXPECT_TRUE(course.last.weight.equal(rows({1, 1}, 2)[0]));
  EXPECT_EQ(course.last.bias.item<double>(), 1);
  EXPECT_EQ(course.moments.size(), 1u);
}

TEST(NovikoffBound, IsThatOfTheLargestMargin) {
  // Two points at distance 1 from the origin in opposite directions, with the constant 1 appended: the best direction
  // is (1, 0) with margin 1 and R = sqrt(2): at most 2 mistakes.
  const torch::Tensor x = rows({1, -1}, 1), y = torch::tensor({1, -1});
  const NovikoffBound bound = novikoff_bound(x, y);
  EXPECT_NEAR(bound.radius, std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(bound.margin, 1, 1e-9);
  EXPECT_FALSE(bound.hulls_overlap);
  EXPECT_NEAR(bound.mistakes(), 2, 1e-8);
}

TEST(NovikoffBound, HoldsOnRandomSeparableSets) {
  torch::manual_seed(7);
  for (int trial = 0; trial < 30; ++trial) {
    const torch::Tensor truth = torch::randn({4}, torch::kFloat64), x = torch::randn({60, 4}, torch::kFloat64);
    const torch::Tensor sums = torch::mv(x, truth), kept = (sums.abs() > 0.2).nonzero().squeeze(1);
    const torch::Tensor y = (sums.index_select(0, kept) > 0).to(torch::kInt64) * 2 - 1;
    const torch::Tensor samples = x.index_select(0, kept);
    const PerceptronCourse course = learn_perceptron(samples, y, 10000, uint64_t(trial));
    EXPECT_TRUE(course.converged);
    EXPECT_EQ(course.last.mistakes(samples, y), 0);
    EXPECT_LE(double(course.mistakes()), novikoff_bound(samples, y).mistakes() + 1e-6);
  }
}

TEST(NovikoffBound, XorHasNoMargin) {
  const torch::Tensor x = rows({-1, -1, -1, 1, 1, -1, 1, 1}, 2), y = torch::tensor({-1, 1, 1, -1});
  const PerceptronCourse course = learn_perceptron(x, y, 200, 1);
  EXPECT_FALSE(course.converged);
  EXPECT_GT(course.mistakes_of_pass.back(), 0);
  const NovikoffBound bound = novikoff_bound(x, y);
  EXPECT_EQ(bound.margin, 0);
  EXPECT_TRUE(bound.hulls_overlap);
  const std::string said = say_how_it_ended(course, bound).en;
  EXPECT_NE(said.find("did not converge: 200 passes"), std::string::npos) << said;
  EXPECT_NE(said.find("never converges"), std::string::npos) << said;
}

TEST(NovikoffBound, AThinGapIsNoOverlap) {
  // Two clouds in 10 dimensions on the two sides of a plane, 1e-4 from it at the nearest: far from what a perceptron
  // finds in 20 passes, and yet it would converge.
  torch::manual_seed(5);
  torch::Tensor x = torch::randn({300, 10}, torch::kFloat64);
  const torch::Tensor y = (x.select(1, 0) > 0).to(torch::kInt64) * 2 - 1;
  x.select(1, 0).add_(1e-4 * y.to(torch::kFloat64));
  const NovikoffBound bound = novikoff_bound(x, y);
  EXPECT_GE(bound.margin, 1e-4);
  const PerceptronCourse course = learn_perceptron(x, y, 3, 1);
  EXPECT_EQ(say_how_it_ended(course, bound).en.find("never"), std::string::npos);
}

TEST(PerceptronCourse, ThePocketKeepsTheFewestMistakes) {
  torch::manual_seed(3);
  const torch::Tensor x = torch::randn({80, 2}, torch::kFloat64);
  const torch::Tensor y = (x.select(1, 0) + torch::randn({80}, torch::kFloat64) > 0).to(torch::kInt64) * 2 - 1;
  const PerceptronCourse course = learn_perceptron(x, y, 50, 1);
  const int64_t fewest = *std::min_element(course.wrong_after_pass.begin(), course.wrong_after_pass.end());
  EXPECT_EQ(course.pocket.mistakes(x, y), fewest);
  EXPECT_EQ(course.wrong_after_pass[size_t(course.pocket_pass - 1)], fewest);
}

SweepRow row(const std::string& value, double score) { return {value, 1, "", {{"test_accuracy", score}}, {}}; }

TEST(Sweep, SpreadIsMeanAndSampleDeviation) {
  const std::vector<SweepRow> rows_of = {row("a", 0.5), row("a", 0.7), row("b", 1)};
  const Spread a = spread_of(rows_of, "a", "test_accuracy");
  EXPECT_EQ(a.runs, 2);
  EXPECT_NEAR(a.mean, 0.6, 1e-12);
  EXPECT_NEAR(a.deviation, std::sqrt(0.02), 1e-12);
  EXPECT_EQ(spread_of(rows_of, "", "test_accuracy").runs, 3);
  EXPECT_TRUE(std::isnan(spread_of(rows_of, "a", "memorised").mean));
}

TEST(Sweep, SeedsAreCountedThatSolveIt) {
  SweepConfig seeds;
  seeds.path = "seed";
  seeds.values = {"1", "2", "3"};
  const auto claims = claims_of(seeds, {row("1", 1), row("2", 1), row("3", 0.75)});
  ASSERT_EQ(claims.size(), 1u);
  EXPECT_EQ(claims[0].en.rfind("2 of 3 seeds", 0), 0u) << claims[0].en;
  EXPECT_NE(claims[0].zh.find("3 个种子中有 2 个"), std::string::npos) << claims[0].zh;
}

}  // namespace
}  // namespace glassbox::mlp
