/// Columns, classes and labels that an experiment chooses.
#include "common/classify/choose.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/common/classify/samples.h"
#include "tests/common/expect_error.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

/// Six samples of three classes; column "b" is ten times column "a".
LabelledDataset small_table() {
  DatasetInfo info;
  info.name = "small";
  info.classes = {"red", "green", "blue"};
  info.columns = {"a", "b", "c"};
  info.sample_shape = {3};
  const torch::Tensor a = torch::arange(6, torch::kFloat32);
  LabelledDataset data(torch::stack({a, 10 * a, -a}, 1), torch::tensor({0, 1, 2, 0, 1, 2}), info);
  data = data.normalised_by({0, 0, 0}, {1, 1, 1});
  return data;
}

TEST(ChooseColumns, KeepsTheNamedOnesInTheGivenOrder) {
  const LabelledDataset chosen = choose_columns(small_table(), {"c", "a"});
  EXPECT_EQ(chosen.info().columns, (std::vector<std::string>{"c", "a"}));
  EXPECT_EQ(chosen.info().sample_shape, std::vector<int64_t>{2});
  EXPECT_TRUE(inputs_of(chosen)[4].equal(torch::tensor({-4.0, 4.0}, torch::kFloat64)));
  EXPECT_EQ(choose_columns(small_table(), {"2", "-3"}).info().columns, chosen.info().columns);  // by index
  EXPECT_ERROR_HAS(choose_columns(small_table(), {"aa"}), "want a column out of a, b, c, got \"aa\"");
}

TEST(KeepClasses, RelabelsInTheGivenOrderAndDropsTheRest) {
  const LabelledDataset kept = keep_classes(small_table(), {"blue", "red"});
  EXPECT_EQ(kept.info().classes, (std::vector<std::string>{"blue", "red"}));
  EXPECT_EQ(ints(kept.targets()), (std::vector<int64_t>{1, 0, 1, 0}));  // samples 0, 2, 3, 5
  EXPECT_EQ(inputs_of(kept)[1][0].item<double>(), 2);
  EXPECT_ERROR_HAS(keep_classes(small_table(), {"red"}), "at least two different classes");
  EXPECT_ERROR_HAS(keep_classes(small_table(), {"red", "gren"}), "did you mean \"green\"?");
}

TEST(OneVersusRest, LeavesTwoClasses) {
  const LabelledDataset two = one_versus_rest(small_table(), "green");
  EXPECT_EQ(two.info().classes, (std::vector<std::string>{"not green", "green"}));
  EXPECT_EQ(ints(two.targets()), (std::vector<int64_t>{0, 1, 0, 0, 1, 0}));
  EXPECT_ERROR_HAS(one_versus_rest(small_table(), "violet"), "want a class out of red, green, blue");
}

class WrongLabels : public testing::TestWithParam<double> {};

TEST_P(WrongLabels, ExactlyTheFractionIsWrongAndTheInputsStay) {
  const double fraction = GetParam();
  DatasetInfo info;
  info.classes = {"0", "1", "2", "3"};
  info.sample_shape = {1};
  const torch::Tensor labels = torch::arange(400) % 4;
  auto data = std::make_shared<LabelledDataset>(torch::arange(400, torch::kFloat32).unsqueeze(1), labels, info);
  *data = data->normalised_by({0}, {1});
  const auto noisy = with_wrong_labels(*data, fraction, Rng(5));
  const Batch all = noisy.batch(torch::arange(400));
  EXPECT_EQ(all.target.ne(labels).sum().item<int64_t>(), std::llround(400 * fraction));
  EXPECT_TRUE(all.input.equal(data->batch(torch::arange(400)).input));
  EXPECT_TRUE(noisy.batch(torch::tensor({7, 3})).target.equal(all.target.index_select(0, torch::tensor({7, 3}))));
  EXPECT_TRUE(with_wrong_labels(*data, fraction, Rng(5)).batch(torch::arange(400)).target.equal(all.target));
  if (fraction == 1) {  // the wrong class is drawn from all others
    for (int64_t other = 1; other < 4; ++other) {
      EXPECT_NEAR((all.target - labels).remainder(4).eq(other).sum().item<double>(), 400.0 / 3, 35) << other;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Fractions, WrongLabels, testing::Values(0.0, 0.2, 0.5, 1.0));

}  // namespace
}  // namespace glassbox
