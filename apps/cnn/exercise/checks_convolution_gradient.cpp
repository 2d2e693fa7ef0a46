/// Task 2.4: the backward pass of convolution.
#include "apps/cnn/exercise/samples.h"

namespace glassbox::cnn::exercise {
namespace convolution_gradient_laws {

ConvGradients gradients_of(const Functions& f, const Layer& it) {
  return f.conv2d_backward(it.x, it.weight, it.g, it.stride, it.padding);
}

/// The bias plays no part on the way back; g does.
Inputs given(const Layer& it) {
  return {{"x", it.x},
          {"weight", it.weight},
          {"g", it.g},
          {"stride", torch::tensor(it.stride)},
          {"padding", torch::tensor(it.padding)}};
}

void expect_forms(const ConvGradients& got, const Layer& it) {
  expect_form("dL/dx", got.x, it.x.sizes(), torch::kFloat64, given(it));
  expect_form("dL/dweight", got.weight, it.weight.sizes(), torch::kFloat64, given(it));
  expect_form("dL/dbias", got.bias, it.bias.sizes(), torch::kFloat64, given(it));
}

void values(const Functions& f) {
  const Layer plain = {image({1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3),
                       image({1, 2, 3, -4}, 2, 2),
                       numbers({0}, {1}),
                       image({1, 0, -1, 2}, 2, 2),
                       1,
                       0};
  const ConvGradients got = gradients_of(f, plain);
  expect_close("dL/dx", got.x, image({1, 2, 0, 2, -4, 4, -3, 10, -8}, 3, 3), 1e-8, given(plain));
  expect_close("dL/dweight", got.weight, image({7, 9, 13, 15}, 2, 2), 1e-8, given(plain));
  expect_close("dL/dbias", got.bias, numbers({2}, {1}), 1e-8, given(plain));

  Layer padded = plain;
  padded.stride = 2, padded.padding = 1;
  const ConvGradients more = gradients_of(f, padded);
  expect_close("dL/dx", more.x, image({-4, 0, 0, -2, 2, 4, 4, 6, -8}, 3, 3), 1e-8, given(padded));
  expect_close("dL/dweight", more.weight, image({10, 8, 16, 12}, 2, 2), 1e-8, given(padded));
  expect_close("dL/dbias", more.bias, numbers({2}, {1}), 1e-8, given(padded));
}

/// What two images say together is what they say one by one.
void images_add_up(const Functions& f) {
  for (const LayerSizes& sizes : layer_sizes()) {
    const Layer it = some_layer(sizes);
    const ConvGradients together = gradients_of(f, it);
    expect_forms(together, it);
    Tensor weight = torch::zeros_like(it.weight), bias = torch::zeros_like(it.bias);
    for (int64_t n = 0; n < sizes.n; ++n) {
      const Layer one = {it.x.narrow(0, n, 1), it.weight, it.bias, it.g.narrow(0, n, 1), it.stride, it.padding};
      const ConvGradients alone = gradients_of(f, one);
      expect_forms(alone, one);
      expect_close(as_text("dL/dx of image ", n, " alone"), alone.x, together.x.narrow(0, n, 1), 1e-10, given(it));
      weight = weight + alone.weight;
      bias = bias + alone.bias;
    }
    expect_close("dL/dweight of the batch, against its images one by one", together.weight, weight, 1e-8, given(it));
    expect_close("dL/dbias of the batch, against its images one by one", together.bias, bias, 1e-8, given(it));
  }
}

void every_place_counts(const Functions& f) {
  for (const LayerSizes& sizes : layer_sizes()) {
    const Layer it = some_layer(sizes);
    Tensor want = torch::zeros({sizes.o}, torch::kFloat64);
    for (int64_t o = 0; o < sizes.o; ++o) want[o] = it.g.select(1, o).sum();
    expect_close("dL/dbias, against all of g of its channel", gradients_of(f, it).bias, want, 1e-8, given(it));
  }
}

/// y is linear in x and in the weight: <g, y> = <dL/dx, x> = <dL/dweight, weight> without the bias.
void work_is_the_same(const Functions& f) {
  for (const LayerSizes& sizes : layer_sizes()) {
    const Layer it = some_layer(sizes);
    const ConvGradients got = gradients_of(f, it);
    expect_forms(got, it);
    const Tensor want = (it.g * conv2d(it.x, it.weight, torch::zeros_like(it.bias), it.stride, it.padding)).sum() + 100;
    expect_close("100 + the sum of dL/dx times x, against that of g times y (bias 0)", (got.x * it.x).sum() + 100, want,
                 1e-8, given(it));
    expect_close("100 + the sum of dL/dweight times weight, against that of g times y (bias 0)",
                 (got.weight * it.weight).sum() + 100, want, 1e-8, given(it));
  }
}

void slopes(const Functions& f) {
  for (const LayerSizes& sizes : layer_sizes()) {
    const Layer it = some_layer(sizes);
    const ConvGradients got = gradients_of(f, it);
    const auto y = [&](const Tensor& x, const Tensor& w, const Tensor& b) {
      return conv2d(x, w, b, it.stride, it.padding);
    };
    const auto of_x = [&](const Tensor& moved) { return y(moved, it.weight, it.bias); };
    const auto of_weight = [&](const Tensor& moved) { return y(it.x, moved, it.bias); };
    const auto of_bias = [&](const Tensor& moved) { return y(it.x, it.weight, moved); };
    expect_slopes("dL/dx", of_x, it.x, it.g, got.x, kSmooth, given(it));
    expect_slopes("dL/dweight", of_weight, it.weight, it.g, got.weight, kSmooth, given(it));
    expect_slopes("dL/dbias", of_bias, it.bias, it.g, got.bias, kSmooth, given(it));
  }
}

void agrees(const Functions& f) {
  for (const LayerSizes& sizes : layer_sizes()) {
    const Layer it = some_layer(sizes);
    const ConvGradients got = gradients_of(f, it);
    const auto layer = [&](const Tensors& in) { return conv2d(in[0], in[1], in[2], it.stride, it.padding); };
    const Tensors want = autograd_of(layer, {it.x, it.weight, it.bias}, it.g);
    expect_close("dL/dx", got.x, want[0], 1e-10, given(it));
    expect_close("dL/dweight", got.weight, want[1], 1e-10, given(it));
    expect_close("dL/dbias", got.bias, want[2], 1e-10, given(it));
  }
}

}  // namespace convolution_gradient_laws

std::vector<Check> convolution_gradient_checks() {
  using namespace convolution_gradient_laws;
  const auto call = [](const Functions& f, const Tensors& in) {
    const ConvGradients got = f.conv2d_backward(in[0], in[1], in[2], 2, 1);
    return Tensors{got.x, got.weight, got.bias};
  };
  const auto examples = [] { return Tensors{some({2, 2, 3, 2}), some({2, 2, 2, 3}), some({2, 2, 2, 1})}; };
  return {
      {"2.4", "values by hand", "A 3 x 3 image, with and without padding, as with paper and pencil.", values},
      {"2.4", "every place counts", "The bias takes part at every place of every image.", every_place_counts},
      {"2.4", "images add up",
       "A batch's dL/dweight and dL/dbias are those of its images added up; dL/dx is each image's own.", images_add_up},
      {"2.4", "the same work",
       "y is linear in x and in the weight: sum of dL/dx x = sum of dL/dweight weight = sum of g y, without bias.",
       work_is_the_same},
      {"2.4", "centred differences", "A gradient is the slope of the loss: relative error at most 1e-7.", slopes},
      {"2.4", "agrees with autograd", "Odd sizes, kernels that are not square, strides, padding; to 1e-10.", agrees},
      keeps_its_contract(
          Pure{"2.4", "conv2d_backward", {"x", "weight", "g"}, {"dL/dx", "dL/dweight", "dL/dbias"}, call, examples})};
}

}  // namespace glassbox::cnn::exercise
