/// A network's lines of text: what they mean, and what is said when they mean nothing.
#include "common/nets/layers.h"

#include <gtest/gtest.h>

#include "common/nets/network_config.h"
#include "tests/common/expect_error.h"

namespace glassbox {
namespace {

TEST(LayerLine, ConvHasAllItsNumbers) {
  const LayerLine line = parse_layer("conv 16 3x5 stride 2 padding 1 no_bias", "a");
  EXPECT_EQ(line.kind, "conv");
  EXPECT_EQ(line.outputs, 16);
  EXPECT_EQ(line.kernel_h, 3);
  EXPECT_EQ(line.kernel_w, 5);
  EXPECT_EQ(line.stride, 2);
  EXPECT_EQ(line.padding, 1);
  EXPECT_FALSE(line.bias);
}

TEST(LayerLine, APoolMovesByItsKernelUnlessToldOtherwise) {
  EXPECT_EQ(parse_layer("pool max 3x3", "a").stride, 3);
  EXPECT_EQ(parse_layer("pool max 3x3 stride 1 padding 1", "a").stride, 1);
  EXPECT_EQ(parse_layer("pool average all", "a").kernel_h, 0);
  EXPECT_ERROR_HAS(parse_layer("pool max 2x3", "a"), "want \"stride S\" behind a kernel that is not square, got none");
  EXPECT_EQ(parse_layer("pool max 2x3 stride 2", "a").stride, 2);
}

TEST(LayerLine, SaysWhatALineOfItsKindLooksLike) {
  EXPECT_ERROR_HAS(parse_layer("conv 6", "a"), "want conv OUTPUTS KxL");
  EXPECT_ERROR_HAS(parse_layer("conv 6 5x5 paddin 2", "a"), "got \"paddin\"");
  EXPECT_ERROR_HAS(parse_layer("cov 6 5x5", "a"), "did you mean conv?");
  EXPECT_ERROR_HAS(parse_layer("", "a"), "unknown layer");
  EXPECT_ERROR_HAS(parse_layer("act swish", "a"), "want act relu|leaky_relu");
  EXPECT_ERROR_HAS(parse_layer("dropout 1", "a"), "want dropout FRACTION");
  EXPECT_ERROR_HAS(parse_layer("conv 0 3x3", "a"), "want a number from 1 to 65536, got 0");
  EXPECT_ERROR_HAS(parse_layer("norm 3", "a"), "want norm");
  EXPECT_ERROR_HAS(parse_layer("pool max all stride 2", "a"), "got \"stride\"");
}

TEST(NetworkConfig, NamesTheFieldAndTheLine) {
  Config config = Config::from_text(R"({"model": {"name": "layers", "layers": ["conv 6"]}})", "x.json");
  NetworkConfig().read(config.root().section("model", "the network"));
  EXPECT_ERROR_HAS(config.finish(), "model.layers");
}

TEST(NetworkConfig, LayersAndTheNameLayersBelongTogether) {
  for (const char* model : {R"({"name": "layers"})", R"({"name": "lenet5", "layers": ["linear classes"]})"}) {
    Config config = Config::from_text(std::string(R"({"model": )") + model + "}", "x.json");
    NetworkConfig().read(config.root().section("model", "the network"));
    EXPECT_ERROR_HAS(config.finish(), "model.layers");
  }
}

}  // namespace
}  // namespace glassbox
