/// Safetensors files: what is written comes back, and what is damaged does not.
#include "common/train/checkpoint.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/linear.h>

#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "common/base/atomic_file.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"
#include "tests/common/tensors.h"

namespace glassbox {
namespace {

TEST(Checkpoint, EveryNumberTypeComesBackBitForBit) {
  const TempFolder folder;
  Checkpoint written;
  written.metadata = {{"config", "{\"a\": 1}"}, {"name", "Zürich \"q\"\n"}};
  const torch::Tensor values = torch::tensor({-100.0, -1.5, -0.0, 0.0, 1.0, 1.0 / 3, 77.0, 127.0}, torch::kFloat64);
  for (auto type : {torch::kFloat64, torch::kFloat32, torch::kFloat16, torch::kBFloat16, torch::kInt64, torch::kInt32,
                    torch::kInt16, torch::kInt8, torch::kUInt8, torch::kBool}) {
    written.tensors[c10::toString(type)] = values.abs().to(type).view({2, 4});
  }
  written.tensors["negative"] = values;
  save_safetensors(folder / "all.safetensors", written);
  const Checkpoint read = load_safetensors(folder / "all.safetensors");
  EXPECT_EQ(read.metadata, written.metadata);
  ASSERT_EQ(read.tensors.size(), written.tensors.size());
  for (const auto& [name, tensor] : written.tensors) EXPECT_TRUE(same_bits(read.tensors.at(name), tensor)) << name;
}

TEST(Checkpoint, ScalarsEmptyTensorsAndViewsComeBack) {
  const TempFolder folder;
  const torch::Tensor matrix = torch::arange(6, torch::kFloat32).view({2, 3});
  save_safetensors(
      folder / "x.safetensors",
      {{{"scalar", torch::tensor(7, torch::kInt64)}, {"empty", torch::zeros({0, 3})}, {"turned", matrix.t()}}, {}});
  const Checkpoint read = load_safetensors(folder / "x.safetensors");
  EXPECT_EQ(read.tensors.at("scalar").dim(), 0);
  EXPECT_EQ(read.tensors.at("scalar").item<int64_t>(), 7);
  EXPECT_EQ(read.tensors.at("empty").sizes(), (std::vector<int64_t>{0, 3}));
  EXPECT_EQ(doubles(read.tensors.at("turned")), (std::vector<double>{0, 3, 1, 4, 2, 5}));
}

TEST(Checkpoint, TheBytesAreThoseOfTheFormat) {
  const TempFolder folder;
  save_safetensors(folder / "x.safetensors", {{{"w", torch::tensor({1.0f, -2.0f})}}, {{"k", "v"}}});
  const std::string file = read_file(folder / "x.safetensors");
  uint64_t length = 0;
  std::memcpy(&length, file.data(), 8);  // little-endian, as this machine
  const auto header = nlohmann::json::parse(file.substr(8, length));
  EXPECT_EQ(header.at("w"), nlohmann::json::parse(R"({"dtype": "F32", "shape": [2], "data_offsets": [0, 8]})"));
  EXPECT_EQ(header.at("__metadata__").at("k"), "v");
  EXPECT_EQ(file.substr(8 + length), std::string("\x00\x00\x80\x3f\x00\x00\x00\xc0", 8));  // 1 and -2 in IEEE 754
}

TEST(Checkpoint, TruncatedAtAnyByteIsRejected) {
  const TempFolder folder;
  save_safetensors(folder / "whole.safetensors",
                   {{{"a", torch::ones({2})}, {"b", torch::ones({1}, torch::kInt64)}}, {}});
  const std::string whole = read_file(folder / "whole.safetensors");
  ASSERT_LT(whole.size(), 300u);
  for (size_t size = 0; size < whole.size(); ++size) {
    write_file(folder / "cut.safetensors", whole.substr(0, size));
    EXPECT_ERROR_HAS(load_safetensors(folder / "cut.safetensors"), "cut.safetensors") << size << " bytes";
  }
  write_file(folder / "cut.safetensors", whole + "x");
  EXPECT_ERROR_HAS(load_safetensors(folder / "cut.safetensors"), "cut.safetensors");
}

TEST(Checkpoint, AMissingFileIsTheUsersMistake) {
  EXPECT_ERROR_HAS(load_safetensors("/nowhere/x.safetensors"), "/nowhere/x.safetensors");
}

TEST(Checkpoint, NanAndInfiniteWeightsAreRejectedByName) {
  const TempFolder folder;
  for (double bad : {std::nan(""), double(INFINITY)}) {
    for (auto type : {torch::kFloat64, torch::kFloat32, torch::kFloat16, torch::kBFloat16}) {
      save_safetensors(folder / "x.safetensors", {{{"fc.weight", torch::tensor({1.0, bad}).to(type)}}, {}});
      EXPECT_ERROR_HAS(load_safetensors(folder / "x.safetensors"), "tensor fc.weight: want finite numbers",
                       "take an earlier checkpoint");
    }
  }
}

TEST(StateDict, HasPyTorchsNamesForParametersAndBuffers) {
  const torch::nn::BatchNorm1d norm(3);
  std::vector<std::string> names;
  for (const auto& [name, tensor] : state_dict(*norm)) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"bias", "num_batches_tracked", "running_mean", "running_var", "weight"}));
}

TEST(LoadStateDict, CopiesIntoTheModelsOwnTensors) {
  torch::nn::Linear from(3, 2), into(3, 2);
  const void* const place = into->weight.data_ptr();
  load_state_dict(*into, state_dict(*from), "x.safetensors");
  EXPECT_TRUE(same_bits(into->weight, from->weight));
  EXPECT_TRUE(same_bits(into->bias, from->bias));
  EXPECT_EQ(into->weight.data_ptr(), place);
  EXPECT_TRUE(into->weight.requires_grad());
}

TEST(LoadStateDict, ListsAllProblemsAndChangesNothing) {
  torch::nn::BatchNorm1d norm(3);
  const torch::Tensor weight = norm->weight.detach().clone();
  NamedTensors wrong = state_dict(*torch::nn::BatchNorm1d(3));
  wrong.at("weight") = torch::full({3}, 9.0);  // this one would fit
  wrong.at("running_mean") = torch::zeros({4});
  wrong.erase("bias");
  wrong["extra"] = torch::zeros({2, 5});
  EXPECT_ERROR_HAS(load_state_dict(*norm, wrong, "x.safetensors"), "x.safetensors does not fit the model",
                   "bias: missing", "running_mean: want shape [3], got [4]",
                   "extra: unknown to the model, shape [2, 5]");
  EXPECT_TRUE(same_bits(norm->weight, weight));
}

TEST(LoadStateDict, AnotherNumberTypeIsAProblemToo) {
  torch::nn::Linear layer(2, 1);
  NamedTensors wrong = state_dict(*layer);
  wrong.at("weight") = torch::zeros({1, 2}, torch::kInt64);
  EXPECT_ERROR_HAS(load_state_dict(*layer, wrong, "x.safetensors"), "weight: want F32, got I64");
}

}  // namespace
}  // namespace glassbox
