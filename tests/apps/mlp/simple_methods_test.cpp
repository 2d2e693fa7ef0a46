/// The simple methods, against a brute force of our own and on data where the answer is known.
#include "apps/mlp/simple_methods.h"

#include <gtest/gtest.h>

#include "tests/common/real_data.h"

namespace glassbox::mlp {
namespace {

DataSplits open(const std::string& name, int64_t classes = 2) {
  DataConfig config;
  config.name = name;
  config.classes = classes;
  config.samples = 600;
  config.test_share = 0.2;
  return open_data(config, data_folders(""), 1);
}

Batch all_of(const Dataset& part) { return part.batch(torch::arange(part.size())); }

double fraction_right(const SimpleAnswers& simple, const DataSplits& data) {
  return simple.answers.eq(all_of(*data.test).target).to(torch::kFloat64).mean().item<double>();
}

TEST(NearestNeighbours, AreThoseOfBruteForce) {
  const DataSplits data = open("moons");
  const SimpleAnswers simple = nearest_neighbours(data);
  const int64_t k = std::stoll(simple.settings.substr(4));
  const Batch train = all_of(*data.train), test = all_of(*data.test);
  const torch::Tensor distances = torch::cdist(test.input.to(torch::kFloat64), train.input.to(torch::kFloat64));
  const torch::Tensor nearest = std::get<1>(distances.topk(k, 1, /*largest=*/false));  // [N, k]
  const torch::Tensor ones = train.target.index_select(0, nearest.flatten()).view({-1, k}).sum(1);
  EXPECT_TRUE(simple.answers.equal((2 * ones > k).to(torch::kInt64))) << simple.settings;  // k is odd: no ties
  EXPECT_EQ(simple.learned_from, data.train->size());
}

TEST(SupportVectors, SeparateWhatTheirKernelCan) {
  const DataSplits blobs = open("blobs", 4), circles = open("circles");
  EXPECT_GT(fraction_right(support_vectors(blobs, "linear", 5000), blobs), 0.97);
  EXPECT_GT(fraction_right(support_vectors(circles, "rbf", 5000), circles), 0.97);
  EXPECT_LT(fraction_right(support_vectors(circles, "linear", 5000), circles),
            0.75);  // no line parts a ring from its middle
}

TEST(SupportVectors, LearnFromAtMostTheGivenSamples) {
  const DataSplits data = open("moons");
  EXPECT_EQ(support_vectors(data, "rbf", 100).learned_from, 100);
}

}  // namespace
}  // namespace glassbox::mlp
