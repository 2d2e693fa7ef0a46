/// The numbers behind an output pixel of a convolution: what the page's script adds up before the reader's eyes.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "apps/cnn/model.h"

namespace glassbox::cnn {

/// A convolution of the network with what goes into it and what comes out of it. weight [O, C, K, L]; input
/// [M, C, H, W], output [M, O, H', W'] for M images: the network's own numbers.
struct ConvStep {
  std::string name, text;
  torch::Tensor weight, bias, input, output;
  int64_t stride = 1, padding = 0;
};

int64_t numbers_in(const ConvStep& step);

/// Every convolution on the way of `images` [M, C, H, W] through the network, in order; of a residual block the
/// first.
std::vector<ConvStep> conv_steps(NetworkImpl& model, const torch::Tensor& images);

/// Up to three of them, the first, the last and one between, as far as `most` numbers suffice; the first in any case,
/// with fewer outputs if need be.
std::vector<ConvStep> choose_steps(const std::vector<ConvStep>& all, int64_t most);

/// {"images": names, "layers": [{"name", "text", "stride", "padding", "weight": {"shape", "values"}, "bias", "input",
/// "output"}, ...]}: floats with all the digits they need to be read back as the same floats (not doubles).
std::string arithmetic_json(const std::vector<ConvStep>& steps, const std::vector<std::string>& images);

}  // namespace glassbox::cnn
